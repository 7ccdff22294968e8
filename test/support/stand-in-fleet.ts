/** The shipped scheduler, queue, ledger, leases and worker in this process, in front of tenants that are stand-ins. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { RunReport } from '../../src/domain/report.ts';
import type { StandIn } from '../../src/wire/compose.ts';
import { type Fleet, startFleet } from '../../src/wire/fleet.ts';
import { deaf, noOpConfiguration } from './no-op.ts';

export interface StandInConfig {
  /** Beside their `scenarios`, which is the one that does nothing. */
  readonly timing: Readonly<Record<string, string>>;
  /** Called `tenant-0` and so on. */
  readonly tenants: number;
  /** Of all of them: where they seem to be for who looks from outside. */
  readonly url: string;
  readonly fleet: Readonly<Record<string, unknown>> & { readonly name: string };
}

/** Writes, or writes anew, `orderwatch.yaml` in the folder and answers its path. */
export async function writeStandInConfig(folder: string, config: StandInConfig): Promise<string> {
  const { timing, tenants, url, fleet } = config;
  const file = join(folder, 'orderwatch.yaml');
  await writeFile(join(folder, 'secret'), 'nothing', { mode: 0o600 });
  await writeFile(file, noOpConfiguration(fleet, tenants, timing, url));
  return file;
}

export interface StandInFleet {
  readonly fleet: Fleet;
  /** By run id. */
  readonly reports: ReadonlyMap<string, RunReport>;
  /** What nobody should hear of. */
  readonly unexpected: readonly unknown[];
}

/** Whoever starts it stops it. */
export async function startStandInFleet(
  configFile: string,
  stateFolder: string,
  standIn: StandIn,
): Promise<StandInFleet> {
  const reports = new Map<string, RunReport>();
  const unexpected: unknown[] = [];
  const heard = (what: unknown): void => void unexpected.push(what);
  const fleet = await startFleet({
    configFile,
    stateFolder,
    roles: new Set(['scheduler', 'worker']),
    standIn,
    ...deaf,
    onReport: (report) => reports.set(report.runId, report),
    onAccepted: heard,
    onSwept: heard,
    onReplenished: heard,
    onDead: heard,
    onTrouble: heard,
  });
  return { fleet, reports, unexpected };
}
