/** What the monkey's play came to, judged from outside: by the ledger, by Odoo, by what processes said and left behind. */
import { probePassword, tenants } from '../../support/lab.ts';
import { markedOrders } from '../../support/orders.ts';
import { findTexts, formsOf } from '../../support/search.ts';
import type { RunEvent } from '../../support/served.ts';
import { leftIn, type MonkeyFleet } from './fleet.ts';
import { type Kind, ours, theirs } from './kinds.ts';
import type { Broken, Played } from './play.ts';
import { hasRun, isSettled, type Slot } from './slots.ts';
import type { Watch } from './watch.ts';

/** No mark of the play has a later one. */
const LATEST_DEADLINE_MS = 120_000;

export interface MonkeyFigures {
  readonly planned: number;
  /** Slots that somebody really began. */
  readonly ran: number;
  /** Runs in the browser that ended with a report. */
  readonly browserEnded: number;
  /** Runs that each kind of fault hit between first and last write. */
  readonly hits: Readonly<Record<string, number>>;
  /** Slots that were planned and came to nothing, or not in time. */
  readonly holes: number;
  /** Run ids that more than one order in Odoo carries. */
  readonly doubled: number;
  /** Documents still open after the sweep. */
  readonly residue: number;
  /** Tenants whose books or shelves changed. */
  readonly unbalanced: number;
  /** Processes that outlived theirs, and dead ones that nobody waited for. */
  readonly zombies: number;
  /** Folders of browsers that outlived theirs. */
  readonly profiles: number;
  readonly secrets: number;
  /** Runs in whose time something of our own side was broken, and nothing of the tenants'. */
  readonly onlyOurs: number;
  /** Runs that failed while nothing of the tenants' side was broken. */
  readonly blamed: number;
  /** Runs under way whose worker was killed, and of those the slots that are something else than inconclusive. */
  readonly killed: number;
  readonly killedOtherwise: number;
  /** The longest, in seconds from when law 3 allows it and while Odoo answers, until a run that died was looked for, */
  readonly firstSweepSeconds: number;
  /** and until nothing of it was open. */
  readonly closedSeconds: number;
  /** Processes that did not end well when they were asked to. */
  readonly badEnds: number;
}

/** What was played, and with whom. */
export interface Finished {
  readonly fleet: MonkeyFleet;
  readonly watch: Watch;
  readonly played: Played;
  readonly slots: readonly Slot[];
  readonly startedMs: number;
  readonly graceMs: number;
  readonly say: (line: string) => void;
}

/** Asks the fleet to end, sweeps once more, and counts. */
export async function judge(finished: Finished): Promise<Omit<MonkeyFigures, 'unbalanced'>> {
  const { fleet, played, slots, startedMs, say } = finished;
  const { command } = fleet.keeper.stage;
  const zombies = fleet.members.flatMap((one) => one.zombies());
  const { rows } = JSON.parse((await command('ledger', '--json')).stdout) as {
    readonly rows: readonly { readonly holes: readonly string[] }[];
  };
  const holes = rows.flatMap((row) => row.holes);
  const unsettled = slots.filter((slot) => !isSettled(slot));
  const ends = await Promise.all(fleet.members.map(({ served }) => served.end('SIGTERM')));
  say((await command('sweep')).stdout.trim());
  const residue = await openDocuments(fleet);
  const orders = await markedOrders(startedMs, Date.now() + LATEST_DEADLINE_MS);
  const ids = orders.map(({ runId }) => runId);
  const twice = ids.filter((id, index) => ids.indexOf(id) !== index);
  const runs = fleet.members.flatMap((one) => one.runs());
  const blamed = blamedRuns(runs, played.broken);
  const otherwise = slots.filter(
    ({ runId, account }) => played.dead.has(runId) && account?.kind !== 'inconclusive',
  );
  const times = closings(finished);
  const secrets = await secretsFound(fleet);
  const left = await leftBy(fleet, played);
  const troubles = {
    holes,
    unsettled,
    twice,
    residue,
    blamed,
    otherwise,
    secrets,
    zombies,
    ends: ends.filter((code) => code !== 0),
    times,
  };
  for (const [name, list] of Object.entries(troubles)) {
    if (list.length > 0) say(`${name}: ${JSON.stringify(list)}`);
  }
  return {
    planned: slots.length,
    ran: slots.filter(hasRun).length,
    browserEnded: runs.filter(
      ({ transport, outcome }) => transport === 'browser' && outcome !== 'skipped',
    ).length,
    hits: hitsOf(played),
    holes: Math.max(holes.length, unsettled.length),
    doubled: twice.length,
    residue: residue.length,
    zombies: zombies.length + left.zombies,
    profiles: left.profiles,
    secrets: secrets.length,
    onlyOurs: runs.filter((run) => onlyOursHit(run, played.broken)).length,
    blamed: blamed.length,
    killed: played.dead.size,
    killedOtherwise: otherwise.length,
    firstSweepSeconds: Math.max(0, ...times.map(({ firstSweep }) => firstSweep)),
    closedSeconds: Math.max(0, ...times.map(({ closed }) => closed)),
    badEnds: troubles.ends.length,
  };
}

