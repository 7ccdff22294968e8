/**
 * The ways to act on a marked document and on what hangs on it. Whatever can be acted on was found through the
 * marked document itself, in one search, so nothing of anybody else's can be reached.
 */
import {
  type Actor,
  type MarkedDocument,
  type MarkedModel,
  type OwnedDocument,
  type OwnedModel,
  orderPaths,
  type Wizard,
  wizards,
} from '../scenario/documents.ts';
import type { Fields, RecordOf } from '../scenario/records.ts';
import type { WebClient } from '../scenario/web.ts';
import type { Access } from './access.ts';

/** What acting takes: calls, and hands where there is a browser. */
export interface Means {
  readonly access: Access;
  /** Throws Failed where there is none. */
  readonly web: () => WebClient;
}

export function markedDocument(means: Means, model: MarkedModel, id: number): MarkedDocument {
  return {
    id,
    ...actor(means, model, id),
    find: async (owned, fields, domain = []) => {
      const path = [orderPaths[owned], '=', id] as const;
      const order = { order: 'id' };
      const records = await means.access.searchRead(owned, [path, ...domain], fields, order);
      return records.map((record) => ownedDocument(means, owned, record));
    },
  };
}

function ownedDocument<M extends OwnedModel, F extends Fields>(
  means: Means,
  model: M,
  record: RecordOf<F>,
): OwnedDocument<M, F> {
  return {
    ...record,
    ...actor(means, model, record.id),
    write: async (values) => {
      await means.access.write(model, 'write', [[record.id], values]);
    },
  };
}

function actor<M extends string>({ access, web }: Means, model: M, id: number): Actor<M> {
  return {
    act: (work) => access.byHand(model, () => work(web())),
    call: async (method, context) => {
      await access.write(model, method, [[id]], context);
    },
    answer: (wizard, button) => pressButton(access, { wizard, button, id }),
  };
}

async function pressButton(
  access: Access,
  { wizard, button, id }: { readonly wizard: Wizard; readonly button: string; readonly id: number },
): Promise<void> {
  const { records, values, ...more } = wizards[wizard];
  const context = 'context' in more ? { [more.context]: [id] } : {};
  const own = await access.create(wizard, { ...values, [records]: [[6, 0, [id]]] }, context);
  await access.write(wizard, button, [[own]], context);
}
