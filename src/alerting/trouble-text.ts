/** One trouble in words. */
import type { Trouble } from '../domain/incident.ts';
import { rangeText, timesText, tookText } from './words.ts';

/** `picking validation`, `picking validation in the browser`. */
export function subjectOf({ scenario, transport }: Trouble): string {
  const words = scenario.replaceAll('-', ' ').replace(/\bedi\b/, 'EDI');
  return transport === 'browser' ? `${words} in the browser` : words;
}

/** As a part of a sentence; the first letter is small. */
export function troubleText(trouble: Trouble): string {
  const { kind, step, slow, tenant } = trouble;
  const who = `${subjectOf(trouble)} at ${tenant}`;
  switch (kind) {
    case 'failures':
      return `${who} fails at "${step}"`;
    case 'latency':
      return `${who} takes ${slow === undefined ? 'longer than usual' : `${timesText(slow.ratio)} as long as usual`}`;
    case 'tail':
      return `some runs of ${who} take far longer than usual`;
  }
}

/** The same, and how much. */
export function measuredText(trouble: Trouble): string {
  const { kind, step, slow, code } = trouble;
  const title = troubleText(trouble);
  if (kind === 'failures') return code === undefined ? title : `${title} with ${code}`;
  if (slow === undefined) return `${title} in "${step}"`;
  const { words, nowMs, lowMs, highMs } = slow;
  return `${title} for ${words}: ${tookText(nowMs)} in "${step}", usually ${rangeText(lowMs, highMs)}`;
}
