/** Whatever was thrown, as one line of text: throwing null, a symbol or a hostile object must not break the catch. */

const LONGEST = 500;

export function describeThrown(thrown: unknown): string {
  try {
    return oneLine(textOf(thrown));
  } catch {
    return 'something that cannot be described was thrown';
  }
}

/** One line of at most 500 characters, control characters removed. */
export function oneLine(text: string): string {
  // Control characters would let a tenant's answer rewrite the reader's terminal.
  const flat = text
    .replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ')
    .replace(/ {2,}/g, ' ')
    .trim();
  return flat.length > LONGEST ? `${flat.slice(0, LONGEST - 1)}…` : flat;
}

function textOf(thrown: unknown): string {
  if (thrown instanceof Error) {
    // A message can be anything: nothing stops code from assigning one.
    const message = String(thrown.message);
    return message === '' ? String(thrown.name) : message;
  }
  if (typeof thrown !== 'object' || thrown === null) return String(thrown);
  return (JSON.stringify(thrown) as string | undefined) ?? Object.prototype.toString.call(thrown);
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
