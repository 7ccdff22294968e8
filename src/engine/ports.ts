/** What the engine needs from the rooms above it, each as small as its use. */
import type { FileChannel } from '../domain/edi-channel.ts';
import type { Observation } from '../domain/evidence.ts';
import type { Mark, RunId, ScenarioId, TenantId } from '../domain/ids.ts';
import type { Readiness } from '../domain/readiness.ts';
import type { RunReport } from '../domain/report.ts';
import type { Tenant } from '../domain/tenant.ts';
import type { Transport } from '../domain/transport.ts';
import type { MarkedModel, OdooValue, OdooValues, WebClient } from '../scenario/index.ts';

export interface CallOptions {
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/** A signed-in session of one account in one database. */
export interface TenantSession {
  readonly wire: 'xmlrpc';
  readonly uid: number;
  /** Undefined where Odoo committed without a value. Rejects with Failed, which carries the call's fate. */
  call(
    model: string,
    method: string,
    params: { readonly args: readonly OdooValue[]; readonly kwargs?: OdooValues },
    options: CallOptions,
  ): Promise<unknown>;
  close(): void;
}

/** Follows what is asked of the tenant itself, apart from what is ours. */
export type Follow = <T>(call: string, signal: AbortSignal, work: () => Promise<T>) => Promise<T>;

/** Signs the probe user in. Rejects with Failed. */
export type SignIn = (
  tenant: Tenant,
  options: CallOptions,
  follow?: Follow,
) => Promise<TenantSession>;

/** One request of the page to Odoo, without its values. */
export interface PageCall {
  /** For example `call_button sale.order.action_confirm`, or `GET /odoo/sales` for a document. */
  readonly call: string;
  readonly status: number;
  /** Milliseconds from sending the request to the first byte of the answer. */
  readonly serverMs: number;
}

export interface WebEvidence {
  readonly calls: readonly PageCall[];
  /** A Playwright trace (zip) of what was done on the page, without secrets; absent when there is none. */
  readonly trace?: Uint8Array;
  /** A PNG image; absent when the page could not be drawn any more. */
  readonly screenshot?: Uint8Array;
}

/** The web client of one tenant in a context of its own. */
export interface WebSession {
  readonly client: WebClient;
  /** Loads the web client cold at this path, as a user does who opens it in the morning. */
  load(path: string): Promise<void>;
  /**
   * Since the session began: how often the client was used, how often its page wrote, and how long it has
   * waited for Odoo; and the calls of the page that have no answer yet.
   */
  usage(): {
    readonly uses: number;
    readonly writes: number;
    readonly serverMs: number;
    readonly pending: readonly string[];
    /** How long the one of them that has waited longest has, milliseconds. */
    readonly waitingMs: number;
    /** What the page's console showed as errors. */
    readonly errors: readonly string[];
  };
  /** What the page shows and asked of Odoo, for a run that did not pass; never throws. */
  evidence(): Promise<WebEvidence>;
  /** From here on nothing goes out of the page, so that nothing typed is saved by our leaving; never throws. */
  silence(): Promise<void>;
  /** Ends the session, silent first; never throws. */
  close(): Promise<void>;
}

export interface WebOptions extends CallOptions {
  /** Whether nobody is signed in; otherwise the probe user is. */
  readonly signedOut: boolean;
}

/** Gets what the web client offers to download, as the signed-in probe user. Rejects with Failed. */
export type Download = (
  tenant: Tenant,
  path: string,
  options: CallOptions,
) => Promise<{ readonly status: number; readonly contentType: string; readonly body: Uint8Array }>;

/** Rejects with Failed; what is wrong with the browser itself is the fleet's. */
export type OpenWeb = (tenant: Tenant, options: WebOptions) => Promise<WebSession>;

/** `in` is where the tenant finds what a partner sends, `out` where it leaves what the partner collects. */
export type ChannelPlace = 'in' | 'out';

export interface ChannelFile {
  readonly name: string;
  readonly bytes: number;
  /** Epoch milliseconds, by the clock of whoever keeps the file. */
  readonly modifiedMs: number;
}

/**
 * A trading partner's way to one tenant, by files. A name has at most 200 bytes, no separator of paths, no control
 * character and no dot in front; any other is `channel.bad-name` (scenario). Everything rejects with Failed
 * `channel.*`: what is wrong with our side or cannot be told is the fleet's, what the other server does is the target's.
 */
export interface Channel {
  /**
   * Puts the file into `in`, whole or not at all, and is never tried again by itself. Rejects with `channel.exists`
   * (fleet) when the name is taken. With fate `unknown` the file may be there, or a draft of it that nobody sees.
   */
  drop(name: string, bytes: Uint8Array, options: CallOptions): Promise<void>;
  /** Ordered by name; neither folders nor links nor names that the others would refuse. */
  list(place: ChannelPlace, options: CallOptions): Promise<readonly ChannelFile[]>;
  /** From `out`. Rejects with `channel.not-found` (fleet), or with `channel.too-large` (target) above 50 MB. */
  fetch(name: string, options: CallOptions): Promise<Uint8Array>;
  /** Also a draft that a drop left behind. A file that is not there is none the worse. */
  remove(place: ChannelPlace, name: string, options: CallOptions): Promise<void>;
  /** Ends the connection, if there is one; never throws. */
  close(): Promise<void>;
}

/** Nothing is connected yet. */
export type OpenChannel = (channel: FileChannel) => Channel;

/** What became of the last runs. */
export interface RecentRuns {
  /** Never throws. */
  note(report: RunReport): void;
  /**
   * How this step last ended over the other transport, and how long ago (milliseconds, ten minutes at most); undefined
   * when that is not known. Rejects with Failed.
   */
  overTheOther(
    run: { readonly tenant: Tenant; readonly scenario: string; readonly transport: Transport },
    step: string,
  ): Promise<{ readonly outcome: 'passed' | 'failed'; readonly agoMs: number } | undefined>;
}

/** Looks around a run that failed or is slow. Nothing of it ever throws, and it is over in the time it is given. */
export interface Lookout {
  /** From here to the tenant. */
  outside(tenant: Tenant, options: CallOptions): Promise<readonly Observation[]>;
  /** Samples its PostgreSQL from now on; undefined where the platform names no DSN. */
  database(tenant: Tenant): Watch | undefined;
  /** Watches our own side from now on, as far as a run over this transport needs it. */
  own(transport: Transport): Watch;
}

/** Begun with what answers it; to be ended once. */
export interface Watch {
  end(): Promise<readonly Observation[]>;
}

/**
 * What can be told of a tenant from outside before it is trouble. Undefined where there is nothing to be told, or it
 * could not be seen. Both reject with Failed.
 */
export interface OutsideWarnings {
  /** The certificate that its URL shows, also an expired one; its end is epoch milliseconds. */
  readonly certificate: (
    tenant: Tenant,
    options: CallOptions,
  ) => Promise<{ readonly expiresMs: number } | undefined>;
  /** Positive where the tenant's clock is ahead of ours. */
  readonly clockSkewMs: (tenant: Tenant, options: CallOptions) => Promise<number | undefined>;
}

/** The right to write into one tenant, held by one run or sweep at a time. */
export interface Lease {
  /** Grows with every lease of the tenant: who holds a smaller one has lost the tenant. */
  readonly token: number;
  /** Rejects with Failed `lease.lost` when somebody else holds the tenant now. */
  check(): Promise<void>;
  release(): Promise<void>;
}

export interface Leases {
  /**
   * Waits until the tenant is free or the signal aborts. The lease ends by itself `forMs` after it was
   * taken, or as soon as its holder's process is gone. `rows` is what may be left in the tenant for good under it,
   * none unless told: where a fleet shares the leases, it is counted against the day's row budget.
   */
  acquire(tenant: TenantId, forMs: number, signal: AbortSignal, rows?: number): Promise<Lease>;
}

/** Write-ahead list of what a run creates. A hint for clean-up: the marks in Odoo are the truth. */
export interface JournalEntry {
  readonly runId: RunId;
  readonly tenant: TenantId;
  readonly mark: Mark;
  readonly deadlineMs: number;
  readonly plans: readonly MarkedModel[];
}

export interface Journals {
  /** Rejects with Failed `run.duplicate` when this run id was opened before. */
  open(entry: JournalEntry): Promise<void>;
  update(entry: JournalEntry): Promise<void>;
  close(runId: RunId): Promise<void>;
  ofTenant(tenant: TenantId): Promise<readonly JournalEntry[]>;
}

/** A run whose start is written already: what its caller holds for it, and what it read on the way. */
export interface Begun {
  /** Stays the caller's. */
  readonly lease: Lease;
  readonly readiness: Readiness | undefined;
  /** Told as the run begins to wait long for one answer, and as it goes on; never throws. */
  readonly onWait?: (waiting: boolean) => void;
}

export interface ReadinessRecords {
  get(tenant: TenantId, scenario: ScenarioId): Promise<Readiness | undefined>;
  put(tenant: TenantId, scenario: ScenarioId, readiness: Readiness): Promise<void>;
}
