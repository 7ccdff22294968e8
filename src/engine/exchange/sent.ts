/** An order on its way through a trading partner's channel: awaited, answered, and timed. */
import { Failed } from '../../domain/failure.ts';
import type { ExchangeTimes } from '../../domain/report.ts';
import { type Document, match, type Order } from '../../edi/index.ts';
import type { Clock } from '../../lib/clock.ts';
import type { AnswerKind, MarkedDocument, SentOrder } from '../../scenario/documents.ts';
import type { Finding } from '../../scenario/finding.ts';
import { round } from '../access.ts';
import type { CallOptions } from '../ports.ts';
import type { Letter } from './letter.ts';
import { integration, type Way } from './way.ts';

export interface SentParts {
  /** The one that the scenario follows, and those that only go the same way at the same time. */
  readonly letter: Letter;
  readonly others: readonly Letter[];
  readonly way: Way;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** What takes longer is late, what takes twice as long is missing. */
  readonly answerWithinMs: number;
  /** No wait goes on past this instant of the clock that never jumps. */
  readonly untilMs: number;
  /** All orders that were made of them. */
  readonly made: () => Promise<readonly Made[]>;
  /** Told of the order, once it is there. */
  readonly arrived: (id: number) => MarkedDocument;
  readonly stored: () => Promise<Uint8Array | undefined>;
}

interface Made {
  readonly id: number;
  /** The number of the document, where the tenant has read it. */
  readonly mark: string | undefined;
}

/** Pauses between two looks, milliseconds; the last one repeats. */
const PAUSES = [100, 200, 400, 800] as const;
const LONGEST_PAUSE = 1_500;

export class Sent implements SentOrder {
  /** Grows as the run goes on. */
  times: ExchangeTimes = {};
  readonly #parts: SentParts;
  #handedIn = 0;
  #orderId: number | undefined;

  constructor(parts: SentParts) {
    this.#parts = parts;
  }

  /** Rejects with Failed; fate `unknown` when an order may still be made of it. */
  async handIn(): Promise<void> {
    const { way, letter, others, clock } = this.#parts;
    const backlogAgeMs = await way.backlogAge();
    if (backlogAgeMs !== undefined) this.times = { backlogAgeMs };
    this.#handedIn = clock.monotonic();
    await way.handIn([letter, ...others]);
  }

  /** Takes away what lies in the channel. Rejects with Failed. */
  async tidy(call: CallOptions): Promise<void> {
    await this.#parts.way.tidy(this.#parts.letter, call);
  }

  async close(): Promise<void> {
    await this.#parts.way.close();
  }

  get document(): Order {
    return this.#parts.letter.document;
  }

  get answers(): readonly AnswerKind[] {
    return this.#parts.way.answers;
  }

