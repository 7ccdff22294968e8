/** What `doctor` is given and what it answers. */
import type { Failure } from '../../domain/failure.ts';
import type { Tenant } from '../../domain/tenant.ts';
import type { Access } from '../../engine/access.ts';
import type {
  Channel,
  ChannelPlace,
  OutsideWarnings,
  ReadinessRecords,
} from '../../engine/ports.ts';
import type { Scenario } from '../../scenario/contract.ts';

export interface Finding {
  readonly check: string;
  /** `problem` is the tenant's, `unknown` is ours or nobody's; both keep a scenario from being trusted. */
  readonly level: 'ok' | 'warning' | 'problem' | 'unknown';
  readonly message: string;
}

export interface ScenarioStatus {
  readonly scenario: string;
  readonly status: 'ready' | 'skipped' | 'lost' | 'unknown';
  readonly reason?: string;
}

export interface Examination {
  readonly tenant: string;
  readonly findings: readonly Finding[];
  readonly scenarios: readonly ScenarioStatus[];
}

export interface Patient {
  readonly tenant: Tenant;
  readonly scenarios: readonly Scenario[];
  readonly readiness: ReadinessRecords;
  /** Epoch milliseconds. */
  readonly nowMs: number;
  /** A person accepts what is missing now: from here on it is skipped, no longer lost. */
  readonly accept: boolean;
  readonly version: () => Promise<string>;
  /** Whether the URL lets the probe user into the tenant's database over the web. */
  readonly acceptsWebLogin: () => Promise<boolean>;
  /** Signs in even with a credential that was stopped. */
  readonly signIn: () => Promise<Access>;
  readonly certificate: () => ReturnType<OutsideWarnings['certificate']>;
  readonly clockSkewMs: () => ReturnType<OutsideWarnings['clockSkewMs']>;
  readonly failureOf: (thrown: unknown) => Failure;
  /** Lists a place of the tenant's EDI channel; absent where no files are exchanged. */
  readonly listFiles?: (place: ChannelPlace) => ReturnType<Channel['list']>;
}
