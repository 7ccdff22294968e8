/** Journals in the state folder: one file per run, there from before its first write until it is known clean. */
import { join } from 'node:path';
import { z } from 'zod';
import { Failed } from '../domain/failure.ts';
import { ID_PATTERN, type Mark, type RunId, type TenantId } from '../domain/ids.ts';
import type { JournalEntry, Journals } from '../engine/ports.ts';
import { markFields } from '../scenario/context.ts';
import type { StateFolder } from './folder.ts';

const entrySchema = z.strictObject({
  v: z.literal(1),
  runId: z.custom<RunId>((value) => typeof value === 'string'),
  tenant: z.custom<TenantId>((value) => typeof value === 'string' && ID_PATTERN.test(value)),
  mark: z.custom<Mark>((value) => typeof value === 'string'),
  deadlineMs: z.number(),
  plans: z.array(z.enum(Object.keys(markFields) as (keyof typeof markFields)[])),
});

export class FolderJournals implements Journals {
  readonly #state: StateFolder;

  constructor(state: StateFolder) {
    this.#state = state;
  }

  async open(entry: JournalEntry): Promise<void> {
    const file = await this.#file(entry.runId);
    if (await this.#state.create(file, { v: 1, ...entry })) return;
    const message = `a journal of ${entry.runId} is open already`;
    throw new Failed({ code: 'run.duplicate', blame: 'fleet', message });
  }

  async update(entry: JournalEntry): Promise<void> {
    await this.#state.write(await this.#file(entry.runId), { v: 1, ...entry });
  }

  async close(runId: RunId): Promise<void> {
    await this.#state.remove(await this.#file(runId));
  }

  /** Unreadable files are passed over: the journal is a hint, the marks in Odoo are the truth. */
  async ofTenant(tenant: TenantId): Promise<readonly JournalEntry[]> {
    const folder = await this.#state.folder('journals');
    const entries: JournalEntry[] = [];
    for (const name of await this.#state.list('journals')) {
      if (!name.startsWith(`SYN~${tenant}~`) || !name.endsWith('.json')) continue;
      const parsed = entrySchema.safeParse(
        await this.#state.read(join(folder, name)).catch(() => undefined),
      );
      if (parsed.success) entries.push(entryOf(parsed.data));
    }
    return entries;
  }

  async #file(runId: RunId): Promise<string> {
    return join(await this.#state.folder('journals'), `${runId}.json`);
  }
}

function entryOf({ v: _, ...entry }: z.infer<typeof entrySchema>): JournalEntry {
  return entry;
}
