/**
 * A fault that can be injected into the lab for real, and mended for sure: what it is in words, which run is played
 * under it, and whom and what a diagnosis of that run has to name.
 */
import type { ChildProcess } from 'node:child_process';
import type { Layer } from '../../src/domain/failure.ts';
import type { Transport } from '../../src/domain/transport.ts';
import type { LabTenant } from '../support/lab.ts';

export type Expected =
  /** `slow`: the run passes, and its diagnosis says why it took so long. */
  | { readonly blame: 'target'; readonly layer: Layer; readonly slow?: true }
  | { readonly blame: 'scenario' | 'fleet' }
  /** The run passes; what is seen beside it asks for somebody's attention. */
  | { readonly warning: 'certificate' };

export interface Fault {
  readonly id: string;
  /** For people, as what happens: "PostgreSQL is stopped". */
  readonly what: string;
  readonly tenant: LabTenant;
  readonly scenario: string;
  readonly transport: Transport;
  readonly expected: Expected;
  /** In place of the short ones of the kit. */
  readonly limits?: Readonly<Record<string, string>>;
  /** Whether a run of the same state folder has passed before, so that what is gone now is known to have been there. */
  readonly afterGoodRun?: true;
  /** Whether a look at the database cannot change anything: it is played once and counts for both. */
  readonly playedOnce?: true;
  /** Whether the run that meets it mends it by its own undo, so that the next one passes. */
  readonly healed?: true;
  /** Whether it is over by itself before a second gate would be. */
  readonly brief?: true;
  readonly inject: (scene: Scene) => Promise<Injected>;
}

/** What is given to an injection. */
export interface Scene {
  readonly tenant: LabTenant;
  /** A folder for whatever it needs, deleted afterwards. */
  readonly folder: string;
  /** To be called before the damage is done; all are called afterwards, in reverse order, whatever became of the run. */
  readonly mendBy: (mend: () => unknown) => void;
}

/** What is different in the run that is played. */
export interface Injected {
  /** Merged over the tenant's configuration. */
  readonly tenantChange?: Readonly<Record<string, unknown>>;
  readonly redis?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** The state folder. */
  readonly state?: string;
  readonly onStart?: (child: ChildProcess) => void;
}

/** Changes nothing of the run. */
export const asItIs: Injected = {};

/** Over RPC in north, the scenario that each tenant can play. */
export const ORDER = {
  tenant: 'north',
  scenario: 'order-confirmation',
  transport: 'rpc',
} as const;
/** The same in the browser, whose web client takes its time to load. */
export const ORDER_IN_BROWSER = {
  ...ORDER,
  transport: 'browser',
  limits: { run: '40s', compensation: '8s', call: '8s', sweepGrace: '1s' },
} as const;
/** By attachment, as the lab's tenants are configured. */
export const EXCHANGE = { ...ORDER, scenario: 'edi-exchange' } as const;
