/** Runs scenarios by hand: which runs a command asks for, and one after the other through the engine. */
import { randomInt } from 'node:crypto';
import type { Slot } from '../domain/ids.ts';
import type { RunReport } from '../domain/report.ts';
import { unscheduledSlot } from '../domain/slot.ts';
import type { Tenant } from '../domain/tenant.ts';
import type { Transport } from '../domain/transport.ts';
import { execute } from '../engine/execute.ts';
import type { Engine, Run } from '../engine/run-state.ts';
import type { Clock } from '../lib/clock.ts';
import type { Scenario } from '../scenario/contract.ts';

export type Wanted = Omit<Run, 'slot'>;

export interface Selection {
  readonly tenants: readonly Tenant[];
  readonly scenarios: readonly Scenario[];
  /** Absent: every transport that tenant and scenario have in common. */
  readonly transports?: readonly Transport[];
  readonly repeat: number;
  /** Of the scenarios that exchange documents. */
  readonly burst?: number;
}

/** Every run asked for, round by round, so that a stop in the middle leaves whole rounds behind. */
export function wantedRuns({
  tenants,
  scenarios,
  transports,
  repeat,
  burst,
}: Selection): readonly Wanted[] {
  const round = tenants.flatMap((tenant) =>
    scenarios.flatMap((scenario) => {
      const common = tenant.transports.filter((t) => scenario.transports.includes(t));
      return (transports ?? common).map((transport) => ({
        ...{ tenant, scenario, transport },
        ...(burst === undefined || !exchanges(scenario) ? {} : { burst }),
      }));
    }),
  );
  return Array.from({ length: repeat }, () => round).flat();
}

const exchanges = ({ needs }: Scenario): boolean => needs.conditions?.includes('edi') === true;

/** Sequentially, until all are done or the signal aborts; a run under way then still compensates. */
export async function* runAll(
  wanted: readonly Wanted[],
  engine: Engine,
  signal: AbortSignal,
): AsyncGenerator<RunReport> {
  const nextSlot = slotsByHand(engine.clock);
  for (const run of wanted) {
    if (signal.aborted) return;
    yield await execute({ ...run, slot: nextSlot() }, engine, signal);
  }
}

/** Slots of runs that nobody scheduled, each its own, as of now. */
export function slotsByHand(clock: Clock): () => Slot {
  // Two commands that start in one millisecond still count from different numbers.
  let counter = randomInt(1_000_000);
  return () => {
    counter += 1;
    return unscheduledSlot(clock.now(), counter);
  };
}
