/** Whatever was thrown, as one line of text: throwing null, a symbol or a hostile object must not break the catch. */

const LONGEST = 500;

export function describeThrown(thrown: unknown): string {
  return oneLine(textOf(thrown));
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
  try {
    if (thrown instanceof Error) return thrown.message === '' ? thrown.name : thrown.message;
    if (typeof thrown === 'object' && thrown !== null) return JSON.stringify(thrown);
    return String(thrown);
  } catch {
    return 'something that cannot be described was thrown';
  }
}

/** The `code` that Node's system errors carry (`ECONNREFUSED`, `ENOSPC`), if there is one. */
export function codeOf(thrown: unknown): string | undefined {
  if (typeof thrown !== 'object' || thrown === null || !('code' in thrown)) return undefined;
  return typeof thrown.code === 'string' ? thrown.code : undefined;
}
