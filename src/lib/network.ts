/** Where a connection broke, by the codes of Node's system errors. */
import { codeOf } from './thrown.ts';

// Errors of our own machine: out of descriptors, no route at all, no resolver.
const HERE = new Set(['EMFILE', 'ENFILE', 'ENETUNREACH', 'EADDRNOTAVAIL', 'EAI_AGAIN', 'ENOMEM']);
const ON_THE_WAY = new Set(['ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'EHOSTUNREACH', 'ENOTFOUND']);

/** `there` is the other side's front door itself, and whatever is not known. */
export function whereItBroke(error: unknown): 'here' | 'on the way' | 'there' {
  const code = codeOf(error) ?? '';
  if (HERE.has(code)) return 'here';
  return ON_THE_WAY.has(code) ? 'on the way' : 'there';
}
