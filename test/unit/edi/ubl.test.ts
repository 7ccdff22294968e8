import { describe, expect, it } from 'vitest';
import { checkPeppol, decode, encode } from '../../../src/edi/index.ts';
import { anOrder, bytesOf } from '../../support/unit/edi.ts';

const NAMESPACES =
  'xmlns="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2" ' +
  'xmlns:a="urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2" ' +
  'xmlns:i="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"';

const party = (name: string, vat: string): string => `
  <a:Party>
    <EndpointID schemeID="9925">${vat}</EndpointID>
    <a:PartyName><Name>${name}, desk</Name></a:PartyName>
    <a:PostalAddress><CityName>Gent</CityName><a:Country><IdentificationCode>BE</IdentificationCode></a:Country></a:PostalAddress>
    <a:PartyTaxScheme><CompanyID>${vat}</CompanyID><a:TaxScheme><ID>VAT</ID></a:TaxScheme></a:PartyTaxScheme>
    <a:PartyLegalEntity><RegistrationName>${name}</RegistrationName></a:PartyLegalEntity>
  </a:Party>`;

// By hand: prefixes of nobody, a discount, a price for ten, a tax total of the tax office, unknown elements.
const INVOICE = `<?xml version="1.0" encoding="utf-8"?>
<!-- by hand -->
<i:Invoice ${NAMESPACES}>
  <CustomizationID>urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0</CustomizationID>
  <ProfileID>urn:fdc:peppol.eu:2017:poacc:billing:01:1.0</ProfileID>
  <ID>INV/2026/0007</ID>
  <IssueDate>2026-07-02</IssueDate>
  <DueDate>2026-07-31</DueDate>
  <InvoiceTypeCode>380</InvoiceTypeCode>
  <DocumentCurrencyCode>USD</DocumentCurrencyCode>
  <TaxCurrencyCode>EUR</TaxCurrencyCode>
  <a:OrderReference><ID> SYN~north~edi~rpc~x~1 </ID><SalesOrderID>S00042</SalesOrderID></a:OrderReference>
  <a:AccountingSupplierParty>${party('Synthetic Supplies', 'BE0202239951')}</a:AccountingSupplierParty>
  <a:AccountingCustomerParty>${party('Nordwind &amp; Co', 'BE0477472701')}</a:AccountingCustomerParty>
  <a:TaxTotal>
    <TaxAmount currencyID="USD">10.50</TaxAmount>
    <a:TaxSubtotal>
      <TaxableAmount currencyID="USD">50.00</TaxableAmount>
      <TaxAmount currencyID="USD">10.50</TaxAmount>
      <a:TaxCategory><ID>S</ID><Percent>21.0</Percent><a:TaxScheme><ID>VAT</ID></a:TaxScheme></a:TaxCategory>
    </a:TaxSubtotal>
  </a:TaxTotal>
  <a:TaxTotal><TaxAmount currencyID="EUR">9.70</TaxAmount></a:TaxTotal>
  <a:LegalMonetaryTotal>
    <LineExtensionAmount currencyID="USD">50.00</LineExtensionAmount>
    <TaxExclusiveAmount currencyID="USD">50.00</TaxExclusiveAmount>
    <TaxInclusiveAmount currencyID="USD">60.50</TaxInclusiveAmount>
    <PrepaidAmount currencyID="USD">0.50</PrepaidAmount>
    <PayableAmount currencyID="USD">60.00</PayableAmount>
  </a:LegalMonetaryTotal>
  <a:InvoiceLine>
    <ID>1</ID>
    <InvoicedQuantity unitCode="C62">20.0</InvoicedQuantity>
    <LineExtensionAmount currencyID="USD">50.00</LineExtensionAmount>
    <a:AllowanceCharge><ChargeIndicator>false</ChargeIndicator><Amount currencyID="USD">10.00</Amount></a:AllowanceCharge>
    <a:Item>
      <Description>long</Description>
      <Name><![CDATA[Screw
        <4*20>]]></Name>
      <a:SellersItemIdentification><ID>SYN-A</ID></a:SellersItemIdentification>
      <a:ClassifiedTaxCategory><ID>S</ID><Percent>21.0</Percent></a:ClassifiedTaxCategory>
    </a:Item>
    <a:Price><PriceAmount currencyID="USD">30.0</PriceAmount><BaseQuantity>10</BaseQuantity></a:Price>
    <x:Extra xmlns:x="urn:somebody:else"><x:ID>9</x:ID></x:Extra>
  </a:InvoiceLine>
</i:Invoice>`;

