/** From when until when a silence shall hold, as people say it: for so long, until then, in which zone. */
import { z } from 'zod';
import { LONGEST_SILENCE_MS } from '../domain/silence.ts';
import { instantsOf } from '../domain/zone.ts';
import { parseDuration } from '../lib/duration.ts';
import { UsageError } from './options.ts';

export interface SpanWords {
  readonly for?: string;
  readonly from?: string;
  readonly until?: string;
  readonly zone?: string;
}

const EXAMPLE = '2026-11-24T22:00, or with its zone 2026-11-24T21:00:00Z';
const FURTHEST_MS = 365 * 86_400_000;

/**
 * Epoch milliseconds. `zones` are those of the tenants: a time without a zone is of theirs where they have one in common.
 * Throws UsageError.
 */
export function spanOf(
  words: SpanWords,
  zones: readonly string[],
  nowMs: number,
): { readonly fromMs: number; readonly toMs: number } {
  if (words.for !== undefined && words.until !== undefined) {
    throw new UsageError('--for and --until both say when it ends; keep one of them');
  }
  const zone = zoneOf(words.zone);
  const at = (option: string, text: string): number =>
    instantOf(option, text, zone === undefined ? zones : [zone]);
  const fromMs = words.from === undefined ? nowMs : at('--from', words.from);
  const toMs = words.until === undefined ? fromMs + lengthOf(words) : at('--until', words.until);
  if (toMs <= fromMs) throw new UsageError('it ends before it begins; write a later --until');
  if (toMs <= nowMs) throw new UsageError('it is over already; write a later --until, or --for');
  if (toMs - fromMs > LONGEST_SILENCE_MS) {
    throw new UsageError('it is longer than 30 days; end it sooner, and add another one then');
  }
  if (fromMs > nowMs + FURTHEST_MS) {
    throw new UsageError('it begins in more than a year; write an earlier --from');
  }
  return { fromMs, toMs };
}

function lengthOf(words: SpanWords): number {
  if (words.for === undefined) throw new UsageError('say when it ends: --for 2h, or --until');
  const ms = parseDuration(words.for);
  if (ms !== undefined && ms > 0) return ms;
  throw new UsageError(`--for ${words.for} is no time; write a number and a unit: 30m, 2h, 1d`);
}

function zoneOf(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  try {
    // It knows the spelling, and takes no offset for a zone by mistake.
    return new Intl.DateTimeFormat('en', { timeZone: text }).resolvedOptions().timeZone;
  } catch {
    throw new UsageError(`--zone ${text} is no IANA time zone; write one like Europe/Paris`);
  }
}

function instantOf(option: string, text: string, zones: readonly string[]): number {
  if (z.iso.datetime({ offset: true }).safeParse(text).success) return Date.parse(text);
  if (!z.iso.datetime({ local: true }).safeParse(text).success) {
    throw new UsageError(`${option} ${text} is no instant; write it as ${EXAMPLE}`);
  }
  const [zone = 'UTC', ...others] = new Set(zones);
  if (others.length > 0) {
    throw new UsageError(`the tenants are in several zones; say whose ${option} is meant: --zone`);
  }
  const localMs = Date.parse(`${text}Z`);
  return instantsOf(zone, localMs)(localMs);
}
