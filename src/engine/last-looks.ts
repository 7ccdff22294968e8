/** What was open in each tenant when this process last looked: a run need not ask what the last one saw. */
import { isResidue, type OpenDocument, runsOf } from '../domain/residue.ts';
import type { Tenant } from '../domain/tenant.ts';
import type { Clock } from '../lib/clock.ts';

interface Look {
  readonly atMs: number;
  readonly open: readonly OpenDocument[];
}

export class LastLooks {
  readonly #clock: Clock;
  readonly #looks = new Map<string, Look>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  note({ id }: Tenant, open: readonly OpenDocument[]): void {
    this.#looks.set(id, { atMs: this.#clock.monotonic(), open });
  }

  /**
   * How many runs are overdue there now. Undefined when the last look is older than the grace: what was not
   * there to be seen is overdue a grace later at the soonest.
   */
  overdueRuns({ id, limits }: Tenant): number | undefined {
    const look = this.#looks.get(id);
    if (look === undefined) return undefined;
    if (this.#clock.monotonic() - look.atMs > limits.sweepGraceMs) return undefined;
    const overdue = look.open.filter((one) => isResidue(one, limits, this.#clock.now()));
    return runsOf(overdue).size;
  }
}
