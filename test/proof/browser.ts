/**
 * The browser proof: the login and a scenario in the browser, many times on both tenants in one process, without one
 * run that did not pass or was not undone; nothing of the browser outlives it. And what it holds in memory.
 */
import { watch } from 'node:fs';
import { rm } from 'node:fs/promises';
import type { RunReport } from '../../src/domain/report.ts';
import { unmarkedOrders } from '../support/orders.ts';
import { stage } from '../support/runs.ts';
import { ownTemp } from '../support/temp.ts';
import { isFrugal, type MemoryFigures, measureMemory } from './browser-memory.ts';

export interface BrowserFigures {
  /** Passed runs, as `tenant scenario`. */
  readonly passed: Readonly<Record<string, number>>;
  readonly notPassed: number;
  readonly notClean: number;
  /** Browsers started: more than one when it was renewed. */
  readonly browsers: number;
  readonly secondsEach: number;
  readonly residue: number;
  readonly unmarked: number;
  /** Processes, and files in their temporary folder, that outlived the command. */
  readonly processesLeft: number;
  readonly filesLeft: readonly string[];
  readonly memory: MemoryFigures;
}

export interface BrowserOptions {
  readonly scenario: string;
  /** How often each scenario is played on each tenant. */
  readonly repeat: number;
  readonly say: (line: string) => void;
}

export async function proveBrowser({
  scenario,
  repeat,
  say,
}: BrowserOptions): Promise<BrowserFigures> {
  const temp = await ownTemp();
  const profiles = new Set<string>();
  const watcher = watch(temp.folder, (_, name) => {
    if (name?.startsWith('playwright_chromiumdev_profile-') === true) profiles.add(name);
  });
  const own = await stage({ tenant: () => ({ transports: ['browser'] }) });
  const scenarios = ['login', scenario].flatMap((id) => ['--scenario', id]);
  const unmarkedBefore = new Set(await unmarkedOrders());
  const started = performance.now();
  const { code, reports, stderr } = await own.run([...scenarios, '--repeat', String(repeat)], {
    env: temp.env,
  });
  const secondsEach = (performance.now() - started) / 1_000 / reports.length;
  watcher.close();
  const bad = reports.filter((report) => !isPassed(report) || !isClean(report));
  say(`${reports.length} runs, ${bad.length} not passed and clean, exit ${code ?? 'by signal'}`);
  for (const report of bad) say(JSON.stringify(report));
  if (code !== 0) say(stderr.trim());
  const filesLeft = await temp.entries();
  const processesLeft = temp.processes().length;
  const residue = await own.command('residue', '--now');
  const unmarked = (await unmarkedOrders()).filter((order) => !unmarkedBefore.has(order));
  await temp.remove();
  await rm(own.folder, { recursive: true, force: true });
  const memory = await measureMemory();
  return {
    passed: countPassed(reports),
    notPassed: reports.filter((report) => !isPassed(report)).length + (code === 0 ? 0 : 1),
    notClean: reports.filter((report) => !isClean(report)).length,
    browsers: profiles.size,
    secondsEach: Math.round(secondsEach * 10) / 10,
    residue: residue.code === 0 ? 0 : 1,
    unmarked: unmarked.length,
    processesLeft,
    filesLeft,
    memory,
  };
}

/** Whether all passed so often, nothing was left behind, and the memory is in its bounds. */
export function holdsInBrowser(figures: BrowserFigures, repeat: number): boolean {
  const { notPassed, notClean, residue, unmarked, processesLeft, filesLeft } = figures;
  const counts = Object.values(figures.passed);
  const left = residue + unmarked + processesLeft + filesLeft.length;
  return (
    counts.length > 0 &&
    counts.every((count) => count === repeat) &&
    notPassed + notClean + left === 0 &&
    isFrugal(figures.memory)
  );
}

const isPassed = ({ outcome }: RunReport): boolean => outcome.kind === 'passed';
const isClean = ({ compensation }: RunReport): boolean => compensation.kind === 'clean';

function countPassed(reports: readonly RunReport[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { tenant, scenario, outcome } of reports) {
    const name = `${tenant} ${scenario}`;
    counts[name] = (counts[name] ?? 0) + (outcome.kind === 'passed' ? 1 : 0);
  }
  return counts;
}
