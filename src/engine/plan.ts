/** Plans and creates marked documents: journal first, mark in the first write, a look before and after it. */
import { markPatternsOf } from '../domain/any-mark.ts';
import { Failed } from '../domain/failure.ts';
import type { Mark, RunId } from '../domain/ids.ts';
import type { DocumentReference } from '../domain/report.ts';
import { isA } from '../lib/thrown.ts';
import {
  type MarkedDocument,
  type MarkedModel,
  markFields,
  type OrderToSend,
  type PlannedDocument,
  type SentOrder,
} from '../scenario/documents.ts';
import type { Domain, OdooValues } from '../scenario/odoo.ts';
import type { WebClient } from '../scenario/web.ts';
import type { Access } from './access.ts';
import { type Letter, letterOf } from './exchange/letter.ts';
import { Sent } from './exchange/sent.ts';
import type { Partner } from './exchange/way.ts';
import { anyLike, handedInFiles, storedFile } from './handed-in.ts';
import { type Means, markedDocument } from './owned.ts';
import type { JournalEntry, Journals } from './ports.ts';

/** What making a document takes. */
export interface MakingMeans extends Means {
  /** Throws Failed (scenario) where there is none. */
  readonly partner: () => Partner;
}

/** What one run planned and made; compensation starts from here. */
export class Plans {
  entry: JournalEntry;
  readonly documents: DocumentReference[] = [];
  /** Another run's document carries our mark: only what we made ourselves may be undone. */
  duplicate = false;
  /** A create was sent whose answer never came: it may still be committed. */
  createInDoubt = false;
  /** What was handed in: what was made of it may carry no mark, but has its file. */
  sent: Sent | undefined;
  #byHand = false;
  readonly #created = new Set<MarkedModel>();
  readonly #journals: Journals;

  constructor(entry: JournalEntry, journals: Journals) {
    this.entry = entry;
    this.#journals = journals;
  }

  /** Throws Failed: `scenario.second-document` (scenario), `run.duplicate` (fleet), or what the journal throws. */
  async plan(means: MakingMeans, model: MarkedModel): Promise<PlannedDocument> {
    const { access } = means;
    if (this.entry.plans.includes(model)) throw second(model);
    this.entry = { ...this.entry, plans: [...this.entry.plans, model] };
    await this.#journals.update(this.entry);
    await this.#refuseDuplicate(access, model, []);
    return {
      create: (values) => this.#create(means, model, values),
      enter: (work) => this.#enter(means, model, work),
      send: (order) => this.#send(means, model, order),
    };
  }

  /** To be told as the page is left: one that never asked Odoo to write has committed nothing. */
  leavePage(writes: number): void {
    if (this.#byHand && writes === 0) this.createInDoubt = false;
  }

  async #create(means: Means, model: MarkedModel, values: OdooValues): Promise<MarkedDocument> {
    const { access } = means;
    const marked = { ...values, [markFields[model]]: this.entry.mark };
    const id = await this.#createOnce(model, () => access.create(model, marked));
    await this.#refuseDuplicate(access, model, [id]);
    return markedDocument(means, model, id);
  }

  async #enter(
    means: Means,
    model: MarkedModel,
    work: (web: WebClient, mark: Mark) => Promise<number>,
  ): Promise<MarkedDocument> {
    const { access } = means;
    const web = means.web();
    this.#byHand = true;
    const enter = (): Promise<number> => work(web, this.entry.mark);
    const id = await this.#createOnce(model, () => access.byHand(model, enter));
    const marked = await this.#refuseDuplicate(access, model, [id]);
    if (!marked.some((document) => document.id === id)) throw unmarked(model, id);
    return markedDocument(means, model, id);
  }

  async #send(means: MakingMeans, model: MarkedModel, order: OrderToSend): Promise<SentOrder> {
    const { access } = means;
    const { edi, burst, ...partner } = means.partner();
    const { runId, mark } = this.entry;
    this.#once(model);
    const nth = (n: number): Letter => letterOf(order, { mark, edi, n });
    const [letter, others] = [nth(0), Array.from({ length: burst - 1 }, (_, n) => nth(n + 1))];
    const sent = new Sent({
      ...partner,
      letter,
      others,
      answerWithinMs: edi.answerWithinMs,
      made: () => findMarked(access, model, runId, { handedIn: true }),
      arrived: (id) => {
        this.createInDoubt = false;
        this.#made(model, id);
        return markedDocument(means, model, id);
      },
      stored: () => storedFile(access, runId),
    });
    this.sent = sent;
    this.#byHand = partner.way.isByHand;
    await this.#mayCreate(() => sent.handIn());
    // What lies in a channel may be taken at any time.
    this.createInDoubt = partner.way.isQueue;
    return sent;
  }

  async #createOnce(model: MarkedModel, create: () => Promise<number>): Promise<number> {
    this.#once(model);
    const id = await this.#mayCreate(create);
    this.#made(model, id);
    return id;
  }

  #once(model: MarkedModel): void {
    if (this.#created.has(model)) throw second(model);
    this.#created.add(model);
  }

  #made(model: MarkedModel, id: number): void {
    this.documents.push({ model, id, reference: `${model},${id}` });
  }

  async #mayCreate<T>(create: () => Promise<T>): Promise<T> {
    this.createInDoubt = true;
    try {
      const made = await create();
      this.createInDoubt = false;
      return made;
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

interface MarkedRecord {
  readonly id: number;
  readonly name: string | undefined;
  /** What stands in the mark field. */
  readonly mark: string | undefined;
}

/**
 * Records whose mark field begins with the mark of this run, whatever their state; oldest first. With `handedIn` also
 * the order that carries a file of this run and, because the file was misread, no mark.
 */
export async function findMarked(
  access: Access,
  model: MarkedModel,
  runId: RunId,
  { handedIn }: { readonly handedIn: boolean } = { handedIn: false },
): Promise<readonly MarkedRecord[]> {
  const field = markFields[model];
  const search = async (domain: Domain): Promise<readonly MarkedRecord[]> => {
    const fields = { name: 'text', [field]: 'text' } as const;
    const records = await access.searchRead(model, domain, fields, { order: 'id' });
    return records.map(({ id, name, ...more }) => ({ id, name, mark: more[field] }));
  };
  const marked = await search(anyLike(field, markPatternsOf(runId)));
  if (!handedIn) return marked;
  const files = await handedInFiles(access, { runId });
  const known = new Set(marked.map(({ id }) => id));
  const more = files.flatMap(({ orderId }) => orderId ?? []).filter((id) => !known.has(id));
  if (more.length === 0) return marked;
  return [...marked, ...(await search([['id', 'in', more]]))];
}