const findings = (content: string): unknown => {
  const checked = checkPeppol(bytesOf(content));
  return checked.kind === 'checked' ? checked.findings : checked;
};

describe('an invoice', () => {
  it('is read by namespaces, whatever its prefixes are', () => {
    const buyer = {
      name: 'Nordwind & Co',
      id: 'BE0477472701',
      vat: 'BE0477472701',
      address: { city: 'Gent', country: 'BE' },
    };
    expect(decode(bytesOf(INVOICE))).toEqual({
      kind: 'document',
      syntax: 'ubl',
      document: {
        kind: 'invoice',
        number: 'INV/2026/0007',
        issueDate: '2026-07-02',
        dueDate: '2026-07-31',
        currency: 'USD',
        buyer,
        seller: { ...buyer, name: 'Synthetic Supplies', id: 'BE0202239951', vat: 'BE0202239951' },
        shipTo: buyer,
        references: { order: 'SYN~north~edi~rpc~x~1', sellerOrder: 'S00042' },
        lines: [
          {
            id: '1',
            product: { code: 'SYN-A', name: 'Screw <4*20>' },
            quantity: '20',
            unit: 'C62',
            price: '3',
            total: '50',
            taxPercent: '21',
          },
        ],
        totals: { net: '50', tax: '10.5', gross: '60.5' },
      },
    });
  });

  it('of the right names in the wrong namespace is none', () => {
    expect(decode(bytesOf(INVOICE.replace(':Invoice-2', ':Invoice-3')))).toMatchObject({
      reason: 'unsupported',
    });
    expect(
      decode(bytesOf(INVOICE.replace('BasicComponents-2', 'BasicComponents-1'))),
    ).toMatchObject({ reason: 'missing' });
  });
});

describe('an order', () => {
  const text = new TextDecoder().decode(encode(anOrder, 'ubl'));

  it('has what Odoo looks for', () => {
    for (const part of [
      '<cbc:CustomizationID>urn:fdc:peppol.eu:poacc:trns:order:3</cbc:CustomizationID>',
      '<cbc:ID>SYN01ABCDEABCDEFGHIJ</cbc:ID>',
      '<cac:Delivery><cac:DeliveryParty><cbc:EndpointID schemeID="0088">5412345000013</cbc:EndpointID>',
      '<cac:PartyTaxScheme><cbc:CompanyID>BE0477472701</cbc:CompanyID>',
      '<cac:PartyLegalEntity><cbc:RegistrationName>Nordwind Handel</cbc:RegistrationName>',
      '<cbc:Quantity unitCode="C62">10</cbc:Quantity><cbc:LineExtensionAmount currencyID="EUR">25.00</cbc:LineExtensionAmount>',
      '<cac:SellersItemIdentification><cbc:ID>SYN-A</cbc:ID></cac:SellersItemIdentification>',
      '<cac:StandardItemIdentification><cbc:ID schemeID="0160">4012345000009</cbc:ID></cac:StandardItemIdentification>',
    ]) {
      expect(text).toContain(part);
    }
  });

  it('has no empty element', () => {
    expect(text).not.toMatch(/<(\S+)[^>]*><\/\1>|\/>/);
  });
});

