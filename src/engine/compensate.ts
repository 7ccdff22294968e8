/** Undoes what one run made, inside a time of its own, and says what it could not make sure of. */
import { isOfRun } from '../domain/any-mark.ts';
import { Failed, type Failure } from '../domain/failure.ts';
import type { Compensation, DocumentReference } from '../domain/report.ts';
import type { OpenDocument } from '../domain/residue.ts';
import type { Clock } from '../lib/clock.ts';
import { isA, oneLine, thrownText } from '../lib/thrown.ts';
import type { Access } from './access.ts';
import { handedInFiles } from './handed-in.ts';
import { findOpenDocuments } from './open-documents.ts';
import { findMarked, type Plans } from './plan.ts';
import { undoFiles } from './undo/files.ts';
import { undoOrder } from './undo/order.ts';
import { Undo } from './undo/undo.ts';

/** Pauses between attempts while Odoo does not answer, milliseconds; the last one repeats. */
const PAUSES = [250, 500, 1_000, 2_000, 5_000] as const;
/** Looks for a create that was cut; what is committed later still is the sweep's. */
const LOOKS = 4;

export interface CompensationContext {
  readonly access: Access;
  /** Told all that is open in the company each time it was looked for. */
  readonly looked: (open: readonly OpenDocument[]) => void;
  readonly companyId: number;
  readonly callMs: number;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** Never throws: what goes wrong is in the answer. Adds to the plans every document it found. */
export async function compensate(
  context: CompensationContext,
  plans: Plans,
): Promise<Compensation> {
  const undo = new Undo(context.access);
  for (let attempt = 0; ; attempt += 1) {
    const tried = await attemptUndo(context, plans, undo);
    const last = tried.kind === 'in-doubt' && attempt + 1 >= LOOKS;
    if (tried.kind === 'clean') return { kind: 'clean', actions: undo.actions };
    if (tried.kind === 'lost' || last || !(await pause(context, attempt))) {
      const kind = tried.kind === 'refused' ? 'failed' : 'pending';
      return { kind, actions: undo.actions, reason: tried.reason };
    }
  }
}

type Attempt =
  | { readonly kind: 'clean' }
  /** Nothing is open, but a create may still be committed. */
  | { readonly kind: 'in-doubt'; readonly reason: string }
  /** The tenant is somebody else's now, or the document is, or the deadline has passed: the sweep goes on. */
  | { readonly kind: 'lost'; readonly reason: string }
  /** Odoo said no. */
  | { readonly kind: 'refused'; readonly reason: string }
  /** Something is open or Odoo does not answer. */
  | { readonly kind: 'unfinished'; readonly reason: string };

async function attemptUndo(
  context: CompensationContext,
  plans: Plans,
  undo: Undo,
): Promise<Attempt> {
  try {
    const documents = await undoAll(context, plans, undo);
    if (documents.length > 0 || !plans.createInDoubt) return { kind: 'clean' };
    return { kind: 'in-doubt', reason: inDoubt };
  } catch (error) {
    if (!isA(error, Failed)) return { kind: 'unfinished', reason: thrownText(error) };
    const { code, message } = error.failure;
    const lost = /^(?:lease\.lost|run\.past-deadline|run\.duplicate)$/.test(code);
    if (lost) return { kind: 'lost', reason: message };
    return { kind: error.fate === 'refused' ? 'refused' : 'unfinished', reason: message };
  }
}

/** False when the time for compensation is used up. */
async function pause({ clock, signal }: CompensationContext, attempt: number): Promise<boolean> {
  try {
    await clock.sleep(PAUSES[Math.min(attempt, PAUSES.length - 1)] ?? 0, signal);
    return true;
  } catch {
    return false;
  }
}

const inDoubt =
  'a create was cut off and nothing carries its mark yet; the sweep looks again after the deadline';

/** Undoes and reads back; throws while anything is open. Answers all documents of the run. */
async function undoAll(
  { access, companyId, looked, callMs, signal }: CompensationContext,
  plans: Plans,
  undo: Undo,
): Promise<readonly DocumentReference[]> {
  const documents = await documentsOf(access, plans);
  for (const { id } of documents) await undoOrder(undo, id);
  if (plans.sent !== undefined) {
    await undoFiles(undo, await handedInFiles(access, plans.entry));
    await plans.sent.tidy({ timeoutMs: callMs, signal });
  }
  const ids = new Set(documents.map(({ id }) => id));
  const all = await findOpenDocuments(access, companyId);
  looked(all);
  const open = all.filter(
    ({ orderId, mark }) =>
      (orderId !== undefined && ids.has(orderId)) ||
      (!plans.duplicate && isOfRun(mark, plans.entry.runId)),
  );
  if (open.length > 0) throw new Error(`still open after the undo: ${namesOf(open)}`);
  const others = all.filter(({ mark }) => plans.duplicate && isOfRun(mark, plans.entry.runId));
  if (others.length > 0) throw new Failed(notOurs(others));
  return documents;
}

const namesOf = (open: readonly OpenDocument[]): string =>
  open.map(({ reference, state }) => `${reference} (${state})`).join(', ');

/** It may be another run's that is under way, or ours that somebody on the way sent twice. */
const notOurs = (others: readonly OpenDocument[]): Failure => ({
  code: 'run.duplicate',
  blame: 'fleet',
  message: `open with the same mark: ${namesOf(others)}; its own run undoes it, or else the sweep`,
});

async function documentsOf(access: Access, plans: Plans): Promise<readonly DocumentReference[]> {
  const found: DocumentReference[] = [];
  for (const model of plans.entry.plans) {
    const marked = await findMarked(access, model, plans.entry.runId, {
      handedIn: plans.sent !== undefined,
    });
    found.push(
      ...marked.map(({ id, name }) => ({
        model,
        id,
        reference: oneLine(name ?? `${model},${id}`),
      })),
    );
  }
  const own = new Set(plans.documents.map(({ id }) => id));
  // Of a duplicate only ours is ours; an unanswered create cannot be told from the other's document.
  const mine = plans.duplicate ? found.filter(({ id }) => own.has(id)) : found;
  plans.documents.splice(0, plans.documents.length, ...mine);
  return mine;
}
