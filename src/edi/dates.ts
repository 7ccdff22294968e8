/** Days as EDI writes them, `20260701`, and as documents hold them, `2026-07-01`. */

/** What is no such day stays as it is, for the schema to refuse. */
export function dayOf(text: string): string {
  return text.replace(/^(\d{4})(\d\d)(\d\d)(?:\d{4,6})?$/, '$1-$2-$3');
}

/** `20260701`. */
export const compactDay = (day: string): string => day.replaceAll('-', '');

/** `260701`, as envelopes have it. */
export const shortDay = (day: string): string => compactDay(day).slice(2);