describe('the rules of Peppol', () => {
  it('find nothing in an invoice that adds up', () => {
    expect(findings(INVOICE)).toEqual([]);
  });

  it.each([
    ['BR-02', '<ID>INV/2026/0007</ID>', ''],
    ['BR-CO-25', '<DueDate>2026-07-31</DueDate>', ''],
    ['PEPPOL-EN16931-R003', '<ID> SYN~north~edi~rpc~x~1 </ID>', ''],
    ['PEPPOL-EN16931-R004', '#compliant#', '#conformant#'],
    ['PEPPOL-EN16931-R007', 'billing:01:1.0', 'billing:02:1.0'],
    ['PEPPOL-EN16931-P0100', '>380<', '>220<'],
    ['PEPPOL-EN16931-R020', '<EndpointID schemeID="9925">BE0202239951</EndpointID>', ''],
    [
      'BR-CO-10',
      '<LineExtensionAmount currencyID="USD">50.00</LineExtensionAmount>\n    <TaxEx',
      '<LineExtensionAmount currencyID="USD">50.01</LineExtensionAmount>\n    <TaxEx',
    ],
    [
      'BR-CO-15',
      'TaxInclusiveAmount currencyID="USD">60.50',
      'TaxInclusiveAmount currencyID="USD">60.49',
    ],
    ['BR-CO-16', 'PayableAmount currencyID="USD">60.00', 'PayableAmount currencyID="USD">60.50'],
    [
      'BR-CO-14',
      '<TaxAmount currencyID="USD">10.50</TaxAmount>\n    <a:Tax',
      '<TaxAmount currencyID="USD">10.51</TaxAmount>\n    <a:Tax',
    ],
    ['BR-CO-17', '<Percent>21.0</Percent><a:TaxScheme>', '<Percent>6.0</Percent><a:TaxScheme>'],
    ['BR-CL-17', '<a:TaxCategory><ID>S<', '<a:TaxCategory><ID>Q<'],
    ['BR-CL-18', '<a:ClassifiedTaxCategory><ID>S<', '<a:ClassifiedTaxCategory><ID>Q<'],
    ['BR-23', ' unitCode="C62"', ''],
    ['BR-25', /<Name><!.*?<\/Name>/s, ''],
    ['PEPPOL-EN16931-R120', '>10.00</Amount>', '>9.00</Amount>'],
    ['PEPPOL-EN16931-R051', 'PayableAmount currencyID="USD"', 'PayableAmount currencyID="EUR"'],
    ['BR-CL-04', '<DocumentCurrencyCode>USD', '<DocumentCurrencyCode>QQQ'],
  ])('%s', (rule, from, to) => {
    expect(findings(INVOICE.replace(from, to))).toEqual(
      expect.arrayContaining([expect.objectContaining({ rule })]),
    );
  });

  it('find nothing in a document of ours but what the parties lack', () => {
    const { totals, ...rest } = anOrder;
    const invoice = { ...rest, kind: 'invoice', totals: totals!, dueDate: '2026-07-31' } as const;
    const address = { country: 'BE' };
    const seller = { ...anOrder.seller, id: '4012345000009', address };
    const sound = { ...invoice, references: { order: 'PO-1' }, seller };
    for (const document of [sound, anOrder]) {
      expect(checkPeppol(encode(document, 'ubl'))).toEqual({ kind: 'checked', findings: [] });
    }
    expect(checkPeppol(encode({ ...invoice, references: { buyer: '4' } }, 'ubl'))).toMatchObject({
      findings: [{ rule: 'BR-09' }, { rule: 'PEPPOL-EN16931-R020' }],
    });
  });

  it('ask an order for each of its lines', () => {
    const text = new TextDecoder().decode(encode(anOrder, 'ubl'));
    const nameless = text.replace('<cbc:Name>Baker&apos;s twine</cbc:Name>', '');
    expect(nameless).not.toBe(text);
    expect(findings(nameless)).toEqual([
      { rule: 'required', where: 'OrderLine[2]/LineItem/Item/Name' },
    ]);
  });

  it('are not for bytes that are no XML', () => {
    expect(checkPeppol(bytesOf('UNB+'))).toMatchObject({ reason: 'unknown-syntax' });
    expect(checkPeppol(bytesOf('<a>'))).toMatchObject({ reason: 'truncated' });
    expect(checkPeppol(new Uint8Array(3), { bytes: 2, depth: 1, parts: 1 })).toMatchObject({
      reason: 'too-large',
    });
  });
});
