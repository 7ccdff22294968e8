/** Rules of EN 16931 and Peppol BIS Billing 3 about codes and sums of an invoice. */
import {
  decimalOf,
  differenceOf,
  isNear,
  percentOf,
  productOf,
  quotientOf,
  sumOf,
} from '../decimal.ts';
import { all, one, textAt } from './read.ts';
import type { Element } from './tree.ts';

export interface PeppolFinding {
  /** `BR-CO-15`, `PEPPOL-EN16931-R003`; `required` and `code` for what is no invoice. */
  readonly rule: string;
  /** A path from the root, with the number of a line. */
  readonly where: string;
  readonly expected?: string;
  readonly actual?: string;
}

/** A code that is none of those allowed. */
export function code(
  rule: string,
  where: string,
  actual: string,
  allowed: readonly string[],
): readonly PeppolFinding[] {
  if (allowed.includes(actual)) return [];
  return [{ rule, where, actual, ...(allowed.length === 1 ? { expected: allowed.join() } : {}) }];
}

const CURRENCIES = Intl.supportedValuesOf('currency');
/** UNCL 5305 as EN 16931 allows it. */
const TAX_CATEGORIES = ['S', 'Z', 'E', 'AE', 'K', 'G', 'O', 'L', 'M', 'B'];
/** UNCL 1001 as Peppol allows it for invoices. */
const TYPES =
  '71 80 82 84 102 218 219 326 331 380 382 383 384 386 388 393 395 553 575 623 780 817 870 875 876 877'.split(
    ' ',
  );

export function invoiceFindings(root: Element): readonly PeppolFinding[] {
  const currency = textAt(root, 'DocumentCurrencyCode');
  return [
    ...code('PEPPOL-EN16931-P0100', 'InvoiceTypeCode', textAt(root, 'InvoiceTypeCode'), TYPES),
    ...code('BR-CL-04', 'DocumentCurrencyCode', currency, CURRENCIES),
    ...references(root),
    ...currencies(root, currency),
    ...totalFindings(root, currency),
    ...all(root, 'InvoiceLine').flatMap((line, index) =>
      lineFindings(line, `InvoiceLine[${index + 1}]`),
    ),
  ];
}

function references(root: Element): readonly PeppolFinding[] {
  const isReferring =
    textAt(root, 'BuyerReference') !== '' || textAt(root, 'OrderReference/ID') !== '';
  const isDue = textAt(root, 'DueDate') !== '' || one(root, 'PaymentTerms') !== undefined;
  const owed = decimalOf(textAt(root, 'LegalMonetaryTotal/PayableAmount')) ?? '0';
  return [
    ...(isReferring ? [] : [{ rule: 'PEPPOL-EN16931-R003', where: 'BuyerReference' }]),
    ...(isDue || owed === '0' || owed.startsWith('-')
      ? []
      : [{ rule: 'BR-CO-25', where: 'DueDate' }]),
  ];
}

/** Every amount is in the currency of the document, but a tax total in that of the tax office. */
function currencies(root: Element, currency: string): readonly PeppolFinding[] {
  const paths = [
    'LegalMonetaryTotal/PayableAmount',
    'LegalMonetaryTotal/TaxInclusiveAmount',
    'InvoiceLine/LineExtensionAmount',
    'InvoiceLine/Price/PriceAmount',
  ];
  return paths.flatMap((path) =>
    all(root, path)
      .filter(({ attributes }) => attributes['currencyID'] !== currency)
      .map(({ attributes }) => ({
        rule: 'PEPPOL-EN16931-R051',
        where: path,
        expected: currency,
        actual: attributes['currencyID'] ?? 'none',
      })),
  );
}

