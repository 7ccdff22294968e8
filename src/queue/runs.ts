/** What producer and consumer agree on: the name of the queue, and whose fault it is when Redis does not answer. */
import { Failed } from '../domain/failure.ts';
import { codeOf, describeThrown } from '../lib/thrown.ts';

export const RUNS = 'runs';

/** Runs queue work; what goes wrong there is the fleet's. Rejects with Failed `queue.unusable`. */
export async function inQueue<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const message = `queue: ${codeOf(error) ?? describeThrown(error)}`;
    throw new Failed({ code: 'queue.unusable', blame: 'fleet', message }, { cause: error });
  }
}
