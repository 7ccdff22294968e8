/** The one business document that every syntax is read to and written from. Strict: absent is absent. */
import { z } from 'zod';
import { decimalOf, percentOf, productOf, sumOf } from './decimal.ts';

const LONGEST = 1_000;

// On one line and trimmed: no syntax keeps white space apart from that.
const textSchema = z
  .string()
  .min(1)
  .max(LONGEST)
  .refine(
    (text) =>
      text.isWellFormed() &&
      !/^\s|\s$|[^\S ]| {2}|[\u0000-\u001f\u007f-\u009f\ufffe\uffff]/.test(text),
    'has characters or white space that a document cannot carry',
  );

/** The shortest form: `12.5`, not `12.50`. */
const decimalSchema = z.string().refine((text) => decimalOf(text) === text, 'is no decimal');

const dateSchema = z.iso.date();

const unitSchema = z.string().regex(/^[A-Z0-9]{1,3}$/);

/** Of an interchange, a group or a message; X12 has nine digits for those of an interchange. */
const controlSchema = z.string().regex(/^[A-Za-z0-9]{1,14}$/);

const addressSchema = z.strictObject({
  street: textSchema.optional(),
  city: textSchema.optional(),
  zip: textSchema.optional(),
  /** ISO 3166-1 alpha-2. */
  country: z
    .string()
    .regex(/^[A-Z]{2}$/)
    .optional(),
});

const partySchema = z.strictObject({
  name: textSchema,
  /** A GLN if it is 13 digits with their check digit, otherwise a number that the partners agreed on. */
  id: textSchema.optional(),
  vat: textSchema.optional(),
  address: addressSchema.optional(),
});

const productSchema = z.strictObject({
  /** The seller's. */
  code: textSchema.optional(),
  /** GTIN. */
  barcode: textSchema.optional(),
  name: textSchema,
});

const despatchLineSchema = z.strictObject({
  id: textSchema,
  product: productSchema,
  quantity: decimalSchema,
  /** UN/ECE Recommendation 20: `C62` is a piece. */
  unit: unitSchema,
});

const pricedLineSchema = despatchLineSchema.extend({
  /** Of one unit, without tax. */
  price: decimalSchema,
  /** Without tax, less allowances. */
  total: decimalSchema,
  taxPercent: decimalSchema.optional(),
});

const totalsSchema = z.strictObject({
  net: decimalSchema,
  tax: decimalSchema,
  gross: decimalSchema,
});

/** X12 has room for 15 characters. */
const mailboxSchema = z.string().regex(/^[A-Za-z0-9._-]{1,35}$/);

const envelopeSchema = z.strictObject({
  sender: mailboxSchema,
  receiver: mailboxSchema,
  interchange: controlSchema,
  /** Only X12 has groups. */
  group: controlSchema.optional(),
  message: controlSchema,
});

const orderReferencesSchema = z.strictObject({
  /** What else the buyer wants to find on every document. */
  buyer: textSchema.optional(),
});

const referencesSchema = orderReferencesSchema.extend({
  /** The number of the buyer's order. */
  order: textSchema.optional(),
  /** The number under which the seller keeps that order. */
  sellerOrder: textSchema.optional(),
});

const headSchema = z.strictObject({
  number: textSchema,
  issueDate: dateSchema,
  buyer: partySchema,
  seller: partySchema,
  /** X12 and EDIFACT cannot be written without it; UBL has none. */
  envelope: envelopeSchema.optional(),
});

/** ISO 4217. X12 leaves out what the partners agreed on. */
const currency = z
  .string()
  .regex(/^[A-Z]{3}$/)
  .optional();
const pricedLines = z.array(pricedLineSchema).min(1);

const orderSchema = headSchema.extend({
  kind: z.literal('order'),
  references: orderReferencesSchema.optional(),
  shipTo: partySchema,
  currency,
  lines: pricedLines,
  totals: totalsSchema.optional(),
});

const orderResponseSchema = headSchema.extend({
  kind: z.literal('order-response'),
  references: referencesSchema.optional(),
  status: z.enum(['received', 'accepted', 'changed', 'rejected']),
  currency,
  lines: pricedLines,
  totals: totalsSchema.optional(),
});

