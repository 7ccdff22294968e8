/** A gate to play in a world of its own: what it is to play, and everything that it told meanwhile. */
import type { GateSeen } from '../../../src/analysis/gate/verdict.ts';
import { Failed, type Failure } from '../../../src/domain/failure.ts';
import { type GateResult, gateResultSchema } from '../../../src/domain/gate.ts';
import { DEFAULT_POLICY } from '../../../src/domain/policy.ts';
import type { RunReport } from '../../../src/domain/report.ts';
import { Stopped } from '../../../src/engine/boundary.ts';
import type { Scenario } from '../../../src/scenario/contract.ts';
import { type GateOrder, type GateParts, playGate } from '../../../src/tasks/gate/gate.ts';
import type { Wanted } from '../../../src/tasks/run.ts';
import { scenarioOf, type World } from './engine.ts';

export const wantedIn = ({ tenant }: World, ...scenarios: readonly Scenario[]): readonly Wanted[] =>
  (scenarios.length === 0 ? [scenarioOf()] : scenarios).map((scenario) => ({
    ...{ tenant, scenario },
    transport: 'rpc',
  }));

export const orderOf = (wanted: readonly Wanted[], change: Partial<GateOrder> = {}): GateOrder => ({
  policy: DEFAULT_POLICY,
  ...{ runs: 1, wanted, named: [], waitReadyMs: 10_000, against: 'state' },
  ...change,
});

/** A gate's ears and its end, which a test may bring about. */
export class Watch implements Pick<GateParts, 'onRun' | 'onWait' | 'signal' | 'stopped'> {
  readonly #controller = new AbortController();
  #stopped: GateSeen['stopped'];
  /** `claim north`, `wait north`, `order passed`, in the order in which they were told. */
  readonly told: string[] = [];
  readonly signal = this.#controller.signal;
  readonly stopped = (): GateSeen['stopped'] => this.#stopped;
  readonly onWait: GateParts['onWait'] = (tenants) =>
    void this.told.push(...tenants.map(({ id }) => `wait ${id}`));
  readonly onRun = (report: RunReport): void => void this.told.push(playedText(report));

  stop(how: NonNullable<GateSeen['stopped']>): void {
    this.#stopped = how;
    this.#controller.abort(new Stopped(how));
  }
}

const playedText = ({ tenant, scenario, outcome }: RunReport): string =>
  `${tenant} ${scenario} ${outcome.kind}`;

/** Plays it; the result must be what the published schema says. */
export async function played(
  { engine }: World,
  order: GateOrder,
  parts: Partial<GateParts> & { readonly watch?: Watch } = {},
): Promise<GateResult> {
  const { watch = new Watch(), ...others } = parts;
  const { signal, stopped, onRun, onWait } = watch;
  const result = await playGate(order, {
    ...{ engine, signal, stopped, onRun, onWait },
    pastOf: () => Promise.resolve({ before: [], after: [] }),
    claim: (tenant) => {
      watch.told.push(`claim ${tenant}`);
      return Promise.resolve();
    },
    ...others,
  });
  expectValid(result);
  return result;
}

export function expectValid(result: GateResult): void {
  gateResultSchema.parse(JSON.parse(JSON.stringify(result)));
}

export const runsOf = ({ runs }: GateResult): readonly string[] => runs.map(playedText);

export const verdictOf = ({ verdict: { kind, code } }: GateResult): string => `${kind} ${code}`;

/** As an Odoo fails in which a module raises. */
export const raised: Failure = {
  code: 'odoo.error',
  blame: 'target',
  layer: 'application',
  message: 'the module raised',
};

/** The next confirmations raise, or all of them. */
export function breakConfirmation({ odoo }: World, times?: number): void {
  const trouble = (): never => {
    throw new Failed(raised);
  };
  odoo.on('sale.order.action_confirm', trouble, times);
}
