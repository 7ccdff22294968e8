/** The whole bench: every comparison against one tenant of the lab, which it leaves without anything open. */
import { rm } from 'node:fs/promises';
import type { LabTenant } from '../support/lab.ts';
import { stage } from '../support/runs.ts';
import { launchAndPlay, openBareBrowser } from './bare-browser.ts';
import { bareCycle } from './bare-cycle.ts';
import { type Ours, openOurs } from './ours.ts';
import { playwrightTest } from './playwright-test.ts';
import { interleave, type RoundsOptions, type Sample } from './rounds.ts';
import { requireSameCalls } from './same-calls.ts';
import { type Comparison, compare, type Pair } from './statistics.ts';
import { nextMark, type Subject, subjectOf } from './subject.ts';

/** A round over rpc is so much shorter that it can afford so many more of them. */
const RPC_ROUNDS_PER_ROUND = 3;

export interface BenchOptions extends Omit<RoundsOptions, 'warmUp'> {
  readonly tenant: LabTenant;
}

export async function bench(options: BenchOptions): Promise<readonly Comparison[]> {
  // What is open there makes our runs ask more, and could not be told from what the bench leaves.
  await requireNothingOpen(options.tenant);
  const subject = await subjectOf(options.tenant);
  const calls = await requireSameCalls(subject);
  options.say(`rpc: both sides make the same ${calls} calls`);
  const ours = await openOurs(subject);
  try {
    const overWire = await overRpc(ours, subject, options);
    const byHand = await inBrowser(ours, subject, options);
    await requireNothingOpen(options.tenant);
    return [...overWire, ...byHand];
  } finally {
    await ours.close();
  }
}

async function overRpc(
  ours: Ours,
  subject: Subject,
  options: BenchOptions,
): Promise<readonly Comparison[]> {
  const rounds = options.rounds * RPC_ROUNDS_PER_ROUND;
  const samples = await interleave(
    { ours: () => ours.play('rpc'), bare: () => bareSample(subject) },
    { ...options, rounds, warmUp: 3 },
  );
  const pairs = samples.map((round) => ({
    ours: round.ours.totalMs,
    reference: round.bare.totalMs,
  }));
  return [compare('rpc cycle, bare xmlrpc', 1.1, pairs)];
}

async function bareSample(subject: Subject): Promise<Sample> {
  const started = performance.now();
  await bareCycle(subject.account, subject.uid, nextMark(subject, 'rpc'));
  return { totalMs: performance.now() - started };
}

async function inBrowser(
  ours: Ours,
  subject: Subject,
  options: BenchOptions,
): Promise<readonly Comparison[]> {
  const bare = await openBareBrowser(subject);
  try {
    const contestants = {
      ours: () => ours.play('browser'),
      'one browser': bare.play,
      'browser per run': () => launchAndPlay(subject),
      'playwright test': () => playwrightTest(subject),
    };
    const rounds = await interleave(contestants, { ...options, warmUp: 2 });
    const whole = (name: keyof typeof contestants): readonly Pair[] =>
      rounds.map((round) => ({ ours: round.ours.totalMs, reference: round[name].totalMs }));
    const browserPart = rounds.map((round) => ({
      ours: round.ours.browserMs,
      reference: round['one browser'].browserMs,
    }));
    return [
      compare('warm browser run, bare script, one browser', 1.1, whole('one browser')),
      compare('its browser part alone', 1.1, browserPart),
      compare('warm browser run, bare script, browser per run', 0.95, whole('browser per run')),
      compare('warm browser run, playwright test per run', 0.6, whole('playwright test')),
    ];
  } finally {
    await bare.close();
  }
}

async function requireNothingOpen(tenant: LabTenant): Promise<void> {
  const { command, folder } = await stage({ tenants: [tenant] });
  const { code, stdout, stderr } = await command('residue', '--now');
  await rm(folder, { recursive: true });
  if (code !== 0) throw new Error(`${tenant} is not clean: ${stdout}${stderr}`);
}
