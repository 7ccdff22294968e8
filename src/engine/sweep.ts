/** Finishes what dead runs left: everything past its mark's deadline plus the grace, by what Odoo itself says. */
import { Failed, type Failure } from '../domain/failure.ts';
import { isOverdue } from '../domain/limits.ts';
import type { CompensationAction } from '../domain/report.ts';
import { isResidue, type OpenDocument } from '../domain/residue.ts';
import type { Tenant } from '../domain/tenant.ts';
import { within } from '../lib/deadline.ts';
import { Access, CallLog } from './access.ts';
import { failureOutsideRun, Skip, sayableActions } from './boundary.ts';
import { ownCompany } from './fixtures.ts';
import { findOpenDocuments } from './open-documents.ts';
import type { Engine } from './run-state.ts';
import { undoInvoice } from './undo/invoices.ts';
import { undoOrder } from './undo/order.ts';
import { Undo } from './undo/undo.ts';

/** One look or sweep of one tenant ends by itself after this; the next one goes on. */
const LONGEST_MS = 600_000;

/** What one look or sweep of one tenant found. `error` says that it could not be finished. */
export interface ResidueReport {
  readonly tenant: string;
  readonly residue: readonly OpenDocument[];
  readonly actions: readonly CompensationAction[];
  readonly error?: Failure;
  /** The tenant was not looked at, for this reason. */
  readonly skipped?: string;
}

/** Counts what is open; with `all`, whatever its deadline. Never throws, writes nothing. */
export async function residue(
  tenant: Tenant,
  engine: Engine,
  options: { readonly all: boolean; readonly signal: AbortSignal },
): Promise<ResidueReport> {
  return await guarded(tenant, engine, options.signal, async (signal) => {
    const { access, close } = await open(tenant, engine, signal, refuseWrites);
    try {
      const documents = await findOwn(access);
      const now = engine.clock.now();
      const counted = documents.filter((d) => options.all || isResidue(d, tenant.limits, now));
      return { tenant: tenant.id, residue: counted, actions: [] };
    } finally {
      close();
    }
  });
}

/** Undoes the residue under the tenant's lease and answers what is still open after it. Never throws. */
export async function sweep(
  tenant: Tenant,
  engine: Engine,
  signal: AbortSignal,
): Promise<ResidueReport> {
  return await guarded(tenant, engine, signal, async (own) => {
    const lease = await engine.leases.acquire(tenant.id, LONGEST_MS, own);
    try {
      return await sweepUnderLease(tenant, engine, own, () => lease.check());
    } finally {
      await lease.release().catch(() => undefined);
    }
  });
}

async function sweepUnderLease(
  tenant: Tenant,
  engine: Engine,
  signal: AbortSignal,
  fence: () => Promise<void>,
): Promise<ResidueReport> {
  const { access, close } = await open(tenant, engine, signal, fence);
  try {
    const undo = new Undo(access);
    const findDue = async (): Promise<readonly OpenDocument[]> =>
      (await findOwn(access)).filter((d) => isResidue(d, tenant.limits, engine.clock.now()));
    let due = await findDue();
    let error: Failure | undefined;
    // A long list comes in pages; a round after which the same documents are due is the last one.
    for (let before = ''; due.length > 0 && error === undefined && namesOf(due) !== before; ) {
      before = namesOf(due);
      error = await undoEach(undo, due, engine);
      due = await findDue();
    }
    error ??= await tidy(undo, engine);
    await closeJournals(tenant, engine, due);
    const report = {
      tenant: tenant.id,
      residue: due,
      actions: sayableActions(undo.actions, engine.secrets),
    };
    return error === undefined ? report : { ...report, error };
  } finally {
    close();
  }
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
async function tidy(undo: Undo, engine: Engine): Promise<Failure | undefined> {
  const transfer = undo.actions.findLast(({ model }) => model === 'stock.picking');
  if (transfer === undefined) return undefined;
  try {
    await undo.clearReservations(transfer.id);
    return undefined;
  } catch (thrown) {
    return failureOutsideRun(thrown, engine.secrets);
  }
}

const namesOf = (documents: readonly OpenDocument[]): string =>
  documents.map(({ model, id, state }) => `${model},${id},${state}`).join(' ');

/** A document that hangs on no order any more. */
async function undoLoose(undo: Undo, { model, id }: OpenDocument): Promise<void> {
  if (model === 'account.move') await undoInvoice(undo, id);
  else if (model === 'mail.activity') await undo.act(model, 'unlink', id);
  else await undo.act(model, 'action_cancel', id);
}

/** A journal is closed once its run is overdue and nothing of it is open. */
async function closeJournals(
  tenant: Tenant,
  engine: Engine,
  left: readonly OpenDocument[],
): Promise<void> {
  const open = new Set(left.flatMap(({ mark }) => mark?.runId ?? []));
  for (const { runId, deadlineMs } of await engine.journals.ofTenant(tenant.id)) {
    const overdue = isOverdue(deadlineMs, tenant.limits, engine.clock.now());
    if (overdue && !open.has(runId)) await engine.journals.close(runId);
  }
}

async function findOwn(access: Access): Promise<readonly OpenDocument[]> {
  const companyId = await ownCompany(access);
  const why = 'not provisioned: the probe user has no synthetic company';
  if (companyId === undefined) throw new Skip(why);
  return await findOpenDocuments(access, companyId);
}

async function open(
  tenant: Tenant,
  engine: Engine,
  signal: AbortSignal,
  fence: () => Promise<void>,
): Promise<{ readonly access: Access; readonly close: () => void }> {
  const { callMs } = tenant.limits;
  const session = await engine.signIn(tenant, { timeoutMs: callMs, signal });
  const access = new Access(session, { callMs, signal, fence }, new CallLog(engine.clock));
  return {
    access,
    close: () => {
      session.close();
    },
  };
}

async function guarded(
  tenant: Tenant,
  engine: Engine,
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<ResidueReport>,
): Promise<ResidueReport> {
  try {
    return await within(engine.clock, LONGEST_MS, signal, work);
  } catch (thrown) {
    const nothing = { tenant: tenant.id, residue: [], actions: [] };
    if (thrown instanceof Skip) return { ...nothing, skipped: thrown.message };
    return { ...nothing, error: failureOutsideRun(thrown, engine.secrets) };
  }
}

function refuseWrites(): Promise<void> {
  return Promise.reject(new Error('a look for residue writes nothing'));
}
