/** One run behind a proxy that cuts it at a chosen request, over either transport. */
import fc from 'fast-check';
import type { RunReport } from '../../src/domain/report.ts';
import { type LabTenant, tenantUrl } from '../support/lab.ts';
import { type Cut, type CutMode, cutProxy } from '../support/proxy.ts';
import { type Stage, stage } from '../support/runs.ts';
import type { CutRun, CutTimes } from './aftermath.ts';

export interface RequestCut {
  readonly tenant: LabTenant;
  readonly at: number;
  readonly mode: CutMode;
  readonly forGood: boolean;
  readonly loseState: boolean;
  /** Whether the process is killed at the cut itself. */
  readonly kill: boolean;
}

/** What is played and cut. */
export interface CutSubject {
  readonly scenario: string;
  readonly transport: 'rpc' | 'browser';
  /** Whose requests are counted and cut. */
  readonly counts: (path: string) => boolean;
  readonly env: Readonly<Record<string, string>>;
}

/** Of one uncut run; `requests` are those that count. Throws when it does not pass. */
export async function playUncut(
  tenant: LabTenant,
  subject: CutSubject,
): Promise<{ readonly requests: number; readonly report: RunReport }> {
  const proxy = await cutProxy(tenantUrl(tenant), undefined, subject.counts);
  try {
    // The first run of a new state asks what the tenant offers; so does every run of these proofs.
    const { run } = await stageFor(tenant, subject, { url: proxy.url, limits: {} });
    const { code, reports, stdout, stderr } = await run(['--scenario', subject.scenario], {
      env: subject.env,
    });
    const [report] = reports;
    if (code !== 0 || report === undefined) {
      throw new Error(`an uncut run of ${tenant} fails: ${stdout}${stderr}`);
    }
    return { requests: proxy.requests(), report };
  } finally {
    await proxy.close();
  }
}

export async function playCut(
  point: RequestCut,
  subject: CutSubject,
  { limits, withinMs }: CutTimes,
): Promise<CutRun> {
  let kill: () => void = () => undefined;
  const cut: Cut = {
    at: point.at,
    mode: point.mode,
    forGood: point.forGood,
    onCut: () => {
      if (point.kill) kill();
    },
  };
  const proxy = await cutProxy(tenantUrl(point.tenant), cut, subject.counts);
  const own = await stageFor(point.tenant, subject, { url: proxy.url, limits });
  try {
    const { reports, endless } = await own.run(['--scenario', subject.scenario], {
      env: subject.env,
      withinMs,
      onStart: (child) => {
        kill = () => child.kill('SIGKILL');
      },
    });
    return { report: reports[0], endless, stage: own };
  } finally {
    await proxy.close();
  }
}

/** In an order that the seed decides, so that any first part of them is a fair sample. */
export function shuffled<T>(items: readonly T[], seed: number): readonly T[] {
  const whole = fc.shuffledSubarray([...items], { minLength: items.length });
  const [shuffledItems = items] = fc.sample(whole, { seed, numRuns: 1 });
  return shuffledItems;
}

async function stageFor(
  tenant: LabTenant,
  { transport }: CutSubject,
  { url, limits }: { readonly url: string; readonly limits: Readonly<Record<string, string>> },
): Promise<Stage> {
  return await stage({
    tenants: [tenant],
    limits,
    tenant: () => ({ url, transports: [transport] }),
  });
}
