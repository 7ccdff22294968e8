/**
 * What the detector remembers as one text for each tenant, host and shape, and back: after a restart it says what it would have
 * said, and a run changes only the texts of its tenant, its host and its steps.
 */
import { parseJson } from '../../lib/json.ts';
import {
  type Fleet,
  freshFleet,
  freshHost,
  freshScenario,
  freshTenant,
  type Host,
  type Tenant,
  type TenantLine,
} from './fleet.ts';
import { isLike, packed, unpacked } from './packing.ts';
import { freshSeries, freshShape, type Shape } from './series.ts';

/** Another number means another meaning: such a piece is not read. */
const VERSION = 2;

/** Keys are `tenant|ID`, `host|NAME` and `shape|SCENARIO/STEP`; of one tenant only what a run of it touches. */
export function savedParts(fleet: Fleet, tenant?: string): ReadonlyMap<string, string> {
  const parts = new Map<string, string>();
  const put = (key: string, value: unknown): void => {
    parts.set(key, JSON.stringify({ v: VERSION, of: packed(value) }));
  };
  const touched = new Set<string>();
  for (const [id, one] of fleet.tenants) {
    if (tenant !== undefined && tenant !== id) continue;
    put(`tenant|${id}`, one);
    touched.add(`host|${one.about.host}`);
    for (const [name, { steps }] of one.scenarios) {
      for (const step of steps.keys()) touched.add(`shape|${name}/${step}`);
    }
  }
  for (const [name, host] of fleet.hosts) {
    if (touched.has(`host|${name}`)) put(`host|${name}`, { ...host, tenants: new Set() });
  }
  for (const [name, shape] of fleet.shapes) {
    if (touched.has(`shape|${name}`)) put(`shape|${name}`, shape);
  }
  return parts;
}

/** Leaves out what is malformed or of another version. */
export function restoredParts(parts: ReadonlyMap<string, string>): Fleet {
  const fleet = freshFleet();
  for (const [key, text] of parts) {
    const bar = key.indexOf('|');
    const name = key.slice(bar + 1);
    const value = read(text);
    if (value === undefined || name === '') continue;
    if (key.startsWith('tenant|') && isTenant(value)) fleet.tenants.set(name, value);
    if (key.startsWith('host|') && isLike(freshHost(), value)) {
      fleet.hosts.set(name, { ...(value as Host), tenants: new Set() });
    }
    if (key.startsWith('shape|') && isLike(freshShape(), value)) {
      fleet.shapes.set(name, value as Shape);
    }
  }
  return housed(fleet);
}

/** Which tenants a host has is said by the tenants. */
function housed(fleet: Fleet): Fleet {
  for (const [id, { about }] of fleet.tenants) {
    const host = fleet.hosts.get(about.host) ?? freshHost();
    fleet.hosts.set(about.host, host);
    host.tenants.add(id);
  }
  return fleet;
}

function read(text: string): unknown {
  const piece = parseJson(text);
  if (typeof piece !== 'object' || piece === null) return undefined;
  const { v, of } = piece as { readonly v?: unknown; readonly of?: unknown };
  try {
    return v === VERSION ? unpacked(of) : undefined;
  } catch {
    return undefined;
  }
}

const ABOUT: TenantLine = {
  ...{ t: 0, tenant: '', host: '', tz: '', intervalMinutes: 0 },
  calendar: { holidays: [], windows: [], announced: [] },
};

function isTenant(value: unknown): value is Tenant {
  if (!isLike(freshTenant(ABOUT), value)) return false;
  const { scenarios } = value as Tenant;
  return [...scenarios.values()].every(
    (scenario) =>
      isLike(freshScenario(), scenario) &&
      [...scenario.steps.values()].every((series) => isLike(freshSeries(), series)),
  );
}
