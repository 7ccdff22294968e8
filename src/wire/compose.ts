/** The composition root: the only place that constructs adapters and hands them to the rooms below. */
import { tmpdir } from 'node:os';
import { Chromium } from '../browser/chromium.ts';
import { SessionCookies } from '../browser/session-cookies.ts';
import { openWebSession } from '../browser/web-session.ts';
import { openChannel } from '../channel/open.ts';
import { chromiumFromEnvironment } from '../config/environment.ts';
import { type Config, loadWithScenarios } from '../config/load.ts';
import type { Tenant } from '../domain/tenant.ts';
import { LastLooks } from '../engine/last-looks.ts';
import type { Leases, SignIn } from '../engine/ports.ts';
import { OwnRecentRuns } from '../engine/recent-runs.ts';
import type { Engine } from '../engine/run-state.ts';
import { type Credential, credentialOf, type OpenSession, signInWith } from '../engine/sign-in.ts';
import { systemClock } from '../lib/clock.ts';
import { KnownUsers } from '../odoo/known-users.ts';
import { download, openWebSession as webSessionOf } from '../odoo/web.ts';
import type { Scenario } from '../scenario/contract.ts';
import { FolderRecords } from '../store/folder.ts';
import { KeptJournals } from '../store/journals.ts';
import { KeptReports } from '../store/kept-reports.ts';
import { FolderLeases } from '../store/leases.ts';
import { KeptReadiness } from '../store/readiness.ts';
import type { Records } from '../store/records.ts';
import { type RedisConnection, RedisRecords } from '../store/redis.ts';
import { RedisLeases } from '../store/redis-leases.ts';
import { lookAtRedis } from '../store/redis-look.ts';
import { KeptRefusals } from '../store/refusals.ts';
import { Artifacts } from '../surface/artifacts.ts';
import { type Kept, keptInFolder, keptInRedis } from './kept.ts';
import { lookoutOf } from './lookout.ts';
import { hasRedis, openRedis } from './redis.ts';

export interface Orderwatch {
  readonly config: Config;
  readonly scenarios: ReadonlyMap<string, Scenario>;
  readonly engine: Engine;
  /** Signs in even with a credential that was stopped. */
  readonly insist: SignIn;
  /** The same for the web client. */
  readonly insistOnWeb: (tenant: Tenant) => Credential;
  readonly browsers: () => Chromium['usage'];
  /** Ends the browser, if one was started. */
  readonly close: () => Promise<void>;
}

/** What benches and tests of fairness play in place of Odoo; no configuration can name it. */
export interface StandIn {
  readonly scenarios: ReadonlyMap<string, Scenario>;
  readonly signIn: SignIn;
}

export interface ComposeOptions {
  readonly configFile: string;
  readonly stateFolder: string;
  readonly artifactsFolder?: string;
  readonly onStep?: Engine['onStep'];
  readonly standIn?: StandIn;
}

/**
 * For a command that ends. What is kept goes to the fleet's Redis, and to the state folder where there is none. Rejects with
 * ConfigError, ScenarioError, or Failed `state.unusable` (fleet) when Redis is configured and not there.
 */
export async function compose(
  options: ComposeOptions,
): Promise<Orderwatch & { readonly kept: Kept }> {
  const { config, scenarios } = await loadWithScenarios(options.configFile);
  const clock = systemClock;
  if (!hasRedis(config, options.stateFolder)) {
    const records = new FolderRecords(options.stateFolder);
    const leases = new FolderLeases(records, clock);
    const parts = { config, scenarios, records, leases, onDiagnosis: keptIn(records) };
    return { ...assemble(parts, options), kept: keptInFolder(records, clock) };
  }
  const { redis, keys, close } = await openRedis(config, options.stateFolder, clock);
  const records = new RedisRecords(redis, keys);
  const leases = new RedisLeases(redis, keys, clock);
  const onDiagnosis = keptIn(records);
  const orderwatch = assemble({ config, scenarios, records, leases, redis, onDiagnosis }, options);
  return {
    ...orderwatch,
    kept: keptInRedis(redis, keys, clock),
    close: async () => {
      await orderwatch.close();
      await close();
    },
  };
}

