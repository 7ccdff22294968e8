/** Code lists of ASC X12 005010 as far as documents use them: data elements 143, 479, 355, 587 and 717. */
import type { BusinessKind, DocumentKind, OrderResponse } from '../document.ts';

/** Transaction set, and the functional identifier of its group. */
export const transactionSets = {
  order: { set: '850', group: 'PO' },
  'order-response': { set: '855', group: 'PR' },
  'despatch-advice': { set: '856', group: 'SH' },
  invoice: { set: '810', group: 'IN' },
  acknowledgement: { set: '997', group: 'FA' },
} as const satisfies Record<DocumentKind, unknown>;

const kinds = Object.entries(transactionSets) as readonly (readonly [
  DocumentKind,
  (typeof transactionSets)[DocumentKind],
])[];

export function kindOfSet(set: string): DocumentKind | undefined {
  return kinds.find(([, codes]) => codes.set === set)?.[0];
}

export function kindOfGroup(group: string): BusinessKind | undefined {
  const kind = kinds.find(([, codes]) => codes.group === group)?.[0];
  return kind === 'acknowledgement' ? undefined : kind;
}

export const responseCodes = {
  received: 'AK',
  accepted: 'AD',
  changed: 'AC',
  rejected: 'RD',
} as const satisfies Record<OrderResponse['status'], string>;

export const responseStatuses: Readonly<Record<string, OrderResponse['status']>> = {
  AK: 'received',
  AD: 'accepted',
  AT: 'accepted',
  AC: 'changed',
  AE: 'changed',
  RD: 'rejected',
  RF: 'rejected',
  RJ: 'rejected',
};

/** Of a line. */
export const lineCodes = {
  received: undefined,
  accepted: 'IA',
  changed: 'IC',
  rejected: 'IR',
} as const satisfies Record<OrderResponse['status'], string | undefined>;

// UN/ECE Recommendation 20 and the code of X12. Any other is carried as it is.
const units = [
  ['C62', 'EA'],
  ['DZN', 'DZ'],
  ['KGM', 'KG'],
  ['GRM', 'GR'],
  ['TNE', 'MP'],
  ['LBR', 'LB'],
  ['ONZ', 'OZ'],
  ['LTR', 'LT'],
  ['GLL', 'GA'],
  ['MTR', 'MR'],
  ['CMT', 'CM'],
  ['MMT', 'MM'],
  ['INH', 'IN'],
  ['FOT', 'FT'],
  ['YRD', 'YD'],
  ['MTK', 'SM'],
  ['MTQ', 'CR'],
  ['DAY', 'DA'],
  ['HUR', 'HR'],
  ['MIN', 'MJ'],
  ['XBX', 'BX'],
  ['XPX', 'PL'],
  ['XCT', 'CT'],
] as const;

export const unitToX12 = (unit: string): string => units.find(([un]) => un === unit)?.[1] ?? unit;

export const unitFromX12 = (code: string): string =>
  units.find(([, x12]) => x12 === code)?.[0] ?? code;
