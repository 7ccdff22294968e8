/** Every slot that the fleet's history plans, and what the ledger says of it. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { type PlannedSlot, plannedBetween } from '../../../src/domain/history.ts';
import type { RunId } from '../../../src/domain/ids.ts';
import { type Account, isOpen } from '../../../src/domain/ledger.ts';
import { runIdOf } from '../../../src/domain/mark.ts';
import { runRequestOf } from '../../../src/domain/run-request.ts';
import { systemClock } from '../../../src/lib/clock.ts';
import { FolderRecords } from '../../../src/store/folder.ts';
import { History } from '../../../src/store/history.ts';
import { Ledger } from '../../../src/store/ledger.ts';
import { Keys } from '../../../src/store/redis.ts';
import { type MonkeyFleet, NAME } from './fleet.ts';

export interface Slot {
  readonly slot: PlannedSlot;
  readonly runId: RunId;
  /** Undefined of a hole. */
  readonly account: Account | undefined;
}

export interface Slots {
  /** Every slot that the history plans until now. */
  readonly read: () => Promise<readonly Slot[]>;
  readonly close: () => Promise<void>;
}

export async function slotsOf({ redis }: MonkeyFleet, fromMs: number): Promise<Slots> {
  const folder = await mkdtemp(join(tmpdir(), 'orderwatch-monkey-copy-'));
  const connection = new Redis(redis.port);
  // It is restarted while the monkey plays, and asked only afterwards.
  connection.on('error', () => undefined);
  const keys = new Keys(NAME);
  const history = new History(connection, keys, new FolderRecords(folder), systemClock);
  const ledger = new Ledger(connection, keys);
  return {
    read: async () => {
      const planned = [...plannedBetween(await history.read(), fromMs, Date.now())];
      const accounts = await ledger.accounts(planned);
      return planned.map((slot) => {
        const runId = runIdOf(runRequestOf(slot));
        return { slot, runId, account: accounts.get(runId) };
      });
    },
    close: async () => {
      connection.disconnect();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

export const isSettled = ({ account }: Slot): boolean => account !== undefined && !isOpen(account);

/** Whether somebody really began it. */
export const hasRun = ({ account }: Slot): boolean =>
  ['passed', 'failed', 'inconclusive'].includes(account?.kind ?? '');