function hitsOf({ broken }: Played): Readonly<Record<string, number>> {
  const hits = [...ours, ...theirs].map(({ name }) => {
    const own = broken.filter(({ kind }) => kind.name === name);
    return [name, new Set(own.flatMap(({ hit }) => hit)).size] as const;
  });
  return Object.fromEntries(hits);
}

async function openDocuments({ keeper }: MonkeyFleet): Promise<readonly unknown[]> {
  const { stdout } = await keeper.stage.command('residue', '--now', '--json');
  const { tenants: found } = JSON.parse(stdout) as {
    readonly tenants: readonly { readonly residue: readonly unknown[]; readonly error?: unknown }[];
  };
  return found.flatMap(({ residue, error }) => (error === undefined ? residue : [error]));
}

/** A tenant's side may still stumble so long after it was mended. */
const MARGIN_MS = 15_000;

/** Runs that ended as `failed` although nothing of the tenants' side was broken in their time. */
function blamedRuns(runs: readonly RunEvent[], broken: readonly Broken[]): readonly RunEvent[] {
  return runs.filter((run) => run.outcome === 'failed' && !isHitBy('tenants', run, broken));
}

const onlyOursHit = (run: RunEvent, broken: readonly Broken[]): boolean =>
  isHitBy('us', run, broken) && !isHitBy('tenants', run, broken);

function isHitBy(
  side: Kind['breaks'],
  { startedAt, durationMs }: RunEvent,
  broken: readonly Broken[],
): boolean {
  const marginMs = side === 'tenants' ? MARGIN_MS : 0;
  const fromMs = Date.parse(startedAt);
  const toMs = fromMs + durationMs;
  return broken.some(
    (one) => one.kind.breaks === side && fromMs <= one.toMs + marginMs && toMs >= one.fromMs,
  );
}

/** Seconds from when law 3 allowed it, not counting time in which the tenants did not answer. */
interface Closing {
  readonly firstSweep: number;
  readonly closed: number;
}

function closings({ played, fleet: { keeper }, watch, graceMs }: Finished): readonly Closing[] {
  const { dead, broken } = played;
  const seconds = (fromMs: number, toMs: number): number => {
    const away = broken
      .filter(({ kind }) => kind.breaks === 'tenants')
      .map((one) => Math.min(one.toMs, toMs) - Math.max(one.fromMs, fromMs))
      .reduce((sum, ms) => sum + Math.max(0, ms), 0);
    return Math.max(0, toMs - fromMs - away) / 1_000;
  };
  return [...dead.values()].map(({ runId, tenant, deadlineMs }) => {
    const allowedMs = deadlineMs + graceMs;
    const firstMs = keeper.calls[tenant].find((atMs) => atMs > allowedMs) ?? Infinity;
    const closedMs = watch.closedMs(runId) ?? Infinity;
    return { firstSweep: seconds(allowedMs, firstMs), closed: seconds(allowedMs, closedMs) };
  });
}

/** Texts of secrets in whatever was written: state, Redis, artifacts, temporary folders, and what was said. */
async function secretsFound(fleet: MonkeyFleet): Promise<readonly string[]> {
  const secrets = (await Promise.all(tenants.map(probePassword))).flatMap(formsOf);
  const folders = [
    fleet.redisFolder,
    fleet.artifacts,
    ...fleet.members.map(({ stage }) => stage.state),
    ...fleet.members.flatMap((one) => one.temps().map(({ folder }) => folder)),
  ];
  const written = folders.flatMap((folder) => findTexts(folder, secrets));
  const said = fleet.members.filter((one) => secrets.some((text) => one.said().includes(text)));
  return [...written, ...said.map(({ name }) => `said by ${name}`)];
}

interface Left {
  readonly zombies: number;
  readonly profiles: number;
}

/** To be asked when the fleet has ended: of every life of every process. */
async function leftBy(fleet: MonkeyFleet, { remains }: Played): Promise<Left> {
  const temps = fleet.members.flatMap((one) => one.temps());
  const all = [...remains, ...(await Promise.all(temps.map(leftIn)))];
  const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);
  return {
    zombies: sum(all.map(({ processes }) => processes)),
    profiles: sum(all.map(({ profiles }) => profiles)),
  };
}
