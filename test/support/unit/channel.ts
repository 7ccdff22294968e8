/** What the tests of channels have in common. */
import { Failed } from '../../../src/domain/failure.ts';

export const ORDER: Buffer = Buffer.from('UNB+UNOC:3+A+B~');

export const options = { timeoutMs: 2_000, signal: new AbortController().signal };

/** The failure with which it ends, and its fate. */
export async function failureOf(work: Promise<unknown>): Promise<object> {
  try {
    await work;
  } catch (error) {
    if (error instanceof Failed) return { ...error.failure, fate: error.fate };
    throw error;
  }
  throw new Error('it did not fail');
}
