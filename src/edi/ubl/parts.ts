/** What the documents of UBL have in common: parties, amounts, items, references. */
import { amountOf } from '../decimal.ts';
import {
  isGln,
  type Line,
  type Party,
  type PricedLine,
  type Product,
  type References,
  type Totals,
} from '../document.ts';

/** Text, elements by qualified name in their order, or several of one name; undefined is not written. */
export type Node = string | undefined | readonly Node[] | Elements;

export interface Elements {
  readonly [name: string]: Node;
}

export const amount = (value: string, currency: string): Node => ({
  '@currencyID': currency,
  '#text': amountOf(value),
});

export const quantity = ({ quantity: value, unit }: Line): Node => ({
  '@unitCode': unit,
  '#text': value,
});

export function monetaryTotal({ net, gross }: Totals, currency: string): Node {
  return {
    'cbc:LineExtensionAmount': amount(net, currency),
    'cbc:TaxExclusiveAmount': amount(net, currency),
    'cbc:TaxInclusiveAmount': amount(gross, currency),
    'cbc:PayableAmount': amount(gross, currency),
  };
}

export function orderReference(
  references: Pick<References, 'order' | 'sellerOrder'> | undefined,
  customer?: string,
): Elements {
  return {
    'cbc:ID': references?.order,
    'cbc:SalesOrderID': references?.sellerOrder,
    'cbc:CustomerReference': customer,
  };
}

/** 0088 is the list of GLNs. */
export const identifier = (id: string | undefined): Node =>
  id !== undefined && isGln(id) ? { '@schemeID': '0088', '#text': id } : id;

export function party({ name, id, vat, ...rest }: Party): Node {
  return {
    // An endpoint that Odoo does not know only adds to its search for the partner, but Peppol has no others.
    'cbc:EndpointID': id !== undefined && isGln(id) ? identifier(id) : undefined,
    'cac:PartyIdentification': { 'cbc:ID': identifier(id) },
    'cac:PartyName': { 'cbc:Name': name },
    'cac:PostalAddress': address(rest),
    'cac:PartyTaxScheme':
      vat === undefined
        ? undefined
        : { 'cbc:CompanyID': vat, 'cac:TaxScheme': { 'cbc:ID': 'VAT' } },
    'cac:PartyLegalEntity': { 'cbc:RegistrationName': name },
  };
}

export function address({ address: given }: Pick<Party, 'address'>): Node {
  return (
    given && {
      'cbc:StreetName': given.street,
      'cbc:CityName': given.city,
      'cbc:PostalZone': given.zip,
      'cac:Country': { 'cbc:IdentificationCode': given.country },
    }
  );
}

export function lineItem(line: PricedLine, currency: string, status?: string): Node {
  return {
    'cbc:ID': line.id,
    'cbc:LineStatusCode': status,
    'cbc:Quantity': quantity(line),
    'cbc:LineExtensionAmount': amount(line.total, currency),
    'cac:Price': { 'cbc:PriceAmount': amount(line.price, currency) },
    'cac:Item': item(line),
  };
}

export function item({
  product,
  taxPercent,
}: {
  readonly product: Product;
  readonly taxPercent?: string | undefined;
}): Node {
  const { name, code, barcode } = product;
  return {
    'cbc:Name': name,
    'cac:SellersItemIdentification': { 'cbc:ID': code },
    // 0160 is the list of GTINs.
    'cac:StandardItemIdentification':
      barcode === undefined ? undefined : { 'cbc:ID': { '@schemeID': '0160', '#text': barcode } },
    'cac:ClassifiedTaxCategory': taxPercent === undefined ? undefined : taxCategory(taxPercent),
  };
}

/** Standard rate, or zero rated (UNCL 5305). */
export const taxCategory = (percent: string): Node => ({
  'cbc:ID': percent === '0' ? 'Z' : 'S',
  'cbc:Percent': percent,
  'cac:TaxScheme': { 'cbc:ID': 'VAT' },
});
