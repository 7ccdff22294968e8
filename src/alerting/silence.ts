/** Stage one: what nobody is to be alerted of now is kept as an incident, and told only when the silence ends before it. */
import type { Trouble } from '../domain/incident.ts';
import { isSilenced, type Silence } from '../domain/silence.ts';

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
  const covering = parts.map((part) => isSilenced(silences, part, nowMs));
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