function totalFindings(root: Element, currency: string): readonly PeppolFinding[] {
  const total = (name: string): string => number(root, `LegalMonetaryTotal/${name}`);
  const tax = all(root, 'TaxTotal').find(
    (element) => one(element, 'TaxAmount')?.attributes['currencyID'] === currency,
  );
  const lines = all(root, 'InvoiceLine').map((line) => number(line, 'LineExtensionAmount'));
  const adjusted = sumOf([
    total('LineExtensionAmount'),
    total('ChargeTotalAmount'),
    differenceOf('0', total('AllowanceTotalAmount')),
  ]);
  const owed = sumOf([
    differenceOf(total('TaxInclusiveAmount'), total('PrepaidAmount')),
    total('PayableRoundingAmount'),
  ]);
  const subtotals = all(tax, 'TaxSubtotal');
  return [
    ...sum(
      'BR-CO-10',
      'LegalMonetaryTotal/LineExtensionAmount',
      sumOf(lines),
      total('LineExtensionAmount'),
    ),
    ...sum(
      'BR-CO-13',
      'LegalMonetaryTotal/TaxExclusiveAmount',
      adjusted,
      total('TaxExclusiveAmount'),
    ),
    ...sum(
      'BR-CO-14',
      'TaxTotal/TaxAmount',
      sumOf(subtotals.map((element) => number(element, 'TaxAmount'))),
      number(tax, 'TaxAmount'),
    ),
    ...sum(
      'BR-CO-15',
      'LegalMonetaryTotal/TaxInclusiveAmount',
      sumOf([total('TaxExclusiveAmount'), number(tax, 'TaxAmount')]),
      total('TaxInclusiveAmount'),
    ),
    ...sum('BR-CO-16', 'LegalMonetaryTotal/PayableAmount', owed, total('PayableAmount')),
    ...subtotals.flatMap((element, index) =>
      subtotalFindings(element, `TaxTotal/TaxSubtotal[${index + 1}]`),
    ),
  ];
}

function subtotalFindings(subtotal: Element, where: string): readonly PeppolFinding[] {
  const tax = percentOf(number(subtotal, 'TaxableAmount'), number(subtotal, 'TaxCategory/Percent'));
  return [
    ...code(
      'BR-CL-17',
      `${where}/TaxCategory/ID`,
      textAt(subtotal, 'TaxCategory/ID'),
      TAX_CATEGORIES,
    ),
    // The rule allows for taxes that were rounded line by line.
    ...sum('BR-CO-17', `${where}/TaxAmount`, tax, number(subtotal, 'TaxAmount'), '0.99'),
  ];
}

function lineFindings(line: Element, where: string): readonly PeppolFinding[] {
  const category = textAt(line, 'Item/ClassifiedTaxCategory/ID');
  const price =
    quotientOf(number(line, 'Price/PriceAmount'), number(line, 'Price/BaseQuantity', '1')) ?? '0';
  const gross = productOf(price, number(line, 'InvoicedQuantity'));
  const changes = all(line, 'AllowanceCharge').map((element) => {
    const amount = number(element, 'Amount');
    return textAt(element, 'ChargeIndicator') === 'true' ? amount : differenceOf('0', amount);
  });
  const unit = one(line, 'InvoicedQuantity')?.attributes['unitCode'] ?? '';
  return [
    ...(unit === '' ? [{ rule: 'BR-23', where: `${where}/InvoicedQuantity/@unitCode` }] : []),
    ...(category === ''
      ? []
      : code('BR-CL-18', `${where}/Item/ClassifiedTaxCategory/ID`, category, TAX_CATEGORIES)),
    ...sum(
      'PEPPOL-EN16931-R120',
      `${where}/LineExtensionAmount`,
      sumOf([gross, ...changes]),
      number(line, 'LineExtensionAmount'),
      '0.02',
    ),
  ];
}

/** What is no number is nothing in a sum, which then does not add up. */
const number = (from: Element | undefined, path: string, otherwise = '0'): string =>
  decimalOf(textAt(from, path)) ?? otherwise;

function sum(
  rule: string,
  where: string,
  ...[expected, actual, tolerance = '0']: readonly [string, string, string?]
): readonly PeppolFinding[] {
  return isNear(expected, actual, tolerance) ? [] : [{ rule, where, expected, actual }];
}