const despatchAdviceSchema = headSchema.extend({
  kind: z.literal('despatch-advice'),
  references: referencesSchema.optional(),
  shipTo: partySchema,
  lines: z.array(despatchLineSchema).min(1),
});

const invoiceSchema = headSchema.extend({
  kind: z.literal('invoice'),
  references: referencesSchema.extend({ despatch: textSchema.optional() }).optional(),
  shipTo: partySchema,
  dueDate: dateSchema.optional(),
  currency,
  lines: pricedLines,
  totals: totalsSchema,
});

const businessKindSchema = z.enum(['order', 'order-response', 'despatch-advice', 'invoice']);

const acknowledgementSchema = z.strictObject({
  kind: z.literal('acknowledgement'),
  number: textSchema.optional(),
  issueDate: dateSchema,
  sender: partySchema.optional(),
  receiver: partySchema.optional(),
  status: z.enum(['received', 'accepted', 'rejected']),
  /** Why not, in the codes of the syntax or, in UBL, in words. */
  reasons: z.array(textSchema).min(1).optional(),
  acknowledges: z.strictObject({
    kind: businessKindSchema.optional(),
    number: textSchema.optional(),
    interchange: controlSchema.optional(),
    group: controlSchema.optional(),
    message: controlSchema.optional(),
  }),
  envelope: envelopeSchema.optional(),
});

export const documentSchema = z.discriminatedUnion('kind', [
  orderSchema,
  orderResponseSchema,
  despatchAdviceSchema,
  invoiceSchema,
  acknowledgementSchema,
]);

export type Document = z.infer<typeof documentSchema>;
export type DocumentKind = Document['kind'];
export type BusinessKind = z.infer<typeof businessKindSchema>;
export type Order = z.infer<typeof orderSchema>;
export type OrderResponse = z.infer<typeof orderResponseSchema>;
export type DespatchAdvice = z.infer<typeof despatchAdviceSchema>;
export type Invoice = z.infer<typeof invoiceSchema>;
export type Acknowledgement = z.infer<typeof acknowledgementSchema>;
export type BusinessDocument = Exclude<Document, Acknowledgement>;
export type Party = z.infer<typeof partySchema>;
export type Product = z.infer<typeof productSchema>;
export type PricedLine = z.infer<typeof pricedLineSchema>;
export type Line = z.infer<typeof despatchLineSchema> & Partial<PricedLine>;
/** All that a document can refer to; each kind has its part. */
export type References = NonNullable<Invoice['references']>;
export type Totals = z.infer<typeof totalsSchema>;
export type Envelope = z.infer<typeof envelopeSchema>;

/** The total of a line without allowances, to the cent. */
export const lineTotalOf = productOf;

/** The totals of lines, with the tax rounded once for each percentage (EN 16931, BR-CO-17). */
export function totalsOf(lines: readonly Pick<PricedLine, 'total' | 'taxPercent'>[]): Totals {
  const net = sumOf(lines.map(({ total }) => total));
  const tax = sumOf(taxesOf(lines).map(({ amount }) => amount));
  return { net, tax, gross: sumOf([net, tax]) };
}

/** One entry for each percentage, in the order in which they first appear. */
export function taxesOf(
  lines: readonly Pick<PricedLine, 'total' | 'taxPercent'>[],
): readonly { readonly percent: string; readonly taxable: string; readonly amount: string }[] {
  const percentages = new Set(lines.map(({ taxPercent = '0' }) => taxPercent));
  return [...percentages].map((percent) => {
    const members = lines.filter(({ taxPercent = '0' }) => taxPercent === percent);
    const taxable = sumOf(members.map(({ total }) => total));
    return { percent, taxable, amount: percentOf(taxable, percent) };
  });
}

/** Whether an id is a Global Location Number: 13 digits, the last of which is right. */
export function isGln(id: string): boolean {
  if (!/^\d{13}$/.test(id)) return false;
  const sum = Array.from(id, Number).reduce(
    (all, digit, at) => all + digit * (at % 2 === 0 ? 1 : 3),
    0,
  );
  return sum % 10 === 0;
}