/** What is kept, wherever it is kept, and what is to be run. */
export interface Parts extends Pick<Orderwatch, 'config' | 'scenarios'> {
  readonly records: Records;
  readonly leases: Leases;
  /** Absent where everything is kept in the state folder. */
  readonly redis?: RedisConnection;
  /** Absent in a fleet: its streams hold every report. */
  readonly onDiagnosis?: Engine['onDiagnosis'];
}

function keptIn(records: Records): NonNullable<Engine['onDiagnosis']> {
  const kept = new KeptReports(records, systemClock);
  return (report) => kept.put(report);
}

export function assemble(
  { config, scenarios, records, leases, redis, onDiagnosis }: Parts,
  options: Pick<ComposeOptions, 'stateFolder' | 'artifactsFolder' | 'onStep' | 'standIn'>,
): Orderwatch {
  const clock = systemClock;
  const refusals = new KeptRefusals(records, 'refusals');
  const webRefusals = new KeptRefusals(records, 'web-refusals');
  const users = new KnownUsers();
  const open: OpenSession = (tenant, account, call) =>
    users.open(tenant, account, { clock, ...call });
  const chromium = new Chromium({
    clock,
    executable: chromiumFromEnvironment() ?? config.fleet.chromium,
  });
  const credential = (tenant: Tenant): Credential => credentialOf(tenant, webRefusals);
  const cookies = new SessionCookies((tenant, call) =>
    credential(tenant)((account) => webSessionOf(tenant, account, { clock, ...call })),
  );
  const web = { chromium, cookies, credential, clock };
  const { onStep, stateFolder, artifactsFolder = stateFolder } = options;
  const folders = [...new Set([stateFolder, artifactsFolder])];
  const artifacts =
    options.artifactsFolder === undefined
      ? undefined
      : new Artifacts(options.artifactsFolder, config.fleet.artifacts, clock);
  const engine: Engine = {
    clock,
    signIn: options.standIn?.signIn ?? signInWith(open, refusals),
    openWeb: (tenant, call) => openWebSession(tenant, call, web),
    download: (tenant, path, call) => downloadAs(cookies, { tenant, path }, { clock, ...call }),
    openChannel: (channel) => openChannel(channel, clock),
    leases,
    journals: new KeptJournals(records),
    readiness: new KeptReadiness(records),
    looks: new LastLooks(clock),
    recent: new OwnRecentRuns(clock),
    lookout: lookoutOf({
      clock,
      folders: [...folders, tmpdir()],
      browser: () => chromium.look(),
      ...(redis === undefined ? {} : { redis: () => lookAtRedis(redis, clock) }),
    }),
    secrets: config.secrets,
    ...(onStep === undefined ? {} : { onStep }),
    ...(onDiagnosis === undefined ? {} : { onDiagnosis }),
    ...(artifacts === undefined
      ? {}
      : { onTrouble: (report, evidence) => artifacts.keep(report, evidence) }),
  };
  const insist = signInWith(open, refusals, { insist: true });
  const insistOnWeb = (tenant: Tenant): Credential =>
    credentialOf(tenant, webRefusals, { insist: true });
  return {
    config,
    scenarios,
    engine,
    insist,
    insistOnWeb,
    browsers: () => chromium.usage,
    close: () => chromium.close(),
  };
}

/** With the cookie that is kept, or a new one where there is none or Odoo leads to its login page. */
async function downloadAs(
  cookies: SessionCookies,
  { tenant, path }: { readonly tenant: Tenant; readonly path: string },
  options: Parameters<typeof download>[2],
): ReturnType<typeof download> {
  const kept = cookies.kept(tenant);
  const cookie = kept ?? (await cookies.renew(tenant, options));
  const answer = await download(tenant, { path, cookie }, options);
  if (kept === undefined || answer.status !== SEE_OTHER) return answer;
  const renewed = await cookies.renew(tenant, options);
  return await download(tenant, { path, cookie: renewed }, options);
}

const SEE_OTHER = 303;
