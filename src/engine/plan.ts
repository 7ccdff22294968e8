/** Plans and creates marked documents: journal first, mark in the first write, a look before and after it. */
import { Failed } from '../domain/failure.ts';
import type { RunId } from '../domain/ids.ts';
import type { DocumentReference } from '../domain/report.ts';
import {
  type MarkedDocument,
  type MarkedModel,
  markFields,
  type OdooValues,
  type PlannedDocument,
} from '../scenario/context.ts';
import type { Access } from './access.ts';
import type { JournalEntry, Journals } from './ports.ts';

/** What one run planned and made; compensation starts from here. */
export class Plans {
  entry: JournalEntry;
  readonly documents: DocumentReference[] = [];
  /** Another run's document carries our mark: only what we made ourselves may be undone. */
  duplicate = false;
  /** A create was sent whose answer never came: it may still be committed. */
  createInDoubt = false;
  readonly #created = new Set<MarkedModel>();
  readonly #journals: Journals;

  constructor(entry: JournalEntry, journals: Journals) {
    this.entry = entry;
    this.#journals = journals;
  }

  /** Throws Failed: `scenario.second-document` (scenario), `run.duplicate` (fleet), or what the journal throws. */
  async plan(access: Access, model: MarkedModel): Promise<PlannedDocument> {
    if (this.entry.plans.includes(model)) throw second(model);
    this.entry = { ...this.entry, plans: [...this.entry.plans, model] };
    await this.#journals.update(this.entry);
    await this.#refuseDuplicate(access, model, []);
    return { create: (values) => this.#create(access, model, values) };
  }

  async #create(access: Access, model: MarkedModel, values: OdooValues): Promise<MarkedDocument> {
    if (this.#created.has(model)) throw second(model);
    this.#created.add(model);
    const id = await this.#createOnce(access, model, {
      ...values,
      [markFields[model]]: this.entry.mark,
    });
    const document = { model, id, reference: `${model},${id}` };
    this.documents.push(document);
    await this.#refuseDuplicate(access, model, [id]);
    return {
      id,
      call: async (method, context) => {
        await access.write(model, method, [[id]], context);
      },
    };
  }

  async #createOnce(access: Access, model: MarkedModel, values: OdooValues): Promise<number> {
    this.createInDoubt = true;
    try {
      const id = await access.create(model, values);
      this.createInDoubt = false;
      return id;
    } catch (error) {
      if (error instanceof Failed && error.fate !== 'unknown') this.createInDoubt = false;
      throw error;
    }
  }

  // The older document wins; ours, if there is one, is undone and the run cannot tell.
  async #refuseDuplicate(
    access: Access,
    model: MarkedModel,
    own: readonly number[],
  ): Promise<void> {
    const marked = await findMarked(access, model, this.entry.runId);
    const others = marked.filter(({ id }) => !own.includes(id));
    const [mine = Infinity] = own;
    if (!others.some(({ id }) => id < mine)) return;
    this.duplicate = true;
    const message = `another ${model} carries the mark of this run already`;
    throw new Failed({ code: 'run.duplicate', blame: 'fleet', message });
  }
}

// One mark stands on one record of a model: a second one could not be told from a duplicate.
function second(model: MarkedModel): Failed {
  const message = `a second ${model} in one run`;
  return new Failed({ code: 'scenario.second-document', blame: 'scenario', message });
}

/** Records whose mark field begins with the mark of this run, whatever their state; oldest first. */
export async function findMarked(
  access: Access,
  model: MarkedModel,
  runId: RunId,
): Promise<readonly { readonly id: number; readonly name: string | undefined }[]> {
  const domain = [[markFields[model], '=like', `${runId}~%`] as const];
  return await access.searchRead(model, domain, { name: 'text' }, { order: 'id' });
}