  async arrival(): Promise<MarkedDocument> {
    const { way, letter, arrived } = this.#parts;
    const orders = await this.#await(async () => {
      const found = await this.#madeOfLetter();
      return found.length > 0 ? found : undefined;
    });
    const [first, second] = orders ?? [];
    if (first === undefined) throw new Failed(integration('not-imported', await this.#whyNot()));
    const order = arrived(first.id);
    this.#orderId = first.id;
    const ingestionMs = this.#elapsed();
    this.times = { ...this.times, ingestionMs };
    if (second !== undefined) {
      throw new Failed(integration('imported-twice', `two orders were made of ${letter.name}`));
    }
    this.#refuseLate('the order', ingestionMs);
    if (way.answers.includes('acknowledgement')) await this.#acknowledgement();
    if (this.#parts.others.length > 0) await this.#drained();
    return order;
  }

  async isStored(): Promise<boolean> {
    const { stored, letter } = this.#parts;
    const bytes = await stored();
    if (bytes === undefined) {
      throw new Failed(integration('not-stored', `${letter.name} is not attached to its order`));
    }
    return Buffer.from(bytes).equals(letter.bytes);
  }

  async collect(): Promise<readonly Document[]> {
    const began = this.#elapsed();
    const answers = await this.#awaitAnswers(this.answers);
    const roundTripMs = this.#elapsed();
    this.times = { ...this.times, roundTripMs };
    this.#refuseLate('the last answer', round(roundTripMs - began));
    return answers;
  }

  compare(answers: readonly Document[]): readonly Finding[] {
    return match(this.document, answers).map(({ code, where, expected, actual = 'nothing' }) => {
      const wanted = expected === undefined ? '' : `, not ${expected}`;
      return {
        code: `edi.${code}`,
        blame: 'target',
        layer: 'integration',
        message: `${where}: ${actual}${wanted}`,
      };
    });
  }

  /** What the tenant could not read has no number: alone it can be of nothing else. */
  async #madeOfLetter(): Promise<readonly Made[]> {
    const { letter, others, made } = this.#parts;
    const all = await made();
    if (others.length === 0) return all;
    return all.filter(({ mark }) => mark === letter.document.number);
  }

  async #drained(): Promise<void> {
    const wanted = this.#parts.others.length + 1;
    let count = 0;
    const all = await this.#await(async () => {
      count = (await this.#parts.made()).length;
      return count >= wanted ? count : undefined;
    });
    if (all === undefined) {
      throw new Failed(
        integration('not-imported', `orders were made of ${count} of ${wanted} documents`),
      );
    }
    const drainMs = this.#elapsed();
    this.times = { ...this.times, drainMs };
  }

  async #acknowledgement(): Promise<void> {
    await this.#awaitAnswers(['acknowledgement']);
    const acknowledgementMs = this.#elapsed();
    this.times = { ...this.times, acknowledgementMs };
    this.#refuseLate('the acknowledgement', acknowledgementMs);
  }

  /** All that has come back as soon as these kinds are among it. */
  async #awaitAnswers(kinds: readonly AnswerKind[]): Promise<readonly Document[]> {
    const { way, letter } = this.#parts;
    const missing = (answers: readonly Document[]): readonly AnswerKind[] =>
      kinds.filter((kind) => !answers.some((answer) => answer.kind === kind));
    let lacking = kinds;
    const answers = await this.#await(async () => {
      const came = await way.collected(letter, this.#orderId);
      lacking = missing(came);
      return lacking.length === 0 ? came : undefined;
    });
    if (answers !== undefined) return answers;
    const code = lacking.includes('acknowledgement') ? 'missing-acknowledgement' : 'missing-answer';
    const message = `no ${lacking.join(', ')} came back within ${this.#elapsed()} ms`;
    throw new Failed(integration(code, message));
  }

  /** Looks again and again; undefined when the time is up. */
  async #await<T>(look: () => Promise<T | undefined>): Promise<T | undefined> {
    const { clock, signal, answerWithinMs, way } = this.#parts;
    const untilMs = Math.min(this.#parts.untilMs, clock.monotonic() + 2 * answerWithinMs);
    for (let n = 0; ; n += 1) {
      const seen = await look();
      if (seen !== undefined) return seen;
      if (!way.isQueue || clock.monotonic() >= untilMs) return undefined;
      await clock.sleep(PAUSES[n] ?? LONGEST_PAUSE, signal);
    }
  }

  async #whyNot(): Promise<string> {
    const { way, letter } = this.#parts;
    const lies = await way.isWaiting(letter);
    const what = `no order was made of ${letter.name} within ${this.#elapsed()} ms`;
    return lies ? `${what}: nobody has taken it yet` : `${what}, although it was taken`;
  }

  #refuseLate(what: string, ms: number): void {
    const { answerWithinMs } = this.#parts;
    if (ms <= answerWithinMs) return;
    throw new Failed(
      integration('late', `${what} came after ${ms} ms, not within ${answerWithinMs} ms`),
    );
  }

  #elapsed(): number {
    return round(this.#parts.clock.monotonic() - this.#handedIn);
  }
}
