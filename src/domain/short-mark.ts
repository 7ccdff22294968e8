/** Short marks: what a document carries where its syntax has no room for a mark, and the numbers of its envelope. */
import { createHash } from 'node:crypto';
import type { Mark, RunId, ShortMark } from './ids.ts';

const DEADLINE_DIGITS = 7;
const HASH_LETTERS = 10;
const BASE_32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
// A digit first keeps capitals that spell a word from being a deadline; it lasts until the year 2660.
const DEADLINE_END = 10 * 36 ** (DEADLINE_DIGITS - 1);

const SHORT_MARK = /(?<![A-Z0-9])SYN(\d[A-Z0-9]{6})([A-Z2-7]{10})(?![A-Z0-9])/;

/**
 * `SYN`, the deadline in epoch seconds as 7 base-36 characters, 10 base-32 characters of the run id's SHA-256:
 * 20 characters A-Z and 0-9. Throws RangeError for a deadline after the year 2660.
 */
export function shortMarkOf(mark: Mark): ShortMark {
  const end = mark.lastIndexOf('~');
  const seconds = Number(mark.slice(end + 1));
  if (seconds >= DEADLINE_END) throw new RangeError(`${mark} ends too late for a short mark`);
  const deadline = seconds.toString(36).toUpperCase().padStart(DEADLINE_DIGITS, '0');
  return `SYN${deadline}${lettersOf(mark.slice(0, end) as RunId)}` as ShortMark;
}

export interface ParsedShortMark {
  readonly shortMark: ShortMark;
  readonly deadlineMs: number;
}

/** The first short mark inside a text (a reference, a file name, an interchange), or undefined. */
export function findShortMark(text: string): ParsedShortMark | undefined {
  const [shortMark, deadline] = SHORT_MARK.exec(text) ?? [];
  if (deadline === undefined) return undefined;
  return { shortMark: shortMark as ShortMark, deadlineMs: parseInt(deadline, 36) * 1_000 };
}

/** Each nine digits, the first of them not 0. */
export interface ControlNumbers {
  readonly interchange: string;
  readonly group: string;
  readonly message: string;
}

/**
 * The numbers of the envelope of a run's document. They follow from the hash in the short mark alone, so that an
 * acknowledgement, which names nothing else, points at its run.
 */
export function controlNumbersOf(shortMark: ShortMark): ControlNumbers {
  const bytes = sha256(shortMark.slice(-HASH_LETTERS));
  const number = (at: number): string =>
    String(100_000_000 + (bytes.readUInt32BE(at) % 900_000_000));
  return { interchange: number(0), group: number(4), message: number(8) };
}

function lettersOf(runId: RunId): string {
  let bits = sha256(runId).readBigUInt64BE();
  let letters = '';
  for (let count = 0; count < HASH_LETTERS; count += 1) {
    letters += BASE_32.charAt(Number(bits >> 59n));
    bits = (bits << 5n) & 0xffff_ffff_ffff_ffffn;
  }
  return letters;
}

const sha256 = (text: string): Buffer => createHash('sha256').update(text).digest();
