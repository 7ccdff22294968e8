/** Finishes what dead runs left: everything past its mark's deadline plus the grace, by what Odoo itself says. */
import { Failed, type Failure } from '../domain/failure.ts';
import { isOverdue } from '../domain/limits.ts';
import type { CompensationAction } from '../domain/report.ts';
import { type Books, imbalances, isResidue, type OpenDocument, runsOf } from '../domain/residue.ts';
import { runHashOf } from '../domain/short-mark.ts';
import type { Tenant } from '../domain/tenant.ts';
import { within } from '../lib/deadline.ts';
import { readBooks } from './books.ts';
import { failureOutsideRun, Skip, sayableActions } from './boundary.ts';
import { leftFiles, sweepFiles } from './exchange/left-files.ts';
import { findOpenDocuments } from './open-documents.ts';
import type { Engine } from './run-state.ts';
import { undoInvoice } from './undo/invoices.ts';
import { undoOrder } from './undo/order.ts';
import { Undo } from './undo/undo.ts';
import { LONGEST_VISIT_MS, type Visit, visit, visitAlone } from './visit.ts';

/** What one look or sweep of one tenant found. `error` says that it could not be finished. */
export interface ResidueReport {
  readonly tenant: string;
  readonly residue: readonly OpenDocument[];
  /** Must balance; absent while an open document explains why they do not. */
  readonly books?: Books;
  readonly actions: readonly CompensationAction[];
  readonly error?: Failure;
  /** The tenant was not looked at, for this reason. */
  readonly skipped?: string;
}

/**
 * Counts what is open; with `all`, whatever its deadline. Where nothing is, it reads the books. Never throws, writes
 * nothing.
 */
export async function residue(
  tenant: Tenant,
  engine: Engine,
  options: { readonly all: boolean; readonly signal: AbortSignal },
): Promise<ResidueReport> {
  return await guarded(tenant, engine, options.signal, async (signal) => {
    return await visit(tenant, engine, { signal, fence: refuseWrites }, async (own) => {
      const documents = await findOwn(own);
      const { files, ...trouble } = await leftFiles(tenant, engine, signal);
      const now = engine.clock.now();
      const counted = [...documents, ...files].filter(
        (d) => options.all || isResidue(d, tenant.limits, now),
      );
      const books = documents.length === 0 ? await booksAtRest(own) : undefined;
      return { tenant: tenant.id, residue: counted, ...known(books), actions: [], ...trouble };
    });
  });
}

/** Undoes the residue under the tenant's lease and answers what is still open after it. Never throws. */
export async function sweep(
  tenant: Tenant,
  engine: Engine,
  signal: AbortSignal,
): Promise<ResidueReport> {
  return await guarded(tenant, engine, signal, async (inTime) => {
    return await visitAlone(tenant, engine, inTime, (own) =>
      sweepUnderLease(tenant, engine, own, inTime),
    );
  });
}

async function sweepUnderLease(
  tenant: Tenant,
  engine: Engine,
  own: Visit,
  signal: AbortSignal,
): Promise<ResidueReport> {
  const undo = new Undo(own.access);
  const beganMs = engine.clock.now();
  const findDue = async (): Promise<readonly OpenDocument[]> =>
    (await findOwn(own)).filter((d) => isResidue(d, tenant.limits, engine.clock.now()));
  let due = await findDue();
  let error: Failure | undefined;
  // A long list comes in pages; a round after which the same documents are due is the last one.
  for (let before = ''; due.length > 0 && error === undefined && namesOf(due) !== before; ) {
    before = namesOf(due);
    error = await undoEach(undo, due, engine);
    due = await findDue();
  }
  error ??= await tidy(undo, own, engine);
  const { files, ...trouble } = await sweepFiles(tenant, engine, signal);
  error ??= trouble.error;
  await closeJournals(tenant, engine, [...due, ...files], beganMs);
  return {
    tenant: tenant.id,
    residue: [...due, ...files],
    ...known(await booksAtRest(own)),
    actions: sayableActions(undo.actions, engine.secrets),
    ...(error === undefined ? {} : { error }),
  };
}

