/**
 * The gate's proof: every fault of the kit is a release that went wrong, or trouble of our own; and releases that change
 * nothing, or slow one step down, are played too. What a gate says of each is held against what was done.
 */
import { cp, rm } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { faults } from '../faults/all.ts';
import type { Fault, Injected } from '../faults/fault.ts';
import { changeFor, passed, underFault } from '../faults/play.ts';
import { faultProxy } from '../faults/proxy.ts';
import { type PlayedGate, playGate } from '../support/gates.ts';
import { tenantUrl } from '../support/lab.ts';
import { type Stage, stage } from '../support/runs.ts';
import { shuffled } from './request-cuts.ts';

export interface GateFigures {
  readonly cases: number;
  readonly right: number;
  /** Rolled back although it was ours, or broken before. */
  readonly wrongRollbacks: number;
  /** Promoted although it was broken. */
  readonly wrongPromotions: number;
  /** Of releases that slowed a step down by half and more, and of those that changed nothing. */
  readonly slowerFound: string;
  readonly slowerInvented: string;
  /** Cases after which something was left. */
  readonly residue: number;
}

export interface GateOptions {
  readonly seed: number;
  /** Of each kind of case, 0 to 1; one at least. */
  readonly share: number;
  readonly say: (line: string) => void;
}

/** What may be said, as `kind code`; a fault that is over by itself may be met once or not at all. */
type Allowed = readonly string[];

interface Case {
  readonly what: string;
  readonly kind: 'release' | 'already' | 'ours' | 'harmless' | 'same' | 'slower';
  readonly verdict: string;
  readonly isRight: boolean;
  readonly residue: string;
}

const RUNS = '14';
/** So much that it shows also on a machine that is busy with other things; how little is found is the business of `latency`. */
const DELAY_MS = 1_000;
/** Of a release that changes nothing, and of one that slows a step down. */
const TIMED = 4;

export async function proveGate({ seed, share, say }: GateOptions): Promise<GateFigures> {
  const cases: Case[] = [];
  const told = (played: readonly Case[]): void => {
    for (const one of played) {
      const left = one.residue === '' ? '' : `; left: ${one.residue}`;
      say(`${one.isRight ? 'ok' : 'WRONG'} ${one.kind} ${one.what}: ${one.verdict}${left}`);
    }
    cases.push(...played);
  };
  const ofSides = [true, false].flatMap((isRelease) => {
    const side = faults.filter((fault) => isBadRelease(fault) === isRelease);
    return shuffled(side, seed).slice(0, Math.max(1, Math.round(side.length * share)));
  });
  for (const fault of faults.filter((one) => ofSides.includes(one))) told(await gateUnder(fault));
  for (let n = 0; n < Math.ceil(TIMED * share); n += 1) told(await timedReleases());
  return figuresOf(cases);
}

export function gateHolds(figures: GateFigures): boolean {
  const { cases, right, wrongRollbacks, wrongPromotions, residue } = figures;
  return cases > 0 && right === cases && wrongRollbacks + wrongPromotions + residue === 0;
}

/** The tenant's trouble, and so much of it that a run fails. */
function isBadRelease({ expected }: Fault): boolean {
  return 'blame' in expected && expected.blame === 'target' && !('slow' in expected);
}

async function gateUnder(fault: Fault): Promise<readonly Case[]> {
  if (!isBadRelease(fault)) return [await gateBeside(fault)];
  // What a gate knows of better times, twice: of one it is to find the release, of the other a past without it.
  const good = await passed(fault, undefined);
  const past = `${good.state}-past`;
  await cp(good.state, past, { recursive: true });
  const isHealed = fault.healed === true;
  const release = async (injected: Injected): Promise<Case> => {
    const found = await gateWith(fault, injected, good.state);
    return caseOf(isHealed ? 'harmless' : 'release', fault.id, found, isHealed ? SOUND : BAD);
  };
  const already = async (injected: Injected): Promise<Case> => {
    const held = await heldWith(fault, injected, past);
    return caseOf(isHealed ? 'harmless' : 'already', fault.id, held, isHealed ? SOUND : ALREADY);
  };
  const parts = fault.brief === true ? [[release], [already]] : [[release, already]];
  const cases: Case[] = [];
  for (const part of parts) {
    const { result, residue } = await underFault(fault, async (injected) => {
      const played: Case[] = [];
      for (const play of part) played.push(await play(injected));
      return played;
    });
    cases.push(...result.map((one) => ({ ...one, residue })));
  }
  await rm(good.folder, { recursive: true, force: true });
  return cases;
}

