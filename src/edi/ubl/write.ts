/** Documents to UBL 2.1, elements in the order of its schemas; orders as Odoo imports them. */
import Builder from 'fast-xml-builder';
import { type Acknowledgement, type Document, taxesOf } from '../document.ts';
import { demanded } from '../segments.ts';
import {
  AGGREGATE,
  acknowledgementCodes,
  BASIC,
  responseCodes,
  specifications,
  typeCodes,
} from './names.ts';
import {
  address,
  amount,
  type Elements,
  identifier,
  item,
  lineItem,
  monetaryTotal,
  type Node,
  orderReference,
  party,
  quantity,
  taxCategory,
} from './parts.ts';

const builder = new Builder({
  ignoreAttributes: false,
  attributeNamePrefix: '@',
  suppressBooleanAttributes: false,
});

/** Throws RangeError for a document of prices without currency. */
export function writeUbl(document: Document): string {
  const { root, uri, customization, profile } = specifications[document.kind];
  const content = {
    '@xmlns': uri,
    '@xmlns:cac': AGGREGATE,
    '@xmlns:cbc': BASIC,
    'cbc:CustomizationID': customization,
    'cbc:ProfileID': profile,
    ...body(document),
  };
  const declaration = { '@version': '1.0', '@encoding': 'UTF-8' };
  return builder.build({ '?xml': declaration, [root]: withoutNothing(content) });
}

// The builder would write elements for what is undefined, and Peppol allows no empty ones.
function withoutNothing(node: Node): Node {
  if (typeof node !== 'object') return node;
  if (Array.isArray(node)) return node.map(withoutNothing);
  const members = Object.entries(node)
    .map(([name, member]) => [name, withoutNothing(member)] as const)
    .filter(([, member]) => member !== undefined);
  return members.length === 0 ? undefined : Object.fromEntries(members);
}

function body(document: Document): Elements {
  switch (document.kind) {
    case 'order':
      return order(document);
    case 'order-response':
      return orderResponse(document);
    case 'despatch-advice':
      return despatchAdvice(document);
    case 'invoice':
      return invoice(document);
    case 'acknowledgement':
      return acknowledgement(document);
  }
}

type Of<Kind extends Document['kind']> = Extract<Document, { kind: Kind }>;

function order({ number, issueDate, references, ...rest }: Of<'order'>): Elements {
  const { buyer, seller, shipTo, lines, totals } = rest;
  const currency = demanded(rest.currency, 'a currency');
  return {
    'cbc:ID': number,
    'cbc:IssueDate': issueDate,
    'cbc:OrderTypeCode': typeCodes.order,
    'cbc:DocumentCurrencyCode': currency,
    'cbc:CustomerReference': references?.buyer,
    'cac:BuyerCustomerParty': { 'cac:Party': party(buyer) },
    'cac:SellerSupplierParty': { 'cac:Party': party(seller) },
    // With the buyer's or its own VAT number: Odoo looks for this partner as it does for the buyer.
    'cac:Delivery': { 'cac:DeliveryParty': party(shipTo) },
    'cac:TaxTotal': totals && { 'cbc:TaxAmount': amount(totals.tax, currency) },
    'cac:AnticipatedMonetaryTotal': totals && monetaryTotal(totals, currency),
    'cac:OrderLine': lines.map((line) => ({ 'cac:LineItem': lineItem(line, currency) })),
  };
}

function orderResponse({
  number,
  issueDate,
  status,
  references,
  ...rest
}: Of<'order-response'>): Elements {
  const { buyer, seller, lines, totals } = rest;
  const currency = demanded(rest.currency, 'a currency');
  const codes = responseCodes[status];
  return {
    'cbc:ID': number,
    'cbc:SalesOrderID': references?.sellerOrder,
    'cbc:IssueDate': issueDate,
    'cbc:OrderResponseCode': codes.document,
    'cbc:DocumentCurrencyCode': currency,
    'cbc:CustomerReference': references?.buyer,
    'cac:OrderReference': { 'cbc:ID': references?.order },
    'cac:SellerSupplierParty': { 'cac:Party': party(seller) },
    'cac:BuyerCustomerParty': { 'cac:Party': party(buyer) },
    'cac:TaxTotal': totals && { 'cbc:TaxAmount': amount(totals.tax, currency) },
    'cac:LegalMonetaryTotal': totals && monetaryTotal(totals, currency),
    'cac:OrderLine': lines.map((line) => ({
      'cac:LineItem': lineItem(line, currency, codes.line),
      'cac:OrderLineReference': { 'cbc:LineID': line.id },
    })),
  };
}

