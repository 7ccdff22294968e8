/** The name of a tenant's URL, asked of the same resolver as the probes ask. */
import type { LookupAddress } from 'node:dns';
import { lookup } from 'node:dns/promises';
import { type Observation, observed } from '../domain/evidence.ts';
import { briefly, brokenBy, codeIn, type LookTime, lookInTime } from './looking.ts';

export interface Named {
  readonly observation: Observation;
  /** None where the name has none, or nobody could say. */
  readonly addresses: readonly LookupAddress[];
}

/** Undefined when the signal aborted; never throws. */
export async function lookUp(host: string, time: LookTime): Promise<Named | undefined> {
  // A resolver cannot be interrupted; its answer is dropped when it comes too late.
  const looked = await lookInTime(time, () => lookup(host, { all: true }));
  if (looked === undefined) return undefined;
  const { ms } = looked;
  if ('value' in looked) {
    const detail = briefly(looked.value.map(({ address }) => address).join(', '));
    return { observation: observed('dns', 'ok', { ms, detail }), addresses: looked.value };
  }
  if (looked.late) {
    const detail = `no answer within ${ms} ms`;
    return { observation: observed('dns', 'no-resolver', { ms, detail }), addresses: [] };
  }
  const word = codeIn(looked.broke) === 'ENOTFOUND' ? 'unknown-name' : 'no-resolver';
  const detail = brokenBy(looked.broke);
  return { observation: observed('dns', word, { ms, detail }), addresses: [] };
}
