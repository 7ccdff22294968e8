/** Files of runs in the channel of a tenant's trading partner: what nobody took, and answers that nobody collected. */
import { findAnyMark } from '../../domain/any-mark.ts';
import type { Failure } from '../../domain/failure.ts';
import { isResidue, type OpenDocument } from '../../domain/residue.ts';
import type { Tenant } from '../../domain/tenant.ts';
import { failureOutsideRun } from '../boundary.ts';
import type { CallOptions, Channel, ChannelPlace } from '../ports.ts';
import type { Engine } from '../run-state.ts';

const PLACES: readonly ChannelPlace[] = ['in', 'out'];

interface LeftFiles {
  readonly files: readonly OpenDocument[];
  /** Why they could not be looked at, or taken away. */
  readonly error?: Failure;
}

/** All that carry a mark in their names. Never throws. */
export async function leftFiles(
  tenant: Tenant,
  engine: Engine,
  signal: AbortSignal,
): Promise<LeftFiles> {
  return await inChannel(tenant, engine, signal, listMarked);
}

/** Takes away those that are residue, and answers what is left of them. Never throws. */
export async function sweepFiles(
  tenant: Tenant,
  engine: Engine,
  signal: AbortSignal,
): Promise<LeftFiles> {
  return await inChannel(tenant, engine, signal, async (channel, call) => {
    for (const place of PLACES) {
      for (const { name, document } of await markedIn(channel, place, call)) {
        if (isResidue(document, tenant.limits, engine.clock.now())) {
          await channel.remove(place, name, call);
        }
      }
    }
    const left = await listMarked(channel, call);
    return left.filter((file) => isResidue(file, tenant.limits, engine.clock.now()));
  });
}

async function inChannel(
  { edi, limits }: Tenant,
  engine: Engine,
  signal: AbortSignal,
  work: (channel: Channel, call: CallOptions) => Promise<readonly OpenDocument[]>,
): Promise<LeftFiles> {
  if (edi === undefined || edi.channel.kind === 'attachment') return { files: [] };
  const channel = engine.openChannel(edi.channel);
  try {
    return { files: await work(channel, { timeoutMs: limits.callMs, signal }) };
  } catch (thrown) {
    return { files: [], error: failureOutsideRun(thrown, engine.secrets) };
  } finally {
    await channel.close();
  }
}

async function listMarked(channel: Channel, call: CallOptions): Promise<readonly OpenDocument[]> {
  const all: OpenDocument[] = [];
  for (const place of PLACES) {
    all.push(...(await markedIn(channel, place, call)).map(({ document }) => document));
  }
  return all;
}

async function markedIn(
  channel: Channel,
  place: ChannelPlace,
  call: CallOptions,
): Promise<readonly { readonly name: string; readonly document: OpenDocument }[]> {
  const files = await channel.list(place, call);
  return files.flatMap(({ name, modifiedMs }) => {
    const mark = findAnyMark(name);
    if (mark === undefined) return [];
    const reference = `${place}/${name}`;
    return [
      {
        name,
        document: { model: 'file', id: 0, reference, state: 'left', mark, createdMs: modifiedMs },
      },
    ];
  });
}
