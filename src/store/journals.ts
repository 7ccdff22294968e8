/** Journals: one record per run, there from before its first write until it is known clean. */
import { z } from 'zod';
import { Failed } from '../domain/failure.ts';
import { ID_PATTERN, type Mark, type RunId, type TenantId } from '../domain/ids.ts';
import type { JournalEntry, Journals } from '../engine/ports.ts';
import { markFields } from '../scenario/documents.ts';
import type { Records } from './records.ts';

const entrySchema = z.strictObject({
  v: z.literal(1),
  runId: z.custom<RunId>((value) => typeof value === 'string'),
  tenant: z.custom<TenantId>((value) => typeof value === 'string' && ID_PATTERN.test(value)),
  mark: z.custom<Mark>((value) => typeof value === 'string'),
  deadlineMs: z.number(),
  plans: z.array(z.enum(Object.keys(markFields) as (keyof typeof markFields)[])),
});

const SHELF = 'journals';

/** Of every run whose journal is open, whatever its tenant. Rejects with Failed `state.unusable`. */
export type Deadlines = () => Promise<
  readonly Pick<JournalEntry, 'runId' | 'tenant' | 'deadlineMs'>[]
>;

export class KeptJournals implements Journals {
  readonly #records: Records;
  #deadlines: Awaited<ReturnType<Deadlines>> = [];

  constructor(records: Records) {
    this.#records = records;
  }

  async open(entry: JournalEntry): Promise<void> {
    if (await this.#records.create(SHELF, entry.runId, { v: 1, ...entry })) return;
    const message = `a journal of ${entry.runId} is open already`;
    throw new Failed({ code: 'run.duplicate', blame: 'fleet', message });
  }

  async update(entry: JournalEntry): Promise<void> {
    await this.#records.put(SHELF, entry.runId, { v: 1, ...entry });
  }

  async close(runId: RunId): Promise<void> {
    await this.#records.remove(SHELF, runId);
  }

  /** Each journal is read once, for a deadline stays what it is. */
  readonly deadlines: Deadlines = async () => {
    const known = new Map(this.#deadlines.map((one) => [one.runId as string, one]));
    const names = await this.#records.names(SHELF);
    const all = names.map(async (name) => known.get(name) ?? (await this.#read(name)));
    this.#deadlines = (await Promise.all(all)).filter((one) => one !== undefined);
    return this.#deadlines;
  };

  /** Unreadable records are passed over: the journal is a hint, the marks in Odoo are the truth. */
  async ofTenant(tenant: TenantId): Promise<readonly JournalEntry[]> {
    const entries: JournalEntry[] = [];
    for (const name of await this.#records.names(SHELF)) {
      if (!name.startsWith(`SYN~${tenant}~`)) continue;
      const entry = await this.#read(name);
      if (entry !== undefined) entries.push(entry);
    }
    return entries;
  }

  async #read(name: string): Promise<JournalEntry | undefined> {
    const kept = await this.#records.get(SHELF, name).catch(() => undefined);
    const parsed = entrySchema.safeParse(kept);
    return parsed.success ? entryOf(parsed.data) : undefined;
  }
}

function entryOf({ v: _, ...entry }: z.infer<typeof entrySchema>): JournalEntry {
  return entry;
}
