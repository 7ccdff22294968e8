/** Loads a configuration: all files, all problems at once, or one validated value. */
import { dirname } from 'node:path';
import type { ApiToken } from '../domain/api-token.ts';
import type { Maintenance } from '../domain/maintenance.ts';
import type { Policy } from '../domain/policy.ts';
import { RUNBOOKS } from '../domain/runbook.ts';
import type { Schedule } from '../domain/schedule.ts';
import type { Tenant } from '../domain/tenant.ts';
import type { Transport } from '../domain/transport.ts';
import { systemClock } from '../lib/clock.ts';
import type { Secret } from '../lib/secret.ts';
import type { Scenario } from '../scenario/contract.ts';
import { type AlertingPlaces, compileAlerting } from './alerting.ts';
import { apiComplaints, compileApi } from './api.ts';
import { calendarComplaint } from './business-calendars.ts';
import {
  type Complaint,
  compileArtifacts,
  compileLimits,
  compileTenant,
  duplicateComplaints,
  limitComplaints,
} from './compile.ts';
import { strayDatabases } from './databases.ts';
import { ediComplaints } from './edi.ts';
import { compileMaintenance, maintenanceComplaints } from './maintenance.ts';
import { objectiveComplaints, objectivesOf } from './objectives.ts';
import { compilePolicies, type Fault, policyComplaints } from './policies.ts';
import { type Read, readConfig, scenarioFolder, toDiagnostic } from './read.ts';
import { compileRedis, type RedisPlace, redisComplaints } from './redis.ts';
import { loadScenarios } from './scenarios.ts';
import type { Catalogue, CompiledTenant } from './schedule-entries.ts';
import { compileSchedules } from './schedules.ts';
import type { RawFleet } from './schema.ts';
import type { Diagnostic } from './source.ts';
import { problem } from './terms.ts';

export interface Config {
  readonly fleet: {
    readonly name: string;
    readonly chromium?: string;
    /** Whether it is served also where Redis may forget. */
    readonly allowUnsafeRedis: boolean;
    /** What the names of runbooks are added to. */
    readonly runbooks: string;
    /** How many runs each worker plays at once, where that is not to follow from its machine. */
    readonly workers?: Readonly<Partial<Record<Transport, number>>>;
    /** How long and how much is kept of runs that did not pass. */
    readonly artifacts: { readonly maxAgeMs: number; readonly maxBytes: number };
  };
  readonly tenants: readonly Tenant[];
  /** One for each tenant, scenario and transport that is to be played. */
  readonly schedules: readonly Schedule[];
  /** By name; `default` is always there. */
  readonly policies: ReadonlyMap<string, Policy>;
  /** What recurs; what somebody asked for besides is kept by `store/silences`. */
  readonly maintenance: readonly Maintenance[];
  /** Who may record deployments over HTTP. */
  readonly apiTokens: readonly ApiToken[];
  readonly alerting: AlertingPlaces;
  readonly redis?: RedisPlace;
  /** Every secret read through this configuration's references so far. */
  readonly secrets: ReadonlySet<Secret>;
}

/** All that is wrong with a configuration; nothing of it is used. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly diagnostics: readonly Diagnostic[];

  constructor(diagnostics: readonly Diagnostic[]) {
    super(diagnostics.map(diagnosticText).join('\n'));
    this.diagnostics = diagnostics;
  }
}

function diagnosticText({ file, line, path, message, remedy }: Diagnostic): string {
  return `${file}:${line}: ${path === '' ? '' : `${path}: `}${message} (${remedy})`;
}

/**
 * Throws ConfigError. References to secrets are checked for form only; reading them is for the run. `scenarios` are
 * those that schedules and policies may
 * name.
 */
export function loadConfig(
  file: string,
  scenarios: Catalogue,
  env: NodeJS.ProcessEnv = process.env,
): Config {
  const read = readConfig(file, env);
  const world = { env, known: new Set<Secret>(), nowMs: systemClock.now() };
  const { main, fleet, complete } = read;
  const tenants = tenantsOf(read, world);
  const laws = [...lawsOf(read, scenarios), ...duplicateComplaints(read.tenants)];
  // A tenant that a schedule names may be in a file that is wrong: then nothing is said of schedules.
  const { schedules, complaints } =
    fleet === undefined || !complete
      ? { schedules: [], complaints: [] }
      : compileSchedules({ main, fleet, tenants: eachOnce(tenants), scenarios });
  const objectives = {
    raw: fleet?.objectives,
    tenants: eachOnce(tenants).map(({ tenant }) => tenant),
    schedules,
    scenarios: scenarios.map(({ id }) => id),
  };
  const names = complete ? namesOf(read, tenants) : [];
  const promises = promiseLaws(read, objectives, complaints);
  const all = [...laws, ...names, ...complaints, ...promises];
  const diagnostics = [...read.diagnostics, ...all.map(toDiagnostic)];
  if (fleet === undefined || diagnostics.length > 0) throw new ConfigError(inOrder(diagnostics));
  const from = { folder: dirname(main.file), ...world };
  const redis = compileRedis(fleet, from);
  const compiled = tenants.map(({ tenant }) => ({
    ...tenant,
    objectives: objectivesOf(tenant, objectives),
  }));
  return {
    fleet: fleetOf(fleet),
    tenants: compiled,
    schedules,
    policies: compilePolicies(fleet.policies),
    maintenance: compileMaintenance(fleet.maintenance, compiled),
    apiTokens: compileApi(fleet.api, compiled, from),
    alerting: compileAlerting(fleet.alerting, from),
    ...(redis === undefined ? {} : { redis }),
    secrets: world.known,
  };
}

