/**
 * The faults proof: every fault of the kit is injected for real while a run is played, with a look into PostgreSQL and
 * without; each diagnosis is held against what was injected, and each time the lab is mended and nothing is left.
 */
import { groupBy } from '../../src/lib/group.ts';
import { faults } from '../faults/all.ts';
import { answering } from '../faults/answering.ts';
import type { Expected, Fault } from '../faults/fault.ts';
import { judge, type Verdict } from '../faults/judge.ts';
import { playFault } from '../faults/play.ts';
import { dropWatcher, makeWatcher } from '../faults/watcher.ts';
import { stage } from '../support/runs.ts';
import { shuffled } from './request-cuts.ts';

export interface FaultFigures {
  /** Those that were played: each fault with the look into PostgreSQL and without, or once where it makes no difference. */
  readonly cases: number;
  readonly blameRight: number;
  /** Cases of our own side in which a tenant was blamed. */
  readonly tenantsBlamedForUs: number;
  /** Shares, 0 to 1, of the cases in which a layer has to be named. */
  readonly layerRightWithDsn: number;
  readonly layerRightWithoutDsn: number;
  /** Cases after which something was left, or the lab could not be mended. */
  readonly residue: number;
}

export interface FaultOptions {
  readonly seed: number;
  /** The share of the faults of each side to play, 0 to 1; one at least. */
  readonly share: number;
  readonly say: (line: string) => void;
}

/** What has to be right. */
const BLAME = 1;
const WITH_DSN = 0.9;
const WITHOUT_DSN = 0.75;

const MEND_MS = 60_000;

interface Case {
  readonly fault: Fault;
  readonly withDsn: boolean;
  readonly verdict: Verdict;
  readonly residue: string;
}

export async function proveFaults(options: FaultOptions): Promise<FaultFigures> {
  const { say } = options;
  const began = Date.now();
  const dsn = await makeWatcher();
  const cases: Case[] = [];
  try {
    for (const fault of chosenFaults(options)) {
      const without = await playCase(fault, undefined);
      say(lineOf(without));
      cases.push(without);
      if (fault.playedOnce === true) {
        cases.push({ ...without, withDsn: true });
      } else {
        const seen = await playCase(fault, dsn);
        say(lineOf(seen));
        cases.push(seen);
      }
    }
  } finally {
    await dropWatcher();
  }
  const { command } = await stage();
  const atLast = await command('residue', '--now');
  if (atLast.code !== 0) say(atLast.stdout.trim());
  for (const line of tableOf(cases)) say(line);
  say(
    `${cases.filter(isPlayed).length} cases in ${Math.round((Date.now() - began) / 60_000)} minutes`,
  );
  return figuresOf(cases, atLast.code !== 0);
}

export function faultsHold(figures: FaultFigures): boolean {
  const { cases, blameRight, tenantsBlamedForUs, residue } = figures;
  return (
    cases > 0 &&
    blameRight / cases >= BLAME &&
    tenantsBlamedForUs === 0 &&
    figures.layerRightWithDsn >= WITH_DSN &&
    figures.layerRightWithoutDsn >= WITHOUT_DSN &&
    residue === 0
  );
}

/** A share of those that are ours and of the others, in the kit's order. */
function chosenFaults({ seed, share }: FaultOptions): readonly Fault[] {
  const sides = groupBy(faults, ({ expected }) => String(isOurs(expected)));
  const chosen = [...sides.values()].flatMap((side) =>
    shuffled(side, seed).slice(0, Math.ceil(side.length * share)),
  );
  return faults.filter((fault) => chosen.includes(fault));
}

const isOurs = (expected: Expected): boolean => 'blame' in expected && expected.blame === 'fleet';

/** A fault that cannot be played or mended is as wrong as a diagnosis can be; the others are played all the same. */
async function playCase(fault: Fault, dsn: string | undefined): Promise<Case> {
  const withDsn = dsn !== undefined;
  try {
    const played = await playFault(fault, dsn);
    const verdict = judge(fault, played, withDsn);
    const evidence = played.report === undefined ? played.said : verdict.evidence;
    return { fault, withDsn, verdict: { ...verdict, evidence }, residue: played.residue };
  } catch (error) {
    await answering(Date.now() + MEND_MS);
    const verdict = judge(fault, { report: undefined, warnings: [] }, withDsn);
    return { fault, withDsn, verdict, residue: `not played: ${String(error)}` };
  }
}

function lineOf({ fault, withDsn, verdict, residue }: Case): string {
  const { blameRight, layerRight } = verdict;
  const right = blameRight && layerRight !== false ? 'ok' : 'WRONG';
  const how = withDsn ? 'with' : 'without';
  const left = residue === '' ? '' : `; left: ${residue}`;
  return `${right} ${fault.id} ${how} DSN: ${saidBy(verdict)} (${verdict.evidence})${left}`;
}

const saidBy = ({ blame, layers, rule }: Verdict): string =>
  [blame, layers.join(' or '), rule].filter((word) => word !== '').join(', ');

/** As Markdown. */
function tableOf(cases: readonly Case[]): readonly string[] {
  const row = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|').replaceAll('\n', ' ')).join(' | ')} |`;
  const head = ['fault', 'what', 'truth', 'DSN', 'blame', 'layer', 'rule', 'evidence', 'right'];
  return [
    row(head),
    row(head.map(() => '---')),
    ...cases
      .filter(isPlayed)
      .map(({ fault, withDsn, verdict }) =>
        row([
          fault.id,
          fault.what,
          truthOf(fault.expected),
          dsnOf(fault, withDsn),
          verdict.blame,
          verdict.layers.join(', '),
          verdict.rule,
          verdict.evidence,
          verdict.blameRight && verdict.layerRight !== false ? 'yes' : 'no',
        ]),
      ),
  ];
}

function dsnOf({ playedOnce }: Fault, withDsn: boolean): string {
  if (playedOnce === true) return 'either';
  return withDsn ? 'with' : 'without';
}

/** One that makes no difference is played without, and counts for both shares of layers. */
const isPlayed = ({ fault, withDsn }: Case): boolean => !withDsn || fault.playedOnce !== true;

function truthOf(expected: Expected): string {
  if ('warning' in expected) return `passes, ${expected.warning}`;
  if (expected.blame !== 'target') return expected.blame;
  return `target, ${expected.layer}${expected.slow === true ? ' (slow)' : ''}`;
}

function figuresOf(cases: readonly Case[], leftAtLast: boolean): FaultFigures {
  const layerRight = (withDsn: boolean): number => {
    const asked = cases
      .filter((one) => one.withDsn === withDsn)
      .flatMap(({ verdict }) => verdict.layerRight ?? []);
    const right = asked.filter((isRight) => isRight).length;
    return asked.length === 0 ? 1 : Math.round((right / asked.length) * 1_000) / 1_000;
  };
  const played = cases.filter(isPlayed);
  const ours = played.filter(({ fault }) => isOurs(fault.expected));
  return {
    cases: played.length,
    blameRight: played.filter(({ verdict }) => verdict.blameRight).length,
    tenantsBlamedForUs: ours.filter(({ verdict }) => verdict.blame === 'target').length,
    layerRightWithDsn: layerRight(true),
    layerRightWithoutDsn: layerRight(false),
    residue: played.filter(({ residue }) => residue !== '').length + (leftAtLast ? 1 : 0),
  };
}
