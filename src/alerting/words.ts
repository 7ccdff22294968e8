/** Numbers, times and names as a person reads them on a card. */
import { localDate, localText } from '../domain/zone.ts';

/** `340 ms`, `2.3 s`, `48 s`. */
export function tookText(ms: number): string {
  return `${amount(ms, unitOf(ms))} ${unitOf(ms)}`;
}

/** `1.1 to 1.5 s`. */
export function rangeText(lowMs: number, highMs: number): string {
  const unit = unitOf(highMs);
  const [low, high] = [amount(lowMs, unit), amount(highMs, unit)];
  return low === high ? `${high} ${unit}` : `${low} to ${high} ${unit}`;
}

const unitOf = (ms: number): 'ms' | 's' => (Math.round(ms) < 1_000 ? 'ms' : 's');

function amount(ms: number, unit: 'ms' | 's'): string {
  if (unit === 'ms') return String(Math.round(ms));
  const seconds = ms / 1_000;
  return seconds < 9.95 ? seconds.toFixed(1) : String(Math.round(seconds));
}

/** `1.8 times`, `12 times`. */
export function timesText(ratio: number): string {
  return `${ratio < 9.95 ? ratio.toFixed(1).replace(/\.0$/, '') : Math.round(ratio)} times`;
}

/** What is usual in the one zone of all that are meant, else UTC, which is then said. */
export interface Clockface {
  readonly zone: string;
  readonly suffix: '' | ' UTC';
}

export function clockfaceOf(zones: readonly string[]): Clockface {
  const [zone, ...others] = new Set(zones);
  return zone === undefined || others.length > 0
    ? { zone: 'UTC', suffix: ' UTC' }
    : { zone, suffix: '' };
}

/** `16:40`, and on another day than `besideMs` also which: `16:40 on 22 November`. */
export function timeText({ zone, suffix }: Clockface, atMs: number, besideMs: number): string {
  const time = `${localText(zone, atMs).slice(11, 16)}${suffix}`;
  const day = localDate(zone, atMs);
  if (day === localDate(zone, besideMs)) return time;
  const [, month = '', date = ''] = day.split('-');
  return `${time} on ${Number(date)} ${MONTHS[Number(month) - 1] ?? ''}`;
}

const MONTHS = [
  ...['January', 'February', 'March', 'April', 'May', 'June'],
  ...['July', 'August', 'September', 'October', 'November', 'December'],
];

/** `a`, `a and b`, `a, b and c`; of more than `most` the first ones, and how many others. */
export function listText(names: readonly string[], most: number): string {
  const cut = names.length > most ? most - 1 : names.length;
  const shown = names.slice(0, cut);
  const all = cut < names.length ? [...shown, `${names.length - cut} others`] : shown;
  return all.length < 2 ? all.join('') : `${all.slice(0, -1).join(', ')} and ${all.at(-1) ?? ''}`;
}

export const capitalised = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
