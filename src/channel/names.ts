/** Names of files that mean one file of one folder on every channel, and nothing else. */
import { Failed } from '../domain/failure.ts';

const LONGEST_BYTES = 200;

/** Whether a file of this name can be dropped, fetched and removed. Lists hold no other. */
export function isFileName(name: string): boolean {
  const plain = /^[^./\\\p{Cc}][^/\\\p{Cc}]*$/u.test(name) && name.isWellFormed();
  return plain && Buffer.byteLength(name) <= LONGEST_BYTES;
}

/** The name itself; throws Failed `channel.bad-name` (scenario). */
export function checkedName(name: string): string {
  if (isFileName(name)) return name;
  const message = `${JSON.stringify(name.slice(0, LONGEST_BYTES))} is not a name of a file: at most ${LONGEST_BYTES} bytes, no separator, no dot in front`;
  throw new Failed({ code: 'channel.bad-name', blame: 'scenario', message }, { fate: 'not-sent' });
}

/** What a file is called while it is written. Made of its name, so that it is found again by it. */
export const draftOf = (name: string): string => `.${name}.part`;

export const byName = (one: { readonly name: string }, other: { readonly name: string }): number =>
  one.name < other.name ? -1 : 1;
