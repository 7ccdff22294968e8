/** Stage two: a run that failed alone is played again at once on another worker, rarely enough to burden no tenant. */
import type { Incident, Trouble } from '../domain/incident.ts';
import { isSilenced, type Silence } from '../domain/silence.ts';
import type { Transport } from '../domain/transport.ts';
import { keyOf } from './parts.ts';
import { type Places, reaches } from './scope.ts';

/** A tenant is asked at most once in this time. */
const REST_MS = 600_000;

/** A run to be played at once, on another worker. */
export interface Confirmation {
  readonly tenant: string;
  readonly scenario: string;
  readonly transport: Transport;
  readonly because: string;
}

/** By tenant, what was asked of it last. */
export type Asked = ReadonlyMap<string, Confirmation & { readonly atMs: number }>;

interface Seen {
  readonly nowMs: number;
  readonly troubles: readonly Trouble[];
  readonly open: readonly Incident[];
  readonly silences: readonly Silence[];
  readonly places: Places;
}

/** The first of a tenant's lone failures, unless it is silenced, known already, or was asked for less than ten minutes ago. */
export function confirm(
  { nowMs, troubles, open, silences, places }: Seen,
  before: Asked,
): { readonly confirmations: readonly Confirmation[]; readonly asked: Asked } {
  const asked = new Map([...before].filter(([, { atMs }]) => nowMs - atMs < REST_MS));
  const alone = troubles
    .filter(
      (one) => one.kind === 'failures' && one.score < 1 && one.runs.bad === 1 && one.runs.of === 1,
    )
    .filter((one) => isSilenced(silences, one, nowMs) === undefined)
    .filter((one) => !open.some(({ scope }) => reaches(scope, one, places)))
    .toSorted((a, b) => a.sinceMs - b.sinceMs || (keyOf(a) < keyOf(b) ? -1 : 1));
  const confirmations: Confirmation[] = [];
  for (const { tenant, scenario, transport, step, code } of alone) {
    if (asked.has(tenant)) continue;
    const because = `one run failed at "${step}"${code === undefined ? '' : ` with ${code}`}`;
    const confirmation = { tenant, scenario, transport, because };
    confirmations.push(confirmation);
    asked.set(tenant, { ...confirmation, atMs: nowMs });
  }
  return { confirmations, asked };
}
