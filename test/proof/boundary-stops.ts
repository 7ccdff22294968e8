/** One run in the browser that is killed or stopped, by its own process, at a boundary between two steps. */
import { fileURLToPath } from 'node:url';
import { runReportSchema } from '../../src/domain/report.ts';
import { runNode } from '../support/cli.ts';
import type { LabTenant } from '../support/lab.ts';
import { stage } from '../support/runs.ts';
import type { CutRun, CutTimes } from './aftermath.ts';
import type { CutSubject } from './request-cuts.ts';

export interface BoundaryStop {
  readonly tenant: LabTenant;
  /** A step, as it begins; or one of AFTER_STEPS. */
  readonly boundary: string;
  /** SIGINT as Ctrl-C stops a command, compensating. */
  readonly signal: 'SIGKILL' | 'SIGINT';
  readonly loseState: boolean;
}

/** What follows the last step. */
export const AFTER_STEPS = ['leave the browser', 'compensate'] as const;

const RUNNER = fileURLToPath(new URL('../support/stopped-run.ts', import.meta.url));

export async function stopAtBoundary(
  { tenant, boundary, signal }: BoundaryStop,
  { scenario, env }: CutSubject,
  times: CutTimes,
): Promise<CutRun> {
  // Nothing is cut off here: a slow moment shall not end the run before it gets to its boundary.
  const limits = { ...times.limits, call: '20s' };
  const change = { tenants: [tenant], limits, tenant: () => ({ transports: ['browser'] }) };
  const own = await stage(change);
  const args = ['--import', 'tsx', RUNNER, own.file, own.state, scenario, boundary, signal];
  const { stdout, stderr, endless } = await runNode(args, { env, withinMs: times.withinMs });
  const report = stdout === '' ? undefined : runReportSchema.parse(JSON.parse(stdout));
  return { report, came: stderr.includes(`stopping at ${boundary}`), endless, stage: own };
}
