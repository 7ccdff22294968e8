/** What a scenario module must export, checked when it is loaded. */
import { z } from 'zod';
import { type ConsentLevel, consentLevels } from '../domain/consent.ts';
import { type EdiChannelKind, ediChannels } from '../domain/edi-channel.ts';
import { ID_PATTERN } from '../domain/ids.ts';
import { type Transport, transports } from '../domain/transport.ts';
import type { ScenarioContext } from './context.ts';

/**
 * What must hold at the start of each run, else it is skipped before anything is written. `stock`: enough of the
 * product is free. `delivery`: the delivery steps are known, and validating a transfer sends no e-mail or SMS.
 * `posting`: the period of today is open. `edi`: a trading partner exchanges documents with the tenant, and Odoo can
 * write those that it must write itself.
 */
const conditions = ['stock', 'delivery', 'posting', 'edi'] as const;
export type Condition = (typeof conditions)[number];

/** What a tenant must offer for the scenario to run there; doctor names what is missing. */
export interface Needs {
  /** Technical names of Odoo modules that must be installed. */
  readonly modules: readonly string[];
  /** Fields that must exist, by model. */
  readonly fields: Readonly<Record<string, readonly string[]>>;
  /** Rights that the probe user must have, by model. */
  readonly access: Readonly<Record<string, readonly ('read' | 'write' | 'create' | 'unlink')[]>>;
  readonly conditions?: readonly Condition[];
  /** More modules, by the channel of the tenant's trading partner. */
  readonly modulesByChannel?: Readonly<Partial<Record<EdiChannelKind, readonly string[]>>>;
}

/** One business transaction as code. A plain object: import types only, keep no state in it. */
export interface Scenario {
  /** Version of this contract. */
  readonly sdk: 1;
  /** `[a-z0-9-]+`, equal to the file's name. */
  readonly id: string;
  /** In business words. */
  readonly title: string;
  /** Raise it when a change makes durations incomparable: it starts a new baseline. */
  readonly revision: number;
  /**
   * Rows that one run leaves in the tenant's database for good, for each transport: inserted minus deleted over all
   * tables but those that Odoo empties itself (wizards, the bus), measured; where the warehouse delivers in three
   * steps, which leave the most. What schedules leave per day is held against the tenant's row budget by it.
   */
  readonly rows: Readonly<Partial<Record<Transport, number>>>;
  /** The least consent under which it may run. */
  readonly consent: ConsentLevel;
  readonly transports: readonly Transport[];
  /** Path of the web client that the browser loads first, cold, as set-up; `/odoo/sales` when absent. */
  readonly opens?: string;
  /** In the browser it begins before the login page, not signed in with the web client loaded. */
  readonly signedOut?: true;
  /** Names of all measured steps in order; a run passes only if every one ended. */
  readonly steps: readonly [string, ...string[]];
  readonly needs: Needs;
  run(ctx: ScenarioContext): Promise<void>;
}

const words = z.string().min(1).max(60);

/** Parses what a module exports; strict, so that a misspelt key is an error and not a silent default. */
export const scenarioSchema = z
  .strictObject({
    sdk: z.literal(1),
    id: z.string().regex(ID_PATTERN),
    title: words,
    revision: z.int().positive(),
    rows: z.partialRecord(z.enum(transports), z.int().nonnegative()),
    consent: z.enum(consentLevels),
    transports: z.array(z.enum(transports)).min(1),
    opens: z
      .string()
      .regex(/^\/odoo\//, 'must begin with /odoo/')
      .exactOptional(),
    signedOut: z.literal(true).exactOptional(),
    steps: z
      .array(words)
      .min(1)
      .refine((steps) => new Set(steps).size === steps.length, 'two steps have one name'),
    needs: z.strictObject({
      modules: z.array(z.string()),
      fields: z.record(z.string(), z.array(z.string())),
      access: z.record(z.string(), z.array(z.enum(['read', 'write', 'create', 'unlink']))),
      conditions: z.array(z.enum(conditions)).exactOptional(),
      modulesByChannel: z.partialRecord(z.enum(ediChannels), z.array(z.string())).exactOptional(),
    }),
    run: z.custom<Scenario['run']>((value) => typeof value === 'function', 'must be a function'),
  })
  .refine((scenario) => scenario.transports.every((name) => scenario.rows[name] !== undefined), {
    path: ['rows'],
    message: 'must name every transport',
  });
