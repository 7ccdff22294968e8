/** The way by files: a document is dropped where the tenant looks for it, and its answers are looked for where it leaves them. */
import { findAnyMark, isOfRun } from '../../domain/any-mark.ts';
import type { RunId } from '../../domain/ids.ts';
import { type Document, decode, type Order } from '../../edi/index.ts';
import type { Clock } from '../../lib/clock.ts';
import type { Access } from '../access.ts';
import type { CallOptions, Channel, ChannelFile } from '../ports.ts';
import { documentIn, type Way } from './way.ts';

export interface FileMeans {
  readonly access: Access;
  readonly channel: Channel;
  readonly runId: RunId;
  readonly clock: Clock;
  readonly call: CallOptions;
}

export function fileWay({ access, channel, runId, clock, call }: FileMeans): Way {
  const read = new Map<string, Document | undefined>();
  /** Names of files that are ours by what is inside. */
  const known = new Set<string>();
  const ours = async (file: ChannelFile, order: Order): Promise<readonly Document[]> => {
    const key = `${file.name} ${file.bytes} ${file.modifiedMs}`;
    if (!read.has(key)) read.set(key, await documentOf(channel, { file, order, runId }, call));
    const document = read.get(key);
    if (document === undefined) return [];
    known.add(file.name);
    return [document];
  };
  const collected: Way['collected'] = async ({ document }) => {
    const all: Document[] = [];
    for (const file of await channel.list('out', call)) all.push(...(await ours(file, document)));
    return all;
  };
  return {
    answers: ['acknowledgement', 'order-response', 'despatch-advice', 'invoice'],
    isQueue: true,
    isByHand: false,
    backlogAge: async () => {
      const waiting = await channel.list('in', call);
      if (waiting.length === 0) return undefined;
      return Math.max(0, clock.now() - Math.min(...waiting.map(({ modifiedMs }) => modifiedMs)));
    },
    isWaiting: async ({ name }) =>
      (await channel.list('in', call)).some((file) => file.name === name),
    handIn: async (letters) => {
      for (const { name, bytes } of letters) {
        await access.byHand('sale.order', () => channel.drop(name, bytes, call));
      }
    },
    collected,
    tidy: async ({ name }, options) => {
      // Also where a cut drop left only its draft, which no list shows.
      await channel.remove('in', name, options);
      for (const place of ['in', 'out'] as const) {
        for (const file of await channel.list(place, options)) {
          if (isOfRun(findAnyMark(file.name), runId)) {
            await channel.remove(place, file.name, options);
          }
        }
      }
      for (const answer of known) await channel.remove('out', answer, options);
    },
    close: () => channel.close(),
  };
}

/** Undefined for what is nobody's of this run. Throws Failed for what is ours by its name and cannot be read. */
async function documentOf(
  channel: Channel,
  {
    file,
    order,
    runId,
  }: { readonly file: ChannelFile; readonly order: Order; readonly runId: RunId },
  call: CallOptions,
): Promise<Document | undefined> {
  const mark = findAnyMark(file.name);
  const isOthers = mark !== undefined && !isOfRun(mark, runId);
  if (isOthers || isOfSibling(file.name, order)) return undefined;
  const bytes = await channel.fetch(file.name, call);
  if (mark !== undefined) return documentIn(file.name, bytes);
  // A connector that names its files otherwise: then what is inside says whose it is.
  const answer = decode(bytes);
  return answer.kind === 'document' && answersTo(answer.document, order)
    ? answer.document
    : undefined;
}

/** Whether it answers another document of the same run, whose number only goes on further. */
const isOfSibling = (name: string, { number }: Order): boolean =>
  name
    .split(number)
    .slice(1)
    .some((rest) => /^[a-z]{2}(?![a-z])/.test(rest));

/** Of an acknowledgement by what its syntax lets it say: not all name the interchange. */
function answersTo(document: Document, { number, envelope }: Order): boolean {
  if (document.kind === 'order') return false;
  if (document.kind !== 'acknowledgement') return document.references?.order === number;
  const { acknowledges } = document;
  if (acknowledges.number !== undefined) return acknowledges.number === number;
  return (['interchange', 'group', 'message'] as const).some(
    (level) => acknowledges[level] !== undefined && acknowledges[level] === envelope?.[level],
  );
}
