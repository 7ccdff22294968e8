/** Gathers what comes in pieces, up to a bound. */

/** All bytes of a stream; undefined, and the stream is destroyed, as soon as they are more than `most`. Rejects as it does. */
export async function collect(
  chunks: AsyncIterable<unknown>,
  most: number,
): Promise<Buffer | undefined> {
  const kept: Buffer[] = [];
  let size = 0;
  for await (const chunk of chunks as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > most) return undefined;
    kept.push(chunk);
  }
  return Buffer.concat(kept);
}
