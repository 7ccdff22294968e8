/** Plans and creates marked documents: journal first, mark in the first write, a look before and after it. */
import { Failed } from '../domain/failure.ts';
import type { Mark, RunId } from '../domain/ids.ts';
import type { DocumentReference } from '../domain/report.ts';
import { isA } from '../lib/thrown.ts';
import {
  type MarkedDocument,
  type MarkedModel,
  markFields,
  type PlannedDocument,
} from '../scenario/documents.ts';
import type { OdooValues } from '../scenario/odoo.ts';
import type { WebClient } from '../scenario/web.ts';
import type { Access } from './access.ts';
import { markedDocument } from './owned.ts';
import type { JournalEntry, Journals } from './ports.ts';

/** What one run planned and made; compensation starts from here. */
export class Plans {
  entry: JournalEntry;
  readonly documents: DocumentReference[] = [];
  /** Another run's document carries our mark: only what we made ourselves may be undone. */
  duplicate = false;
  /** A create was sent whose answer never came: it may still be committed. */
  createInDoubt = false;
  #byHand = false;
  readonly #created = new Set<MarkedModel>();
  readonly #journals: Journals;

  constructor(entry: JournalEntry, journals: Journals) {
    this.entry = entry;
    this.#journals = journals;
  }

  /** Throws Failed: `scenario.second-document` (scenario), `run.duplicate` (fleet), or what the journal throws. */
  async plan(access: Access, model: MarkedModel, web: () => WebClient): Promise<PlannedDocument> {
    if (this.entry.plans.includes(model)) throw second(model);
    this.entry = { ...this.entry, plans: [...this.entry.plans, model] };
    await this.#journals.update(this.entry);
    await this.#refuseDuplicate(access, model, []);
    return {
      create: (values) => this.#create({ access, web }, model, values),
      enter: (work) => this.#enter(access, model, { web, work }),
    };
  }

  /** To be told as the page is left: one that never asked Odoo to write has committed nothing. */
  leavePage(writes: number): void {
    if (this.#byHand && writes === 0) this.createInDoubt = false;
  }

  async #create(
    means: { readonly access: Access; readonly web: () => WebClient },
    model: MarkedModel,
    values: OdooValues,
  ): Promise<MarkedDocument> {
    const { access } = means;
    const marked = { ...values, [markFields[model]]: this.entry.mark };
    const id = await this.#createOnce(model, () => access.create(model, marked));
    await this.#refuseDuplicate(access, model, [id]);
    return markedDocument(means, model, id);
  }

  async #enter(
    access: Access,
    model: MarkedModel,
    by: {
      readonly web: () => WebClient;
      readonly work: (web: WebClient, mark: Mark) => Promise<number>;
    },
  ): Promise<MarkedDocument> {
    const web = by.web();
    this.#byHand = true;
    const enter = (): Promise<number> => by.work(web, this.entry.mark);
    const id = await this.#createOnce(model, () => access.byHand(model, enter));
    const marked = await this.#refuseDuplicate(access, model, [id]);
    if (!marked.some((document) => document.id === id)) throw unmarked(model, id);
    return markedDocument({ access, web: by.web }, model, id);
  }

  async #createOnce(model: MarkedModel, create: () => Promise<number>): Promise<number> {
    if (this.#created.has(model)) throw second(model);
    this.#created.add(model);
    this.createInDoubt = true;
    try {
      const id = await create();
      this.createInDoubt = false;
      this.documents.push({ model, id, reference: `${model},${id}` });
      return id;
    } catch (error) {
      if (isA(error, Failed) && error.fate !== 'unknown') this.createInDoubt = false;
      throw error;
    }
  }

  // The older document wins; ours, if there is one, is undone and the run cannot tell. Answers all that is marked.
  async #refuseDuplicate(
    access: Access,
    model: MarkedModel,
    own: readonly number[],
  ): ReturnType<typeof findMarked> {
    const marked = await findMarked(access, model, this.entry.runId);
    const others = marked.filter(({ id }) => !own.includes(id));
    const [mine = Infinity] = own;
    if (!others.some(({ id }) => id < mine)) return marked;
    this.duplicate = true;
    const message = `another ${model} carries the mark of this run already`;
    throw new Failed({ code: 'run.duplicate', blame: 'fleet', message });
  }
}

function unmarked(model: MarkedModel, id: number): Failed {
  const message = `${model} ${id} was entered without the mark of its run`;
  return new Failed({ code: 'scenario.unmarked', blame: 'scenario', message });
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
