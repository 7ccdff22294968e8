/** Marks in both their forms, as they are looked for and found in a tenant. */
import type { RunHash, RunId } from './ids.ts';
import { findMark, MARK_PREFIX, type ParsedMark } from './mark.ts';
import {
  findShortMark,
  type ParsedShortMark,
  runHashOf,
  SHORT_MARK_LENGTH,
  SHORT_MARK_PREFIX,
} from './short-mark.ts';

export type AnyMark = ParsedMark | ParsedShortMark;

/** The first mark of either form inside a text, or undefined. */
export function findAnyMark(text: string): AnyMark | undefined {
  return findMark(text) ?? findShortMark(text);
}

/** By it a mark is told to be of one run, whatever its form. */
export const runHashIn = (mark: AnyMark): RunHash =>
  'runHash' in mark ? mark.runHash : runHashOf(mark.runId);

export const isOfRun = (mark: AnyMark | undefined, runId: RunId): boolean =>
  mark !== undefined && runHashIn(mark) === runHashOf(runId);

/** For people: the run id, where the mark tells it. */
export const nameOfMark = (mark: AnyMark): string =>
  'runId' in mark ? mark.runId : mark.shortMark;

const ANY = '_';

/** SQL patterns of texts that begin with a mark, one for each form. */
export const markPatterns: readonly [string, string] = [
  `${MARK_PREFIX}%`,
  `${SHORT_MARK_PREFIX}${ANY.repeat(SHORT_MARK_LENGTH - SHORT_MARK_PREFIX.length)}%`,
];

/** The same for the marks of one run, whatever their deadline. */
export function markPatternsOf(runId: RunId): readonly [string, string] {
  const hash = runHashOf(runId);
  const deadline = ANY.repeat(SHORT_MARK_LENGTH - SHORT_MARK_PREFIX.length - hash.length);
  return [`${runId}~%`, `${SHORT_MARK_PREFIX}${deadline}${hash}%`];
}
