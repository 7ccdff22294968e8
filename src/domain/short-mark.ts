/** Short marks: what a document carries where its syntax has no room for a mark, and the numbers of its envelope. */
import { createHash } from 'node:crypto';
import type { Mark, RunHash, RunId, ShortMark } from './ids.ts';

export const SHORT_MARK_PREFIX = 'SYN';
export const SHORT_MARK_LENGTH = 20;
const DEADLINE_DIGITS = 7;
const HASH_LETTERS = 10;
const BASE_32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
// A digit first keeps capitals that spell a word from being a deadline; it lasts until the year 2660.
const DEADLINE_END = 10 * 36 ** (DEADLINE_DIGITS - 1);

const SHORT_MARK = /(?<![A-Z0-9])SYN(\d[A-Z0-9]{6})([A-Z2-7]{10})(?![A-Z0-9])/;

/**
 * `SYN`, the deadline in epoch seconds as 7 base-36 characters, the run's hash: 20 characters A-Z and 0-9. Throws
 * RangeError for a deadline after the year 2660.
 */
export function shortMarkOf(mark: Mark): ShortMark {
  const end = mark.lastIndexOf('~');
  const seconds = Number(mark.slice(end + 1));
  if (seconds >= DEADLINE_END) throw new RangeError(`${mark} ends too late for a short mark`);
  const deadline = seconds.toString(36).toUpperCase().padStart(DEADLINE_DIGITS, '0');
  return `${SHORT_MARK_PREFIX}${deadline}${runHashOf(mark.slice(0, end) as RunId)}` as ShortMark;
}

export interface ParsedShortMark {
  readonly shortMark: ShortMark;
  readonly runHash: RunHash;
  readonly deadlineMs: number;
}

/** The first short mark inside a text (a reference, a file name, an interchange), or undefined. */
export function findShortMark(text: string): ParsedShortMark | undefined {
  const [shortMark, deadline, hash] = SHORT_MARK.exec(text) ?? [];
  if (deadline === undefined) return undefined;
  return {
    shortMark: shortMark as ShortMark,
    runHash: hash as RunHash,
    deadlineMs: parseInt(deadline, 36) * 1_000,
  };
}

const LETTERS = 26;
/** So many documents of one run can be told apart. */
export const MOST_DOCUMENTS = LETTERS * LETTERS;

/**
 * What follows the mark in the number of a run's n-th document: nothing for the first one, numbered 0, then `aa`, `ab`
 * and so on. With a short mark these are 22 characters, as many as X12 has room for; no mark ends in such a letter.
 */
export function ordinalOf(n: number): string {
  if (n === 0) return '';
  const letter = (value: number): string => String.fromCharCode('a'.charCodeAt(0) + value);
  return letter(Math.floor(n / LETTERS)) + letter(n % LETTERS);
}

/** Each nine digits, the first of them not 0. */
export interface ControlNumbers {
  readonly interchange: string;
  readonly group: string;
  readonly message: string;
}

/**
 * The numbers of the envelope of a run's document. They follow from the hash in the short mark and the ordinal alone, so
 * that an acknowledgement, which names nothing else, points at its run.
 */
export function controlNumbersOf(shortMark: ShortMark, ordinal = ''): ControlNumbers {
  const bytes = sha256(shortMark.slice(-HASH_LETTERS) + ordinal);
  const number = (at: number): string =>
    String(100_000_000 + (bytes.readUInt32BE(at) % 900_000_000));
  return { interchange: number(0), group: number(4), message: number(8) };
}

/** 10 base-32 characters of the run id's SHA-256: what marks of both forms have in common. */
export function runHashOf(runId: RunId): RunHash {
  let bits = sha256(runId).readBigUInt64BE();
  let letters = '';
  for (let count = 0; count < HASH_LETTERS; count += 1) {
    letters += BASE_32.charAt(Number(bits >> 59n));
    bits = (bits << 5n) & 0xffff_ffff_ffff_ffffn;
  }
  return letters as RunHash;
}

const sha256 = (text: string): Buffer => createHash('sha256').update(text).digest();