/** A run by hand has met it before the gate does. */
async function heldWith(fault: Fault, injected: Injected, state: string): Promise<PlayedGate> {
  const staged = await stagedFor(fault, injected);
  const chosen = ['--scenario', fault.scenario, '--transport', fault.transport];
  await staged.run([...chosen, '--state', state], optionsOf(injected));
  return await gateWith(fault, injected, state);
}

/** What is ours is never a rollback, and a promotion only if it passed when it was played again. */
async function gateBeside(fault: Fault): Promise<Case> {
  const { result, residue } = await underFault(fault, (injected) =>
    gateWith(fault, injected, injected.state),
  );
  const isOurs = 'blame' in fault.expected && fault.expected.blame !== 'target';
  const allowed = isOurs ? OURS : SOUND;
  const played = result.result?.runs.map(({ outcome }) => outcome.kind) ?? [];
  const again = isOurs && played.at(-1) === 'passed' ? SOUND : [];
  const found = caseOf(isOurs ? 'ours' : 'harmless', fault.id, result, [...allowed, ...again]);
  return { ...found, residue };
}

const SOUND: Allowed = ['promote sound'];
const BAD: Allowed = ['rollback failure', 'rollback lost-capability'];
const ALREADY: Allowed = ['hold already-broken'];
const OURS: Allowed = [
  'inconclusive our-side',
  'inconclusive not-undone',
  'inconclusive nothing-ran',
  'inconclusive coverage',
  // Before anything was played: it says what is wrong, and exits 4.
  'none',
];

async function gateWith(
  fault: Fault,
  injected: Injected,
  state: string | undefined,
): Promise<PlayedGate> {
  const staged = await stagedFor(fault, injected);
  const chosen = ['--scenario', fault.scenario, '--transport', fault.transport, '--runs', '1'];
  return await playGate({ ...staged, state: state ?? staged.state }, chosen, optionsOf(injected));
}

const stagedFor = (fault: Fault, injected: Injected): Promise<Stage> =>
  stage(changeFor(fault, { dsn: undefined, injected }));

const optionsOf = ({ env, onStart }: Injected): Parameters<typeof playGate>[2] => ({
  ...(env === undefined ? {} : { env }),
  ...(onStart === undefined ? {} : { onStart }),
});

/** One release that changes nothing, and the next that makes the tenant's database wait at each confirmation. */
async function timedReleases(): Promise<readonly Case[]> {
  let delayMs = 0;
  const before = (call: string): unknown =>
    call.endsWith('sale.order/action_confirm') ? sleep(delayMs) : undefined;
  const proxy = await faultProxy(tenantUrl('north'), { way: { kind: 'through', before } });
  const staged = await stage({ tenants: ['north'], tenant: () => ({ url: proxy.url }) });
  try {
    await staged.run(['--repeat', RUNS]);
    const args = ['--scenario', 'order-confirmation', '--runs', RUNS];
    const same = await playGate(staged, args);
    delayMs = DELAY_MS;
    const slower = await playGate(staged, args);
    const residue = (await staged.command('residue', '--now')).stdout;
    const left = residue === 'north: residue none\n' ? '' : residue;
    return [
      { ...caseOf('same', 'as before', same, SOUND), residue: left },
      { ...caseOf('slower', `${DELAY_MS} ms more`, slower, ['hold slower']), residue: left },
    ];
  } finally {
    await proxy.close();
    await rm(staged.folder, { recursive: true, force: true });
  }
}

function caseOf(
  kind: Case['kind'],
  what: string,
  { result, verdict, code }: PlayedGate,
  allowed: Allowed,
): Case {
  const said = result === undefined && code === 4 ? 'none' : verdict;
  const because = result === undefined ? `exit ${code} ${verdict.trim()}` : result.verdict.because;
  return {
    ...{ kind, what, residue: '' },
    verdict: `${said} (${because})`,
    isRight: allowed.includes(said),
  };
}

function figuresOf(cases: readonly Case[]): GateFigures {
  const of = (...kinds: readonly Case['kind'][]): readonly Case[] =>
    cases.filter(({ kind }) => kinds.includes(kind));
  const saying = (some: readonly Case[], word: string): number =>
    some.filter(({ verdict }) => verdict.startsWith(word)).length;
  const [same, slower] = [of('same'), of('slower')];
  return {
    cases: cases.length,
    right: cases.filter(({ isRight }) => isRight).length,
    wrongRollbacks: saying(of('ours', 'already', 'harmless', 'same'), 'rollback'),
    wrongPromotions: saying(of('release', 'already', 'slower'), 'promote'),
    slowerFound: `${saying(slower, 'hold slower')} of ${slower.length}`,
    slowerInvented: `${saying(same, 'hold slower')} of ${same.length}`,
    residue: cases.filter(({ residue }) => residue !== '').length,
  };
}
