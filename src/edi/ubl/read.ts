/** UBL 2.1 to documents, whatever prefixes they use: as Peppol BIS 3 has them and as Odoo exports them. */
import { decimalOf, quotientOf, sumOf } from '../decimal.ts';
import type { DocumentKind } from '../document.ts';
import { type Draft, numberOf } from '../draft.ts';
import { type DecodeLimits, Unreadable } from '../result.ts';
import {
  AGGREGATE,
  acknowledgementCodes,
  BASIC,
  responseCodes,
  specifications,
  typeCodes,
} from './names.ts';
import { type Element, treeOf } from './tree.ts';

export function readUbl(text: string, limits: DecodeLimits): Draft {
  const root = treeOf(text, limits);
  const kind = kindOfRoot(root);
  return { kind, ...readers[kind](root) };
}

/** Throws Unreadable for a root that none of our documents has. */
export function kindOfRoot({ name, uri }: Element): DocumentKind {
  const kinds = Object.keys(specifications) as readonly DocumentKind[];
  const kind = kinds.find(
    (one) => specifications[one].root === name && specifications[one].uri === uri,
  );
  if (kind === undefined) throw new Unreadable('unsupported', `<${name}> of "${uri}"`);
  return kind;
}

/** The elements at a path of local names, all of UBL's common namespaces. */
export function all(from: Element | undefined, path: string): readonly Element[] {
  const start: readonly Element[] = from === undefined ? [] : [from];
  return path
    .split('/')
    .reduce(
      (found, name) =>
        found.flatMap(({ children }) =>
          children.filter(
            (child) => child.name === name && (child.uri === BASIC || child.uri === AGGREGATE),
          ),
        ),
      start,
    );
}

export const one = (from: Element | undefined, path: string): Element | undefined =>
  all(from, path)[0];

/** The text of the first element at a path, or ''. */
export const textAt = (from: Element | undefined, path: string): string =>
  one(from, path)?.text ?? '';

const numberAt = (from: Element | undefined, path: string): string => numberOf(textAt(from, path));

const readers: Readonly<Record<DocumentKind, (root: Element) => Draft>> = {
  order: (root) => ({
    ...head(root, 'BuyerCustomerParty', 'SellerSupplierParty'),
    references: { buyer: textAt(root, 'CustomerReference') },
    shipTo: deliveredTo(root) ?? party(one(root, 'BuyerCustomerParty/Party')),
    lines: all(root, 'OrderLine/LineItem').map((line) => pricedLine(line, 'Quantity')),
    totals: totals(root, 'AnticipatedMonetaryTotal'),
  }),
  'order-response': (root) => ({
    ...head(root, 'BuyerCustomerParty', 'SellerSupplierParty'),
    status: keyOf(textAt(root, 'OrderResponseCode'), responseCodes, ({ document }) => document),
    references: {
      order: textAt(root, 'OrderReference/ID'),
      sellerOrder: textAt(root, 'SalesOrderID'),
      buyer: textAt(root, 'CustomerReference'),
    },
    lines: all(root, 'OrderLine/LineItem').map((line) => pricedLine(line, 'Quantity')),
    totals: totals(root, 'LegalMonetaryTotal'),
  }),
  'despatch-advice': (root) => {
    const shipTo = party(one(root, 'DeliveryCustomerParty/Party'));
    return {
      number: textAt(root, 'ID'),
      issueDate: textAt(root, 'IssueDate'),
      buyer: party(one(root, 'BuyerCustomerParty/Party')) ?? shipTo,
      seller: party(
        one(root, 'SellerSupplierParty/Party') ?? one(root, 'DespatchSupplierParty/Party'),
      ),
      shipTo,
      references: {
        order: textAt(root, 'OrderReference/ID'),
        sellerOrder: textAt(root, 'OrderReference/SalesOrderID'),
        buyer: textAt(root, 'OrderReference/CustomerReference'),
      },
      lines: all(root, 'DespatchLine').map((line) => plainLine(line, 'DeliveredQuantity')),
    };
  },
  invoice: (root) => ({
    ...head(root, 'AccountingCustomerParty', 'AccountingSupplierParty'),
    dueDate: textAt(root, 'DueDate'),
    references: {
      order: textAt(root, 'OrderReference/ID'),
      sellerOrder: textAt(root, 'OrderReference/SalesOrderID'),
      buyer: textAt(root, 'BuyerReference'),
      despatch: textAt(root, 'DespatchDocumentReference/ID'),
    },
    shipTo: deliveredTo(root) ?? party(one(root, 'AccountingCustomerParty/Party')),
    lines: all(root, 'InvoiceLine').map((line) => pricedLine(line, 'InvoicedQuantity')),
    totals: totals(root, 'LegalMonetaryTotal'),
  }),
  acknowledgement: (root) => {
    const response = one(root, 'DocumentResponse');
    const reasons = all(response, 'Response/Description').map(({ text }) => text);
    return {
      number: textAt(root, 'ID'),
      issueDate: textAt(root, 'IssueDate'),
      sender: party(one(root, 'SenderParty')),
      receiver: party(one(root, 'ReceiverParty')),
      status: keyOf(
        textAt(response, 'Response/ResponseCode'),
        acknowledgementCodes,
        (code) => code,
      ),
      reasons: reasons.length === 0 ? undefined : reasons,
      acknowledges: {
        kind: keyOf(
          textAt(response, 'DocumentReference/DocumentTypeCode'),
          typeCodes,
          (code) => code,
        ),
        number: textAt(response, 'DocumentReference/ID'),
      },
    };
  },
};

