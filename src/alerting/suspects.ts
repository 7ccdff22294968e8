/** Which deployments may have caused an incident: by time, by whom they touched, and by whether those others are well. */
import type { Deployment } from '../domain/deployment.ts';
import type { Suspect, Trouble } from '../domain/incident.ts';
import { groupBy } from '../lib/group.ts';
import { distinct } from './scope.ts';
import { listText } from './words.ts';

/** So much later than the trouble a deployment may be by its own clock. */
const CLOCKS_MS = 120_000;
const OLDEST_MS = 86_400_000;
/** After so long the time counts half. */
const HALF_MS = 3_600_000;
const MOST = 3;
/** More names than that are counted. */
const NAMED = 3;

interface About {
  readonly beganMs: number;
  readonly parts: readonly Trouble[];
}

/**
 * The most probable first, three at most. The weight of a deployment is `time * reach * (1 + aim) / 2`: `time` is
 * `1 / (1 + age / 1 h)`, its age counted back from when the incident began (up to 24 h, and 2 min ahead for clocks that
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
    `${version} went out to ${namesOf(hit, touched)} ${beforeText(ageMs)}`,
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

/** Those that are in trouble come first. */
function namesOf(hit: readonly string[], touched: readonly string[]): string {
  const others = touched.filter((tenant) => !hit.includes(tenant));
  return listText([...hit.toSorted(), ...others.toSorted()], NAMED);
}

function beforeText(ageMs: number): string {
  const minutes = Math.round(ageMs / 60_000);
  if (minutes < 0) return 'just after it began';
  if (minutes === 0) return 'just before';
  if (minutes < 60) return minutes === 1 ? '1 minute before' : `${minutes} minutes before`;
  const hours = Math.round(minutes / 60);
  return hours === 1 ? '1 hour before' : `${hours} hours before`;
}
