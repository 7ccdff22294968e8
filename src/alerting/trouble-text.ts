/** One trouble in words. */
import type { Trouble } from '../domain/incident.ts';
import { capitalised, rangeText, timesText, tookText } from './words.ts';

/** `picking validation`, `picking validation in the browser`. */
export function subjectOf({ scenario, transport }: Trouble): string {
  const words = scenario.replaceAll('-', ' ');
  return transport === 'browser' ? `${words} in the browser` : words;
}

export function titleOfTrouble(trouble: Trouble): string {
  const { kind, step, slow, tenant } = trouble;
  const who = `${subjectOf(trouble)} at ${tenant}`;
  switch (kind) {
    case 'failures':
      return `${capitalised(who)} fails at "${step}"`;
    case 'latency':
      return `${capitalised(who)} takes ${slow === undefined ? 'longer than usual' : `${timesText(slow.ratio)} as long as usual`}`;
    case 'tail':
      return `Some runs of ${who} take far longer than usual`;
  }
}

/** Without the full stop. */
export function gravestText(trouble: Trouble): string {
  const { kind, step, slow, code } = trouble;
  const title = titleOfTrouble(trouble);
  if (kind === 'failures') return code === undefined ? title : `${title} with ${code}`;
  if (slow === undefined) return `${title} in "${step}"`;
  const { words, nowMs, lowMs, highMs } = slow;
  return `${title} for ${words}: ${tookText(nowMs)} in "${step}", usually ${rangeText(lowMs, highMs)}`;
}
