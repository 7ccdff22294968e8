/** JSON that others may have written: what cannot be read is undefined, for a schema to refuse. */

export function parseJson(text: string | undefined): unknown {
  // What is not there is asked for often, and throwing takes long.
  if (text === undefined || text === '') return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