function tenantsOf(
  { tenants, fleet }: Read,
  world: Parameters<typeof compileTenant>[2],
): readonly CompiledTenant[] {
  if (fleet === undefined) return [];
  return tenants.map((one) => ({ ...one, tenant: compileTenant(one, fleet, world) }));
}

function fleetOf({
  name,
  chromium,
  runbooks,
  allowUnsafeRedis,
  artifacts,
  workers,
}: RawFleet): Config['fleet'] {
  return {
    name,
    ...(workers === undefined ? {} : { workers }),
    runbooks: runbooks ?? RUNBOOKS,
    allowUnsafeRedis: allowUnsafeRedis ?? false,
    artifacts: compileArtifacts(artifacts),
    ...(chromium === undefined ? {} : { chromium }),
  };
}

/**
 * A configuration and the scenarios that it can name: the built-in ones and those of its own folder. Throws ConfigError
 * or ScenarioError.
 */
export async function loadWithScenarios(
  file: string,
): Promise<{ readonly config: Config; readonly scenarios: ReadonlyMap<string, Scenario> }> {
  const scenarios = await scenariosFor(file);
  return { config: loadConfig(file, [...scenarios.values()]), scenarios };
}

/** The scenarios alone. Throws ScenarioError. */
export async function scenariosFor(file: string): Promise<ReadonlyMap<string, Scenario>> {
  return await loadScenarios(scenarioFolder(file, process.env));
}

/** Names of tenants and clusters that there are not: said only once all tenants are known. */
function namesOf({ main, fleet }: Read, placed: readonly CompiledTenant[]): readonly Complaint[] {
  const tenants = placed.map(({ tenant }) => tenant);
  const below =
    (key: string) =>
    ({ path, message }: Fault): Complaint => ({
      source: main,
      path: ['fleet', key, ...path],
      message,
    });
  return [
    ...maintenanceComplaints(fleet?.maintenance, tenants).map(below('maintenance')),
    ...apiComplaints(fleet?.api, tenants).map(below('api')),
  ];
}

/** Of tenants with one id the last: that there are several is said elsewhere. */
function eachOnce(tenants: readonly CompiledTenant[]): readonly CompiledTenant[] {
  return [...new Map(tenants.map((one) => [one.raw.id, one])).values()];
}

function inOrder(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  const files = [...new Set(diagnostics.map(({ file }) => file))];
  return files.flatMap((file) =>
    diagnostics.filter((one) => one.file === file).sort((a, b) => a.line - b.line),
  );
}

/** Only once it is known what is planned. */
function promiseLaws(
  { main, complete }: Read,
  objectives: Parameters<typeof objectiveComplaints>[0],
  ofSchedules: readonly Complaint[],
): readonly Complaint[] {
  if (!complete || ofSchedules.length > 0) return [];
  return objectiveComplaints(objectives).map(({ path, message }) => ({
    source: main,
    path: ['fleet', 'objectives', ...path],
    message,
  }));
}

function lawsOf({ main, fleet, tenants }: Read, scenarios: Catalogue): readonly Complaint[] {
  // Without a fleet nothing is known of the limits, and whether there are tenants is not yet the question.
  if (fleet === undefined) return [];
  const none = problem('no tenant at all', 'add one under tenants, or include a file that has one');
  return [
    ...(tenants.length === 0 ? [{ source: main, path: ['tenants'], message: none }] : []),
    ...redisComplaints(fleet).map(({ key, message }) => ({
      source: main,
      path: ['fleet', key],
      message,
    })),
    ...limitComplaints(compileLimits(fleet.limits)).map((message) => ({
      source: main,
      path: ['fleet', 'limits'],
      message,
    })),
    ...tenants.flatMap(({ source, index, raw }) =>
      raw.limits === undefined
        ? []
        : limitComplaints(compileLimits(fleet.limits, raw.limits)).map((message) => ({
            source,
            path: ['tenants', index, 'limits'],
            message,
          })),
    ),
    ...policyComplaints(fleet.policies, scenarios).map(({ path, message }) => ({
      source: main,
      path: ['fleet', 'policies', ...path],
      message,
    })),
    ...strayDatabases(fleet.databases, tenants).map(({ host, message }) => ({
      source: main,
      path: ['fleet', 'databases', host],
      message,
    })),
    ...tenants.flatMap(({ source, index, raw }) => {
      const message = calendarComplaint(raw.businessCalendar, fleet.businessCalendars);
      return message === undefined
        ? []
        : [{ source, path: ['tenants', index, 'businessCalendar'], message }];
    }),
    ...tenants.flatMap(({ source, index, raw }) =>
      ediComplaints(raw.edi, compileLimits(fleet.limits, raw.limits).runMs).map((message) => ({
        source,
        path: ['tenants', index, 'edi', 'answerWithin'],
        message,
      })),
    ),
  ];
}
