/** Whatever was thrown, as text: throwing null, a symbol or a hostile object must not break the catch. */

const LONGEST = 500;

/** One line, for people. What may hold a secret goes through `thrownText` and `scrub` first. */
export function describeThrown(thrown: unknown): string {
  return oneLine(thrownText(thrown));
}

/** The whole text of what was thrown, never throwing itself. */
export function thrownText(thrown: unknown): string {
  try {
    return textOf(thrown);
  } catch {
    return 'something that cannot be described was thrown';
  }
}

/** Controls and line separators, and what cannot be seen or turns the direction of writing. */
const UNSEEN = /[\p{Cc}\p{Zl}\p{Zp}\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]+/gu;

/** One line of at most 500 or `most` characters, control characters removed. */
export function oneLine(text: string, most = LONGEST): string {
  // Control characters would let a tenant's answer rewrite the reader's terminal.
  const flat = text.replace(UNSEEN, ' ').replace(/ {2,}/g, ' ').trim();
  return (flat.length > most ? `${flat.slice(0, most - 1)}…` : flat).toWellFormed();
}

function textOf(thrown: unknown): string {
  if (thrown instanceof Error) {
    // Nothing stops code from assigning something else than text.
    const { message, name }: Record<'message' | 'name', unknown> = thrown;
    if (message !== '') return String(message);
    // A host with several addresses, all refused, comes as one error without a text of its own.
    return thrown instanceof AggregateError && thrown.errors.length > 0
      ? thrown.errors.map(textOf).join('; ')
      : String(name);
  }
  if (typeof thrown !== 'object' || thrown === null) return String(thrown);
  const json: unknown = JSON.stringify(thrown);
  return typeof json === 'string' ? json : Object.prototype.toString.call(thrown);
}

/** The `code` that Node's system errors carry (`ECONNREFUSED`, `ENOSPC`), if there is one; never throws. */
export function codeOf(thrown: unknown): string | undefined {
  try {
    const { code } = thrown as { readonly code?: unknown };
    return typeof code === 'string' ? code : undefined;
  } catch {
    return undefined;
  }
}

/** `instanceof` that no hostile proxy can make throw. */
export function isA<T>(thrown: unknown, type: abstract new (...args: never[]) => T): thrown is T {
  try {
    return thrown instanceof type;
  } catch {
    return false;
  }
}
