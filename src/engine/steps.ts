/** Times the steps of one run and holds it to the steps its scenario declared. */
import { Failed } from '../domain/failure.ts';
import type { StepReport } from '../domain/report.ts';
import type { Transport } from '../domain/transport.ts';
import type { Clock } from '../lib/clock.ts';
import { round } from './access.ts';

export class StepRecorder {
  readonly reports: StepReport[] = [];
  /** The step that failed, or else the one that is under way. */
  current: string | undefined;
  readonly #clock: Clock;
  readonly #transport: Transport;
  readonly #onStep: (name: string) => void;

  constructor(clock: Clock, transport: Transport, onStep: (name: string) => void) {
    this.#clock = clock;
    this.#transport = transport;
    this.#onStep = onStep;
  }

  async time<T>(phase: StepReport['phase'], name: string, body: () => Promise<T>): Promise<T> {
    this.current = name;
    this.#show(name);
    const startedAt = new Date(this.#clock.now()).toISOString();
    const started = this.#clock.monotonic();
    const end = (outcome: StepReport['outcome']): void => {
      const durationMs = round(this.#clock.monotonic() - started);
      const transport = phase === 'set-up' ? 'rpc' : this.#transport;
      this.reports.push({ name, phase, transport, startedAt, durationMs, outcome });
    };
    try {
      const value = await body();
      end('passed');
      this.current = undefined;
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

  /** Throws Failed (scenario) unless every declared step ended: nothing passes in silence. */
  requireAll(declared: readonly string[]): void {
    const ended = this.#measured().filter(({ outcome }) => outcome === 'passed');
    const missing = declared.filter((step) => !ended.some(({ name }) => name === step));
    if (missing.length > 0) throw broken(`declared but never passed: ${missing.join(', ')}`);
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
