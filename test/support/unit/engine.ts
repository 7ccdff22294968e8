/** A run to execute: one tenant, the ports of the engine in memory, and the order in which things happened. */
import type { Observation } from '../../../src/domain/evidence.ts';
import type { Failure } from '../../../src/domain/failure.ts';
import { Failed } from '../../../src/domain/failure.ts';
import { type Slot, tenantId } from '../../../src/domain/ids.ts';
import type { Readiness } from '../../../src/domain/readiness.ts';
import type { RunReport } from '../../../src/domain/report.ts';
import { unscheduledSlot } from '../../../src/domain/slot.ts';
import type { Tenant } from '../../../src/domain/tenant.ts';
import { execute } from '../../../src/engine/execute.ts';
import { LastLooks } from '../../../src/engine/last-looks.ts';
import type { JournalEntry } from '../../../src/engine/ports.ts';
import { OwnRecentRuns } from '../../../src/engine/recent-runs.ts';
import type { Engine, Run } from '../../../src/engine/run-state.ts';
import { Secret } from '../../../src/lib/secret.ts';
import type { Scenario } from '../../../src/scenario/contract.ts';
import { FakeClock } from './clock.ts';
import { FakeOdoo } from './odoo.ts';
import { reportProblem } from './reports.ts';

export const PASSWORD = 'correct horse battery';

export function tenantOf(change: Partial<Tenant> = {}): Tenant {
  return {
    id: tenantId('north'),
    url: 'http://north.example',
    database: 'north',
    tier: '99.9',
    timeZone: 'Europe/Paris',
    platform: { cluster: 'a', databaseHost: 'b', hostingModel: 'shared' },
    transports: ['rpc'],
    consent: { level: 'full', by: 'Ada', untilMs: Date.UTC(2030, 0, 1) },
    limits: { runMs: 60_000, compensationMs: 30_000, callMs: 10_000, sweepGraceMs: 5_000 },
    rowBudget: 10_000,
    credentials: {
      login: 'probe',
      password: { name: 'env:PROBE', read: () => Promise.resolve(new Secret(PASSWORD)) },
    },
    provision: { country: 'FR', currency: 'EUR', language: 'fr_FR', deliverySteps: 'ship_only' },
    businessCalendar: {
      days: ['mon', 'tue', 'wed', 'thu', 'fri'],
      from: 8,
      to: 18,
      holidays: [],
      windows: [],
      announced: [],
    },
    objectives: [],
    ...change,
  };
}

/** Creates an order, confirms it and reads it back; `run` may be another. */
export function scenarioOf(change: Partial<Scenario> = {}): Scenario {
  return {
    sdk: 1,
    id: 'order',
    title: 'Order',
    revision: 1,
    rows: { rpc: 12, browser: 27 },
    consent: 'reversible',
    transports: ['rpc'],
    steps: ['create', 'confirm', 'read back'],
    needs: {
      modules: ['sale_stock'],
      fields: { 'sale.order': ['client_order_ref'] },
      access: { 'sale.order': ['read', 'create'] },
    },
    run: async (ctx) => {
      const plan = await ctx.plan('sale.order');
      const order = await ctx.step('create', () =>
        plan.create({ partner_id: ctx.fixtures.customerId }),
      );
      await ctx.step('confirm', () => order.call('action_confirm'));
      await ctx.step('read back', async () => {
        const [sale] = await ctx.odoo.read('sale.order', [order.id], { state: 'text' });
        ctx.expect('order state', sale?.state, 'sale');
      });
    },
    ...change,
  };
}

export class World {
  readonly clock = new FakeClock();
  readonly odoo = new FakeOdoo();
  readonly journals = new Map<string, JournalEntry>();
  readonly readiness = new Map<string, Readiness>();
  /** What happened outside Odoo and when, between the names of its calls. */
  readonly events: string[] = [];
  readonly secrets = new Set([new Secret(PASSWORD)]);
  /** Asked before each write; reject to take the lease away. */
  checkLease: () => Promise<void> = () => Promise.resolve();
  /** What is seen of the tenant from outside. */
  outside: readonly Observation[] = [];
  tenant = tenantOf();
  engine: Engine;

  constructor() {
    this.odoo.now = () => this.clock.now();
    this.engine = {
      clock: this.clock,
      secrets: this.secrets,
      signIn: () => {
        this.#note('sign in');
        return Promise.resolve(this.#watched());
      },
      openWeb: () => Promise.reject(new Error('this world has no browser')),
      openChannel: () => {
        throw new Error('this world has no channel');
      },
      download: () => Promise.reject(new Error('this world has no files')),
      leases: {
        acquire: () => {
          this.#note('lease');
          return Promise.resolve({
            token: 1,
            check: () => this.checkLease(),
            release: () => {
              this.#note('release');
              return Promise.resolve();
            },
          });
        },
      },
      journals: {
        open: (entry) => {
          this.#note('journal opened');
          if (this.journals.has(entry.runId)) return Promise.reject(new Failed(duplicateRun));
          this.journals.set(entry.runId, entry);
          return Promise.resolve();
        },
        update: (entry) => {
          this.#note(`journal ${entry.plans.join(' ')}`);
          this.journals.set(entry.runId, entry);
          return Promise.resolve();
        },
        close: (runId) => {
          this.#note('journal closed');
          this.journals.delete(runId);
          return Promise.resolve();
        },
        ofTenant: (tenant) =>
          Promise.resolve([...this.journals.values()].filter((entry) => entry.tenant === tenant)),
      },
      looks: new LastLooks(this.clock),
      recent: new OwnRecentRuns(this.clock),
      lookout: {
        outside: () => Promise.resolve(this.outside),
        database: () => undefined,
        own: () => ({ end: () => Promise.resolve([]) }),
      },
      readiness: {
        get: (tenant, scenario) => Promise.resolve(this.readiness.get(`${tenant} ${scenario}`)),
        put: (tenant, scenario, readiness) => {
          this.readiness.set(`${tenant} ${scenario}`, readiness);
          return Promise.resolve();
        },
      },
    };
  }

  /** Executes one run; its report must be what the published schema says. */
  async execute(
    scenario: Scenario = scenarioOf(),
    options: {
      readonly signal?: AbortSignal;
      readonly slot?: Slot;
      readonly run?: Partial<Run>;
    } = {},
  ): Promise<RunReport> {
    const slot = options.slot ?? unscheduledSlot(this.clock.now(), 1);
    const run = { tenant: this.tenant, scenario, transport: 'rpc', slot, ...options.run } as const;
    const report = await execute(run, this.engine, options.signal ?? new AbortController().signal);
    const problem = reportProblem(JSON.parse(JSON.stringify(report)));
    if (problem !== undefined) throw new Error(`the report is not valid: ${problem}`);
    return report;
  }

  #note(event: string): void {
    this.events.push(event);
  }

  /** The session, with its calls among the events. */
  #watched() {
    const session = this.odoo.session();
    return {
      ...session,
      call: (...parts: Parameters<typeof session.call>) => {
        this.#note(`${parts[0]}.${parts[1]}`);
        return session.call(...parts);
      },
    };
  }
}

const duplicateRun: Failure = {
  code: 'run.duplicate',
  blame: 'fleet',
  message: 'a journal is open already',
};

/** What a run that did not pass says of itself. */
export function failureIn({ outcome }: RunReport): Failure {
  if (outcome.kind === 'failed' || outcome.kind === 'inconclusive') return outcome.failure;
  throw new Error(
    `the run is ${outcome.kind}${outcome.kind === 'skipped' ? `: ${outcome.reason}` : ''}`,
  );
}
