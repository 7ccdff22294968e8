/** The monkey itself: draws kinds from a seed, waits until a run is between first and last write, hits it, and goes on. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Random } from '../../support/random.ts';
import type { Member, MonkeyFleet, Remains } from './fleet.ts';
import { type Kind, ours, type Strike, theirs } from './kinds.ts';
import type { OpenRun, Watch } from './watch.ts';

/** From when something was broken until it was mended, epoch ms. */
export interface Broken {
  readonly kind: Kind;
  readonly fromMs: number;
  readonly toMs: number;
  /** Run ids that were between first and last write. */
  readonly hit: readonly string[];
}

export interface Played {
  readonly broken: readonly Broken[];
  /** Runs whose worker was killed while they were between first and last write. */
  readonly dead: ReadonlyMap<string, OpenRun>;
  readonly remains: readonly Remains[];
}

export interface PlayOptions {
  readonly fleet: MonkeyFleet;
  readonly watch: Watch;
  readonly random: Random;
  readonly untilMs: number;
  readonly say: (line: string) => void;
}

/** What one of them breaks must not be taken for the other's: a run that only ours hit needs time alone with them. */
const REST_MS = [2_000, 5_000] as const;
const LOOK_MS = 50;
/** A fault for which no run came is left out. */
const PATIENCE_MS = 30_000;
/** What a killed worker had under way stays open. */
const STILL_OPEN_MS = 700;

export async function playMonkey(options: PlayOptions): Promise<Played> {
  const { random, untilMs, say } = options;
  const broken: Broken[] = [];
  const dead = new Map<string, OpenRun>();
  const remains: Promise<Remains>[] = [];
  const kinds = rounds(random);
  const isOver = (): boolean => Date.now() >= untilMs;
  while (!isOver()) {
    const kind = kinds.next().value;
    const hit = await target(options, kind, { dead, isOver });
    if (hit === undefined) continue;
    const fromMs = Date.now();
    await kind.play({
      fleet: options.fleet,
      random,
      ...hit,
      onKilled: (left) => {
        remains.push(left);
      },
    });
    const toMs = Date.now();
    const died = kind.runsDie === true ? await stillOpen(options.watch, hit.open) : [];
    for (const run of died) dead.set(run.runId, run);
    const open = kind.runsDie === true ? died : hit.open;
    broken.push({ kind, fromMs, toMs, hit: open.map(({ runId }) => runId) });
    say(`${kind.name} for ${toMs - fromMs} ms: ${open.map(({ runId }) => runId).join(', ')}`);
    await sleep(random.between(...REST_MS));
  }
  return { broken, dead, remains: await Promise.all(remains) };
}

/** First those of our own side, then the tenants', each kind once in a round; a worker that is killed takes longest to be told. */
function* rounds(random: Random): Generator<Kind, never> {
  const [first, ...others] = ours;
  if (first !== undefined) yield* [first, ...shuffled(others, random), ...shuffled(theirs, random)];
  for (;;) yield* [...shuffled(ours, random), ...shuffled(theirs, random)];
}

const shuffled = <T>(items: readonly T[], random: Random): readonly T[] =>
  items
    .map((item) => ({ item, at: random.even() }))
    .toSorted((one, other) => one.at - other.at)
    .map(({ item }) => item);

type Target = Pick<Strike, 'open' | 'players'>;

/** Undefined when nothing came to be hit in time. */
async function target(
  { fleet, watch, say }: PlayOptions,
  kind: Kind,
  known: { readonly dead: ReadonlyMap<string, OpenRun>; readonly isOver: () => boolean },
): Promise<Target | undefined> {
  const untilMs = Date.now() + PATIENCE_MS;
  while (Date.now() < untilMs && !known.isOver()) {
    const open = await underWay(fleet, watch, known.dead);
    const players = [...new Set(open.map((run) => playerOf(fleet, run)))];
    const [first] = players;
    if (first !== undefined) {
      const own = open.filter((run) => kind.one !== true || playerOf(fleet, run) === first);
      return { open: own, players };
    }
    await sleep(LOOK_MS);
  }
  say(`${kind.name}: no run came to be hit`);
  return undefined;
}

/** Open orders whose run neither ended nor died. */
async function underWay(
  { members }: MonkeyFleet,
  watch: Watch,
  dead: ReadonlyMap<string, OpenRun>,
): Promise<readonly OpenRun[]> {
  const open = (await watch.open()).filter(
    ({ runId, deadlineMs }) => deadlineMs > Date.now() && !dead.has(runId),
  );
  if (open.length === 0) return open;
  const ended = new Set(members.flatMap((one) => one.runs().map(({ runId }) => runId)));
  return open.filter(({ runId }) => !ended.has(runId));
}

/** One run at a time is in a tenant, so it is that of the worker who called there last. */
function playerOf({ workers }: MonkeyFleet, { tenant }: OpenRun): Member {
  const lastMs = (one: Member): number => one.calls[tenant].at(-1) ?? 0;
  const [last] = workers.toSorted((one, other) => lastMs(other) - lastMs(one));
  if (last === undefined) throw new Error('a fleet without workers');
  return last;
}

async function stillOpen(watch: Watch, runs: readonly OpenRun[]): Promise<readonly OpenRun[]> {
  await sleep(STILL_OPEN_MS);
  const open = new Set((await watch.open()).map(({ runId }) => runId));
  return runs.filter(({ runId }) => open.has(runId));
}
