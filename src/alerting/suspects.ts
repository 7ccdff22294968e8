/** Which deployments may have caused an incident: by time, by whom they touched, and by whether those others are well. */
import type { Deployment } from '../domain/deployment.ts';
import type { Suspect, Trouble } from '../domain/incident.ts';
import { groupBy } from '../lib/group.ts';
import { distinct } from './scope.ts';

/** So much later than the trouble a deployment may be by its own clock. */
const CLOCKS_MS = 120_000;
const OLDEST_MS = 86_400_000;
/** After so long the time counts half. */
const HALF_MS = 7_200_000;
const MOST = 3;

interface About {
  readonly beganMs: number;
  readonly parts: readonly Trouble[];
}

/**
 * The most probable first, three at most. The weight of a deployment is `time * reach * (1 + aim) / 2`: `time` is
 * `1 / (1 + age / 2 h)`, its age counted back from when the incident began (up to 24 h, and 2 min ahead for clocks that
 * differ); `reach` is the share of the parts that lie at tenants it touched and began after it; `aim` is the share of the
 * tenants it touched that are in the incident, for the others got it too and are well. All of it is our own choice.
 */
export function suspectsOf(about: About, deployments: readonly Deployment[]): readonly Suspect[] {
  const each = deployments.flatMap((one) => suspectOf(about, one) ?? []);
  const best = each.toSorted(
    (a, b) => b.weight - a.weight || b.atMs - a.atMs || (a.deployment < b.deployment ? -1 : 1),
  );
  // A pipeline and a gate may both have recorded the same release.
  const versions = groupBy(best, ({ version }) => version);
  return [...versions.values()].flatMap(([first]) => first ?? []).slice(0, MOST);
}

function suspectOf({ beganMs, parts }: About, deployment: Deployment): Suspect | undefined {
  const { id, atMs, version, tenants } = deployment;
  const ageMs = beganMs - atMs;
  if (ageMs < -CLOCKS_MS || ageMs > OLDEST_MS) return undefined;
  const after = parts.filter(
    (one) => tenants.includes(one.tenant) && one.sinceMs >= atMs - CLOCKS_MS,
  );
  if (after.length === 0) return undefined;
  const hit = distinct(after.map(({ tenant }) => tenant));
  const touched = distinct(tenants);
  const aim = hit.length / touched.length;
  const time = 1 / (1 + Math.max(0, ageMs) / HALF_MS);
  const weight = (time * (after.length / parts.length) * (1 + aim)) / 2;
  const elsewhere = distinct(parts.map(({ tenant }) => tenant)).length - hit.length;
  const because = [
    `${version} went out to ${namesOf(touched)} ${beforeText(ageMs)}`,
    othersText(touched.length - hit.length),
    elsewhereText(elsewhere),
  ];
  return { deployment: id, version, atMs, weight, because: because.flat().join('; ') };
}

function othersText(well: number): readonly string[] {
  if (well === 0) return [];
  return [
    well === 1
      ? 'the other one that got it is normal'
      : `the ${well} others that got it are normal`,
  ];
}

function elsewhereText(count: number): readonly string[] {
  if (count === 0) return [];
  return [
    count === 1
      ? 'one tenant in trouble did not get it'
      : `${count} tenants in trouble did not get it`,
  ];
}

/** `north`, `north and south`, `north, south and 3 more`. */
function namesOf(tenants: readonly string[]): string {
  const [first = '', second, ...more] = tenants.toSorted();
  if (second === undefined) return first;
  return more.length === 0
    ? `${first} and ${second}`
    : `${first}, ${second} and ${more.length} more`;
}

function beforeText(ageMs: number): string {
  const minutes = Math.round(ageMs / 60_000);
  if (minutes < 0) return 'just after it began';
  if (minutes === 0) return 'just before';
  if (minutes < 120) return `${minutes} ${minutes === 1 ? 'minute' : 'minutes'} before`;
  return `${Math.round(minutes / 60)} hours before`;
}