function head(root: Element, buyer: string, seller: string): Draft {
  return {
    number: textAt(root, 'ID'),
    issueDate: textAt(root, 'IssueDate'),
    currency: textAt(root, 'DocumentCurrencyCode'),
    buyer: party(one(root, `${buyer}/Party`)),
    seller: party(one(root, `${seller}/Party`)),
  };
}

/** The name that stands for a code; a code of no name stays, for the schema to refuse. */
function keyOf<Code>(
  text: string,
  codes: Readonly<Record<string, Code>>,
  codeOf: (code: Code) => string,
): string {
  return Object.entries(codes).find(([, code]) => codeOf(code) === text)?.[0] ?? text;
}

function party(element: Element | undefined): Draft | undefined {
  if (element === undefined) return undefined;
  const isVat = (scheme: Element): boolean => textAt(scheme, 'TaxScheme/ID') === 'VAT';
  const vat = all(element, 'PartyTaxScheme').find(isVat);
  return {
    name: textAt(element, 'PartyLegalEntity/RegistrationName') || textAt(element, 'PartyName/Name'),
    id: textAt(element, 'PartyIdentification/ID') || textAt(element, 'EndpointID'),
    vat: textAt(vat, 'CompanyID'),
    address: address(one(element, 'PostalAddress')),
  };
}

function address(element: Element | undefined): Draft {
  return {
    street: textAt(element, 'StreetName'),
    city: textAt(element, 'CityName'),
    zip: textAt(element, 'PostalZone'),
    country: textAt(element, 'Country/IdentificationCode'),
  };
}

/** Orders say it in a party of their own, invoices in a place and a name. */
function deliveredTo(root: Element): Draft | undefined {
  const said = party(one(root, 'Delivery/DeliveryParty'));
  if (said?.['name'] === undefined || said['name'] === '') return undefined;
  const place = one(root, 'Delivery/DeliveryLocation');
  if (place === undefined) return said;
  return { ...said, id: textAt(place, 'ID'), address: address(one(place, 'Address')) };
}

function plainLine(line: Element, quantity: string): Draft {
  return {
    id: textAt(line, 'ID'),
    product: {
      code: textAt(line, 'Item/SellersItemIdentification/ID'),
      barcode: textAt(line, 'Item/StandardItemIdentification/ID'),
      name: textAt(line, 'Item/Name') || textAt(line, 'Item/Description'),
    },
    quantity: numberAt(line, quantity),
    unit: one(line, quantity)?.attributes['unitCode'],
  };
}

function pricedLine(line: Element, quantity: string): Draft {
  const [price, base] = [
    numberAt(line, 'Price/PriceAmount'),
    numberAt(line, 'Price/BaseQuantity') || '1',
  ];
  const areDecimals = decimalOf(price) !== undefined && decimalOf(base) !== undefined;
  return {
    ...plainLine(line, quantity),
    price: areDecimals ? quotientOf(price, base) : price,
    total: numberAt(line, 'LineExtensionAmount'),
    taxPercent: numberAt(line, 'Item/ClassifiedTaxCategory/Percent'),
  };
}

function totals(root: Element, name: string): Draft | undefined {
  const element = one(root, name);
  if (element === undefined) return undefined;
  const currency = textAt(root, 'DocumentCurrencyCode');
  // A second one may tell the tax in the currency of the tax office.
  const taxes = all(root, 'TaxTotal/TaxAmount').filter(
    ({ attributes }) => attributes['currencyID'] === currency,
  );
  const amounts = taxes.map(({ text }) => decimalOf(text));
  return {
    net: numberAt(element, 'TaxExclusiveAmount') || numberAt(element, 'LineExtensionAmount'),
    tax: sumOf(amounts.filter((amount) => amount !== undefined)),
    gross: numberAt(element, 'TaxInclusiveAmount') || numberAt(element, 'PayableAmount'),
  };
}
