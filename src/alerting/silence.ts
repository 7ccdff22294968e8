/** Stage one: what nobody is to be alerted of now is kept as an incident, and told only when the silence ends before it. */
import type { Trouble } from '../domain/incident.ts';
import type { Silence } from '../domain/silence.ts';

type About = Pick<Trouble, 'tenant' | 'scenario'>;

/** The one that lasts longest, of those that cover it at this instant. */
export function silenceOf(
  { tenant, scenario }: About,
  silences: readonly Silence[],
  nowMs: number,
): Silence | undefined {
  return silences
    .filter((one) => one.fromMs <= nowMs && nowMs < one.toMs)
    .filter((one) => one.tenants.includes(tenant) && (one.scenario ?? scenario) === scenario)
    .toSorted((a, b) => b.toMs - a.toMs || (a.id < b.id ? -1 : 1))[0];
}

interface Verdict {
  readonly silenced: boolean;
  readonly because: string;
}

/** An incident is silenced while each of its parts that is in trouble is. */
export function silenced(
  parts: readonly Trouble[],
  silences: readonly Silence[],
  nowMs: number,
): Verdict {
  const covering = parts.map((part) => silenceOf(part, silences, nowMs));
  const [first] = covering;
  if (first === undefined || covering.includes(undefined)) {
    return { silenced: false, because: 'no silence covers all of it' };
  }
  const until = `${new Date(first.toMs).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
  return {
    silenced: true,
    because: `${first.kind} ${first.id} until ${until}: ${first.reason} (${first.by})`,
  };
}