function despatchAdvice({
  number,
  issueDate,
  references,
  buyer,
  seller,
  shipTo,
  lines,
}: Of<'despatch-advice'>): Elements {
  return {
    'cbc:ID': number,
    'cbc:IssueDate': issueDate,
    'cac:OrderReference': orderReference(references, references?.buyer),
    'cac:DespatchSupplierParty': { 'cac:Party': party(seller) },
    'cac:DeliveryCustomerParty': { 'cac:Party': party(shipTo) },
    'cac:BuyerCustomerParty': { 'cac:Party': party(buyer) },
    'cac:SellerSupplierParty': { 'cac:Party': party(seller) },
    'cac:Shipment': { 'cbc:ID': '1' },
    'cac:DespatchLine': lines.map((line) => ({
      'cbc:ID': line.id,
      'cbc:DeliveredQuantity': quantity(line),
      'cac:OrderLineReference': { 'cbc:LineID': line.id },
      'cac:Item': item(line),
    })),
  };
}

function invoice({ number, issueDate, dueDate, references, ...rest }: Of<'invoice'>): Elements {
  const { buyer, seller, shipTo, lines, totals } = rest;
  const currency = demanded(rest.currency, 'a currency');
  return {
    'cbc:ID': number,
    'cbc:IssueDate': issueDate,
    'cbc:DueDate': dueDate,
    'cbc:InvoiceTypeCode': typeCodes.invoice,
    'cbc:DocumentCurrencyCode': currency,
    'cbc:BuyerReference': references?.buyer,
    'cac:OrderReference': orderReference(references),
    'cac:DespatchDocumentReference': { 'cbc:ID': references?.despatch },
    'cac:AccountingSupplierParty': { 'cac:Party': party(seller) },
    'cac:AccountingCustomerParty': { 'cac:Party': party(buyer) },
    'cac:Delivery': {
      'cac:DeliveryLocation': { 'cbc:ID': identifier(shipTo.id), 'cac:Address': address(shipTo) },
      'cac:DeliveryParty': { 'cac:PartyName': { 'cbc:Name': shipTo.name } },
    },
    'cac:TaxTotal': {
      'cbc:TaxAmount': amount(totals.tax, currency),
      'cac:TaxSubtotal': taxesOf(lines).map((tax) => ({
        'cbc:TaxableAmount': amount(tax.taxable, currency),
        'cbc:TaxAmount': amount(tax.amount, currency),
        'cac:TaxCategory': taxCategory(tax.percent),
      })),
    },
    'cac:LegalMonetaryTotal': monetaryTotal(totals, currency),
    'cac:InvoiceLine': lines.map((line) => ({
      'cbc:ID': line.id,
      'cbc:InvoicedQuantity': quantity(line),
      'cbc:LineExtensionAmount': amount(line.total, currency),
      'cac:Item': item(line),
      'cac:Price': { 'cbc:PriceAmount': amount(line.price, currency) },
    })),
  };
}

function acknowledgement({
  number,
  issueDate,
  sender,
  receiver,
  ...rest
}: Acknowledgement): Elements {
  const { status, reasons, acknowledges } = rest;
  return {
    'cbc:ID': number,
    'cbc:IssueDate': issueDate,
    'cac:SenderParty': sender && party(sender),
    'cac:ReceiverParty': receiver && party(receiver),
    'cac:DocumentResponse': {
      'cac:Response': {
        'cbc:ResponseCode': acknowledgementCodes[status],
        'cbc:Description': reasons,
      },
      'cac:DocumentReference': {
        'cbc:ID': acknowledges.number,
        'cbc:DocumentTypeCode': acknowledges.kind && typeCodes[acknowledges.kind],
      },
    },
  };
}
