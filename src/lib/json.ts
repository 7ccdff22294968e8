/** JSON that others may have written: what cannot be read is undefined, for a schema to refuse. */

export function parseJson(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? '') as unknown;
  } catch {
    return undefined;
  }
}
