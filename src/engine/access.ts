/** A session as the engine uses it: reads are free, every write passes the fence, nothing is sent twice. */
import { Failed } from '../domain/failure.ts';
import type { Clock } from '../lib/clock.ts';
import { wizards } from '../scenario/documents.ts';
import type { Domain, OdooReader, OdooValue, OdooValues } from '../scenario/odoo.ts';
import { decodeRecords, type Fields, type RecordOf } from '../scenario/records.ts';
import type { TenantSession } from './ports.ts';

/** Keeps Odoo from writing chatter, followers and tracking rows, and from sending SMS, for what we do. */
const QUIET: OdooValues = {
  lang: 'en_US',
  tracking_disable: true,
  mail_create_nosubscribe: true,
  mail_create_nolog: true,
  mail_notrack: true,
  skip_sms: true,
  disable_cancel_warning: true,
};

export interface AccessOptions {
  readonly callMs: number;
  readonly signal: AbortSignal;
  /** Rejects when this run may not write any more. */
  readonly fence: () => Promise<void>;
  /** Added to the context of every call. */
  readonly context?: OdooValues;
}

/** One call to Odoo, without its values: for the artifact of a failed run. */
export interface CallRecord {
  readonly call: string;
  /** Milliseconds since the run began. */
  readonly atMs: number;
  readonly durationMs: number;
  readonly outcome: 'answered' | 'failed';
}

interface WaitingCall {
  /** `model.method` */
  readonly call: string;
  /** By the monotonic clock. */
  readonly sinceMs: number;
  /** Whether we wait for it no more. */
  readonly cut: boolean;
}

/** The calls of one run and what became of its writes, kept over all its phases. */
export class CallLog {
  readonly calls: CallRecord[] = [];
  /** The calls that have no answer yet, or had none when we cut them. */
  readonly waitingFor = new Map<symbol, WaitingCall>();
  /** Models written since they were last read. */
  readonly unread = new Set<string>();
  written = false;
  readonly #clock: Clock;
  readonly #started: number;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#started = clock.monotonic();
  }

  /** Follows one call to Odoo. A call that we cut ourselves stays what the run was waiting for. */
  async follow<T>(call: string, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    const began = this.#clock.monotonic();
    const key = Symbol(call);
    const end = (outcome: CallRecord['outcome']): void => {
      const durationMs = round(this.#clock.monotonic() - began);
      this.calls.push({ call, atMs: round(began - this.#started), durationMs, outcome });
      if (!signal.aborted) this.waitingFor.delete(key);
      else this.waitingFor.set(key, { call, sinceMs: began, cut: true });
    };
    this.waitingFor.set(key, { call, sinceMs: began, cut: false });
    try {
      const answer = await work();
      end('answered');
      return answer;
    } catch (error) {
      end('failed');
      throw error;
    }
  }
}

/** Milliseconds to a tenth: finer would be noise. */
export function round(ms: number): number {
  return Math.max(0, Math.round(ms * 10) / 10);
}

export class Access implements OdooReader {
  readonly uid: number;
  readonly #session: TenantSession;
  readonly #options: AccessOptions;
  readonly #log: CallLog;

  constructor(session: TenantSession, options: AccessOptions, log: CallLog) {
    this.uid = session.uid;
    this.#session = session;
    this.#options = options;
    this.#log = log;
  }

  async read<F extends Fields>(
    model: string,
    ids: readonly number[],
    fields: F,
  ): Promise<readonly RecordOf<F>[]> {
    if (ids.length === 0) return [];
    const kwargs = { fields: namesOf(fields), context: this.#context() };
    const answer = await this.#call(model, 'read', { args: [ids], kwargs });
    this.#log.unread.delete(model);
    return decodeRecords(model, fields, answer);
  }

  async searchRead<F extends Fields>(
    model: string,
    domain: Domain,
    fields: F,
    options: { readonly order?: string; readonly limit?: number } = {},
  ): Promise<readonly RecordOf<F>[]> {
    const kwargs = { fields: namesOf(fields), context: this.#context(), ...options };
    const answer = await this.#call(model, 'search_read', { args: [domain], kwargs });
    this.#log.unread.delete(model);
    return decodeRecords(model, fields, answer);
  }

  async count(model: string, domain: Domain): Promise<number> {
    const answer = await this.#call(model, 'search_count', { args: [domain] });
    return typeof answer === 'number' ? answer : malformedAnswer(`${model}.search_count`);
  }

  /** Asks something that is no record: `fields_get`, `has_access`. The caller vouches that it only reads. */
  async ask(
    model: string,
    method: string,
    args: readonly OdooValue[],
    kwargs: OdooValues = {},
  ): Promise<unknown> {
    return await this.#call(model, method, { args, kwargs });
  }

  /** Creates one record and answers its id. */
  async create(model: string, values: OdooValues, context: OdooValues = {}): Promise<number> {
    const answer = await this.write(model, 'create', [values], context);
    return typeof answer === 'number' ? answer : malformedAnswer(`${model}.create`);
  }

  /** Lets the web client write, behind the same fence and in the same log. */
  async byHand<T>(model: string, work: () => Promise<T>): Promise<T> {
    await this.#options.fence();
    this.#log.written = true;
    this.#log.unread.add(model);
    return await work();
  }

  /** Sends one writing call once. Undefined where Odoo committed without a value. */
  async write(
    model: string,
    method: string,
    args: readonly OdooValue[],
    context: OdooValues = {},
  ): Promise<unknown> {
    await this.#options.fence();
    this.#log.written = true;
    this.#log.unread.add(writtenBy(model));
    return await this.#call(model, method, { args, kwargs: { context: this.#context(context) } });
  }

  #context(more: OdooValues = {}): OdooValues {
    return { ...QUIET, ...this.#options.context, ...more };
  }

  async #call(
    model: string,
    method: string,
    params: { readonly args: readonly OdooValue[]; readonly kwargs?: OdooValues },
  ): Promise<unknown> {
    const { callMs, signal } = this.#options;
    signal.throwIfAborted();
    return await this.#log.follow(`${model}.${method}`, signal, () =>
      this.#session.call(model, method, params, { timeoutMs: callMs, signal }),
    );
  }
}

/** To whom names no field Odoo reads all of them, also those that the user may not see. */
function namesOf(fields: Fields): readonly string[] {
  const names = Object.keys(fields);
  return names.length === 0 ? ['id'] : names;
}

/** A wizard is gone when it is done; what it wrote is what must be read. */
function writtenBy(model: string): string {
  return Object.entries(wizards).find(([wizard]) => wizard === model)?.[1].writes ?? model;
}

function malformedAnswer(call: string): never {
  const failure = {
    code: 'odoo.malformed-answer',
    blame: 'target',
    layer: 'application',
    message: `the answer to ${call} is not a number`,
  } as const;
  throw new Failed(failure, { fate: 'unknown' });
}
