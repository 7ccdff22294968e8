/**
 * Business documents as trading partners exchange them: bytes to a document and back, and what is wrong with one.
 *
 * UBL 2.1 (Peppol BIS Ordering, Despatch Advice, Billing and Message Level Response 3), ASC X12 005010 (850, 855, 856,
 * 810, 997), UN/EDIFACT D.96A (ORDERS, ORDRSP, DESADV, INVOIC) with CONTRL of syntax 3. One document an interchange.
 *
 * What a syntax does not carry:
 *
 * | kind             | UBL               | X12                               | EDIFACT                        |
 * |------------------|-------------------|-----------------------------------|--------------------------------|
 * | all              | envelope          | `each`, which is read as a piece  | control number of the group    |
 * | priced           |                   | a net that is not gross less tax  |                                |
 * | order-response   |                   | one without the order's number    |                                |
 * | despatch-advice  |                   | one without the order's number    |                                |
 * | invoice          | VAT no. of shipTo |                                   |                                |
 * | acknowledgement  |                   | number, sender, receiver, received | number, sender, receiver      |
 * |   of reasons     |                   | more than five, longer than 3     | more than one, longer than 3   |
 * |   it acknowledges| control numbers   | number, interchange               | number, group                  |
 *
 * Text is on one line, in EDIFACT of ISO 8859-1. `encode` throws for text that is longer than its place, for
 * UBL without currency, for X12 and EDIFACT without envelope.
 */
export { decode, encode } from './codec.ts';
export {
  type Acknowledgement,
  type DespatchAdvice,
  type Document,
  type Invoice,
  lineTotalOf,
  type Order,
  type OrderResponse,
  totalsOf,
} from './document.ts';
export { detect } from './encoding.ts';
export { match } from './match.ts';
export {
  type DecodeLimits,
  type Malformed,
  syntaxes,
} from './result.ts';
export { checkPeppol } from './ubl/peppol.ts';
