/** Times the steps of one run and holds it to the steps its scenario declared. */
import { Failed } from '../domain/failure.ts';
import type { StepReport } from '../domain/report.ts';
import type { Clock } from '../lib/clock.ts';
import { round } from './access.ts';
import type { WebSession } from './ports.ts';

type Usage = ReturnType<WebSession['usage']>;

interface Begun {
  readonly name: string;
  readonly phase: StepReport['phase'];
  report?: StepReport;
}

export class StepRecorder {
  /** In the order in which they began; set-up steps may run beside each other. */
  readonly #begun: Begun[] = [];
  readonly #clock: Clock;
  readonly #onStep: (name: string) => void;
  /** The browser of the run, once there is one. */
  web: WebSession | undefined;

  constructor(clock: Clock, onStep: (name: string) => void) {
    this.#clock = clock;
    this.#onStep = onStep;
  }

  /** The steps that ended, in the order in which they began. */
  get reports(): readonly StepReport[] {
    return this.#begun.flatMap(({ report }) => report ?? []);
  }

  /** The first step that failed, or else the one that is under way. */
  get current(): string | undefined {
    const failed = this.#begun.find(({ report }) => report?.outcome === 'failed');
    return (failed ?? this.#begun.findLast(({ report }) => report === undefined))?.name;
  }

  async time<T>(phase: StepReport['phase'], name: string, body: () => Promise<T>): Promise<T> {
    const begun: Begun = { name, phase };
    this.#begun.push(begun);
    this.#show(name);
    const startedAt = new Date(this.#clock.now()).toISOString();
    const started = this.#clock.monotonic();
    const before = this.web?.usage();
    const end = (outcome: StepReport['outcome']): void => {
      const durationMs = round(this.#clock.monotonic() - started);
      const step = { name, phase, startedAt, durationMs, outcome };
      begun.report = { ...step, ...this.#transportOf(before) };
    };
    try {
      const value = await body();
      end('passed');
      return value;
    } catch (error) {
      end('failed');
      throw error;
    }
  }

  /** Throws Failed (scenario) unless the next measured step is the next declared one. */
  requireNext(declared: readonly string[], name: string): void {
    const next = declared[this.#measured().length];
    if (name === next) return;
    throw broken(
      `step "${name}" came where the scenario declares ${next === undefined ? 'no more' : `"${next}"`}`,
    );
  }

  /** Throws Failed (scenario) while a step is measured: set-up in it would count as part of it. */
  requireOutside(name: string): void {
    const open = this.#begun.find(({ phase, report }) => phase === 'measured' && !report);
    if (open !== undefined) throw broken(`set-up "${name}" came inside step "${open.name}"`);
  }

  /** Throws Failed (scenario) unless every declared step ended: nothing passes in silence. */
  requireAll(declared: readonly string[]): void {
    const ended = this.#measured().filter(({ outcome }) => outcome === 'passed');
    const missing = declared.filter((step) => !ended.some(({ name }) => name === step));
    if (missing.length > 0) throw broken(`declared but never passed: ${missing.join(', ')}`);
  }

  /** A step went through the browser when it used the browser, whatever the run's transport is called. */
  #transportOf(before: Usage | undefined): Pick<StepReport, 'transport' | 'serverMs'> {
    const after = this.web?.usage();
    // What began before there was a browser may have run beside somebody who used it.
    if (before === undefined || after === undefined || after.uses === before.uses) {
      return { transport: 'rpc' };
    }
    return { transport: 'browser', serverMs: round(after.serverMs - before.serverMs) };
  }

  // A surface that fails never changes an outcome.
  #show(name: string): void {
    try {
      this.#onStep(name);
    } catch {
      // Nobody is shown this step.
    }
  }

  #measured(): readonly StepReport[] {
    return this.reports.filter(({ phase }) => phase === 'measured');
  }
}

function broken(message: string): Failed {
  return new Failed({ code: 'scenario.incomplete', blame: 'scenario', message });
}
