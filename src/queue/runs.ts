/** What producer and consumer agree on: the names of the queues, and whose fault it is when Redis does not answer. */
import type { Cluster, Redis } from 'ioredis';
import { Failed } from '../domain/failure.ts';
import type { Transport } from '../domain/transport.ts';
import { codeOf, describeThrown } from '../lib/thrown.ts';

/** Of one server, of what sentinels watch, or of a cluster. */
export type QueueConnection = Redis | Cluster;

/** Each transport has a queue of its own: runs over RPC do not wait for a place in a browser. */
export const queueOf = (transport: Transport): string => `runs-${transport}`;

/** Runs queue work; what goes wrong there is the fleet's. Rejects with Failed `queue.unusable`. */
export async function inQueue<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const message = `queue: ${codeOf(error) ?? describeThrown(error)}`;
    throw new Failed({ code: 'queue.unusable', blame: 'fleet', message }, { cause: error });
  }
}