/** Goes on past a document that Odoo will not let go, and answers the first refusal. */
async function undoEach(
  undo: Undo,
  documents: readonly OpenDocument[],
  engine: Engine,
): Promise<Failure | undefined> {
  let first: Failure | undefined;
  const orders = new Set(documents.flatMap(({ orderId }) => orderId ?? []));
  const loose = documents.filter(({ orderId }) => orderId === undefined);
  const works = [
    ...[...orders].map((id) => () => undoOrder(undo, id)),
    ...loose.map((document) => () => undoLoose(undo, document)),
  ];
  for (const work of works) {
    try {
      await work();
    } catch (thrown) {
      if (!(thrown instanceof Failed)) throw thrown;
      first ??= failureOutsideRun(thrown, engine.secrets);
    }
  }
  return first;
}

/** What was cut in mid-work may have left reservations that no move holds any more. */
async function tidy(undo: Undo, own: Visit, engine: Engine): Promise<Failure | undefined> {
  const transfer = undo.actions.findLast(({ model }) => model === 'stock.picking');
  try {
    if (transfer !== undefined) {
      await undo.clearReservations(transfer.model, transfer.id);
    } else if (((await booksAtRest(own))?.reserved ?? 0) !== 0) {
      await undo.clearReservations('res.company', own.companyId);
    }
    return undefined;
  } catch (thrown) {
    return failureOutsideRun(thrown, engine.secrets);
  }
}

/** Undefined while anything is open that explains why they do not balance; asked last, for a run may just have begun. */
async function booksAtRest(own: Visit): Promise<Books | undefined> {
  const books = await readBooks(own.access, own.companyId);
  if (imbalances(books).length === 0) return books;
  return (await findOwn(own)).length > 0 ? undefined : books;
}

const namesOf = (documents: readonly OpenDocument[]): string =>
  documents.map(({ model, id, state }) => `${model},${id},${state}`).join(' ');

/** What leaves no trace that anybody needs. */
const DELETED = new Set(['mail.activity', 'ir.attachment']);

/** A document that hangs on no order any more. */
async function undoLoose(undo: Undo, { model, id }: OpenDocument): Promise<void> {
  if (model === 'account.move') await undoInvoice(undo, id);
  else if (DELETED.has(model)) await undo.act(model, 'unlink', id);
  else await undo.act(model, 'action_cancel', id);
}

/** Closes journals whose runs were overdue when the look began that left these open, and of which nothing is open. */
export async function closeJournals(
  tenant: Tenant,
  engine: Engine,
  left: readonly OpenDocument[],
  beganMs: number,
): Promise<void> {
  const open = runsOf(left);
  for (const { runId, deadlineMs } of await engine.journals.ofTenant(tenant.id)) {
    const overdue = isOverdue(deadlineMs, tenant.limits, beganMs);
    if (overdue && !open.has(runHashOf(runId))) await engine.journals.close(runId);
  }
}

const known = (books: Books | undefined): { readonly books?: Books } =>
  books === undefined ? {} : { books };

const findOwn = ({ access, companyId }: Visit): Promise<readonly OpenDocument[]> =>
  findOpenDocuments(access, companyId);

async function guarded(
  tenant: Tenant,
  engine: Engine,
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<ResidueReport>,
): Promise<ResidueReport> {
  try {
    return await within(engine.clock, LONGEST_VISIT_MS, signal, work);
  } catch (thrown) {
    const nothing = { tenant: tenant.id, residue: [], actions: [] };
    if (thrown instanceof Skip) return { ...nothing, skipped: thrown.message };
    return { ...nothing, error: failureOutsideRun(thrown, engine.secrets) };
  }
}

function refuseWrites(): Promise<void> {
  return Promise.reject(new Error('a look for residue writes nothing'));
}
