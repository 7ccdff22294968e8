/**
 * Business documents as trading partners exchange them: bytes to a document and back, and what is wrong with one.
 *
 * UBL 2.1 (Peppol BIS Ordering, Despatch Advice, Billing and Message Level Response 3), ASC X12 005010 (850, 855, 856,
 * 810, 997), UN/EDIFACT D.96A (ORDERS, ORDRSP, DESADV, INVOIC) with CONTRL of syntax 3. One document an interchange.
 *
 * What a syntax does not carry:
 *
 * |                 | UBL                                | X12                          | EDIFACT               |
 * |-----------------|------------------------------------|------------------------------|-----------------------|
 * | every kind      | envelope                           | 'each' is read as a piece    | control no. of groups |
 * | order-response  |                                    | response without its order   |                       |
 * | despatch-advice |                                    | advice without its order     |                       |
 * | totals          |                                    | a net that is not gross less tax |                   |
 * | invoice         | VAT number of who receives goods   |                              |                       |
 * | acknowledgement | control numbers of what it answers | number, parties, number and interchange of what it answers, 'received' | number, parties, number and group of what it answers; a second reason |
 *
 * Text is on one line, in EDIFACT of ISO 8859-1. Where text is longer than its place, `encode` throws.
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
