/** Who is between first and last write, seen from outside: marked orders that are open in the tenants' own databases. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { labPaths } from '../../../deploy/lab/faults.ts';
import { findMark } from '../../../src/domain/mark.ts';
import { type LabTenant, tenants } from '../../support/lab.ts';

export interface OpenRun {
  readonly tenant: LabTenant;
  readonly runId: string;
  readonly deadlineMs: number;
}

/** PostgreSQL itself is never stopped, so it tells also while Odoo is away. */
const OPEN = `select client_order_ref as ref from sale_order
  where client_order_ref like 'SYN~%' and state <> 'cancel'`;
const EVERY_MS = 250;

/** One that looks all the time, to tell when each order was closed. */
export class Watch {
  readonly #clients: ReadonlyMap<LabTenant, Client>;
  #over = false;
  #looking: Promise<void> = Promise.resolve();
  readonly #seen = new Set<string>();
  readonly #closedMs = new Map<string, number>();

  private constructor(clients: ReadonlyMap<LabTenant, Client>) {
    this.#clients = clients;
  }

  static async start(): Promise<Watch> {
    const { socketFolder: host, port, user } = labPaths().postgres;
    const clients = new Map<LabTenant, Client>();
    for (const tenant of tenants) {
      const client = new Client({ host, port, user, database: tenant });
      await client.connect();
      clients.set(tenant, client);
    }
    const watch = new Watch(clients);
    watch.#looking = watch.#run();
    return watch;
  }

  async open(): Promise<readonly OpenRun[]> {
    const found = await Promise.all(
      [...this.#clients].map(async ([tenant, client]) => {
        const { rows } = await client.query<{ ref: string }>(OPEN);
        return rows.flatMap(({ ref }) => {
          const mark = findMark(ref);
          return mark === undefined
            ? []
            : { tenant, runId: mark.runId, deadlineMs: mark.deadlineMs };
        });
      }),
    );
    return this.#note(found.flat());
  }

  /** When it was found open no more; undefined as long as it is. */
  closedMs(runId: string): number | undefined {
    return this.#closedMs.get(runId);
  }

  async stop(): Promise<void> {
    this.#over = true;
    await this.#looking;
    for (const client of this.#clients.values()) await client.end();
  }

  async #run(): Promise<void> {
    while (!this.#over) {
      await this.open();
      await sleep(EVERY_MS);
    }
  }

  #note(open: readonly OpenRun[]): readonly OpenRun[] {
    const now = new Set(open.map(({ runId }) => runId));
    for (const runId of now) {
      this.#seen.add(runId);
      this.#closedMs.delete(runId);
    }
    for (const runId of this.#seen) {
      if (!now.has(runId) && !this.#closedMs.has(runId)) this.#closedMs.set(runId, Date.now());
    }
    return open;
  }
}
