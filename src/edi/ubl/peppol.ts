/**
 * Rules of Peppol BIS 3 that data can break: what must be there, what adds up, which codes are allowed. Rules of
 * invoices have the names of EN 16931 and Peppol BIS Billing 3; other documents are only asked for what must be there.
 * It looks at the elements, for allowances, subtotals and codes are not part of our documents.
 */
import type { DocumentKind } from '../document.ts';
import { detect, utf8 } from '../encoding.ts';
import { caught, type DecodeLimits, decodeLimits, type Malformed, Unreadable } from '../result.ts';
import { code, invoiceFindings, type PeppolFinding } from './invoice-rules.ts';
import { specifications } from './names.ts';
import { all, kindOfRoot, one, textAt } from './read.ts';
import { type Element, treeOf } from './tree.ts';

export type PeppolChecked =
  | { readonly kind: 'checked'; readonly findings: readonly PeppolFinding[] }
  | Malformed;

/** The rules that a UBL document breaks; never throws for what the bytes are. */
export function checkPeppol(bytes: Uint8Array, limits: DecodeLimits = decodeLimits): PeppolChecked {
  return caught(() => {
    if (bytes.length > limits.bytes) throw new Unreadable('too-large', `${bytes.length} bytes`);
    if (detect(bytes) !== 'ubl') throw new Unreadable('unknown-syntax', 'the first bytes');
    const root = treeOf(utf8(bytes), limits);
    const kind = kindOfRoot(root);
    const findings = [
      ...identification(root, kind),
      ...required[kind].flatMap(([path, rule]) => absent(root, path, rule)),
      ...(kind === 'invoice' ? invoiceFindings(root) : []),
    ];
    return { kind: 'checked', findings };
  });
}

type Requirement = readonly [path: string, rule: string];

const parties = (buyer: string, seller: string): readonly Requirement[] => [
  [`${buyer}/Party/PartyLegalEntity/RegistrationName`, 'required'],
  [`${seller}/Party/PartyLegalEntity/RegistrationName`, 'required'],
];

const required: Readonly<Record<DocumentKind, readonly Requirement[]>> = {
  order: [
    ...['ID', 'IssueDate', 'OrderTypeCode', 'DocumentCurrencyCode'].map(
      (path) => [path, 'required'] as const,
    ),
    ...parties('BuyerCustomerParty', 'SellerSupplierParty'),
    ['OrderLine/LineItem/ID', 'required'],
    ['OrderLine/LineItem/Quantity', 'required'],
    ['OrderLine/LineItem/Item/Name', 'required'],
  ],
  'order-response': [
    ...['ID', 'IssueDate', 'OrderResponseCode', 'OrderReference/ID'].map(
      (path) => [path, 'required'] as const,
    ),
    ...parties('BuyerCustomerParty', 'SellerSupplierParty'),
  ],
  'despatch-advice': [
    ...[
      'ID',
      'IssueDate',
      'OrderReference/ID',
      'DeliveryCustomerParty',
      'DespatchLine/DeliveredQuantity',
    ].map((path) => [path, 'required'] as const),
    ['DespatchSupplierParty/Party/PartyLegalEntity/RegistrationName', 'required'],
    ['DespatchLine/OrderLineReference/LineID', 'required'],
    ['DespatchLine/Item/Name', 'required'],
  ],
  invoice: [
    ['ID', 'BR-02'],
    ['IssueDate', 'BR-03'],
    ['InvoiceTypeCode', 'BR-04'],
    ['DocumentCurrencyCode', 'BR-05'],
    ['AccountingSupplierParty/Party/PartyLegalEntity/RegistrationName', 'BR-06'],
    ['AccountingCustomerParty/Party/PartyLegalEntity/RegistrationName', 'BR-07'],
    ['AccountingSupplierParty/Party/PostalAddress/Country/IdentificationCode', 'BR-09'],
    ['AccountingCustomerParty/Party/PostalAddress/Country/IdentificationCode', 'BR-11'],
    ['AccountingCustomerParty/Party/EndpointID', 'PEPPOL-EN16931-R010'],
    ['AccountingSupplierParty/Party/EndpointID', 'PEPPOL-EN16931-R020'],
    ['LegalMonetaryTotal/LineExtensionAmount', 'BR-12'],
    ['LegalMonetaryTotal/TaxExclusiveAmount', 'BR-13'],
    ['LegalMonetaryTotal/TaxInclusiveAmount', 'BR-14'],
    ['LegalMonetaryTotal/PayableAmount', 'BR-15'],
    ['TaxTotal/TaxSubtotal', 'BR-CO-18'],
    ['InvoiceLine', 'BR-16'],
    ['InvoiceLine/ID', 'BR-21'],
    ['InvoiceLine/InvoicedQuantity', 'BR-22'],
    ['InvoiceLine/LineExtensionAmount', 'BR-24'],
    ['InvoiceLine/Item/Name', 'BR-25'],
    ['InvoiceLine/Price/PriceAmount', 'BR-26'],
    ['InvoiceLine/Item/ClassifiedTaxCategory/ID', 'BR-CO-04'],
  ],
  acknowledgement: [
    'ID',
    'IssueDate',
    'SenderParty',
    'ReceiverParty',
    'DocumentResponse/Response/ResponseCode',
    'DocumentResponse/DocumentReference/ID',
  ].map((path) => [path, 'required']),
};

const LINE = /^(InvoiceLine|OrderLine|DespatchLine)\//;

/** What must be in a line must be in each of them. */
function absent(root: Element, path: string, rule: string): readonly PeppolFinding[] {
  const [, line] = LINE.exec(path) ?? [];
  if (line === undefined) return textOrChild(root, path) ? [] : [{ rule, where: path }];
  const inner = path.slice(line.length + 1);
  return all(root, line).flatMap((element, index) =>
    textOrChild(element, inner) ? [] : [{ rule, where: `${line}[${index + 1}]/${inner}` }],
  );
}

function textOrChild(from: Element, path: string): boolean {
  const found = one(from, path);
  return found !== undefined && (found.text !== '' || found.children.length > 0);
}

function identification(root: Element, kind: DocumentKind): readonly PeppolFinding[] {
  const { customization, profile } = specifications[kind];
  const isInvoice = kind === 'invoice';
  return [
    ...code(
      isInvoice ? 'PEPPOL-EN16931-R004' : 'code',
      'CustomizationID',
      textAt(root, 'CustomizationID'),
      [customization],
    ),
    ...code(isInvoice ? 'PEPPOL-EN16931-R007' : 'code', 'ProfileID', textAt(root, 'ProfileID'), [
      profile,
    ]),
  ];
}
