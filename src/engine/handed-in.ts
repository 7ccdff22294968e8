/** Files that runs hand in, as Odoo keeps them: named by the mark of their run, whatever became of what is inside. */
import { findAnyMark, markPatterns, markPatternsOf } from '../domain/any-mark.ts';
import type { RunId } from '../domain/ids.ts';
import type { Domain } from '../scenario/odoo.ts';
import type { Access } from './access.ts';

const FILE = {
  name: 'text',
  res_model: 'text',
  res_id: 'number',
  create_date: 'text',
} as const;

export interface HandedInFile {
  readonly id: number;
  readonly name: string;
  /** The order that Odoo made of it. */
  readonly orderId: number | undefined;
  readonly create_date: string | undefined;
}

/** Of all runs, or of one, or those that one order was made of; oldest first. Throws Failed. */
export async function handedInFiles(
  access: Access,
  { runId, orderId: only }: { readonly runId?: RunId; readonly orderId?: number } = {},
): Promise<readonly HandedInFile[]> {
  const patterns = runId === undefined ? markPatterns : markPatternsOf(runId);
  const domain: Domain = [
    ['res_model', 'in', ['sale.order', false]],
    ...(only === undefined ? [] : [['res_id', '=', only] as const]),
    ...anyLike('name', patterns),
  ];
  const files = await access.searchRead('ir.attachment', domain, FILE, { order: 'id' });
  return files.flatMap(({ id, name = '', res_model, res_id, create_date }) => {
    if (findAnyMark(name) === undefined) return [];
    const orderId = res_model === 'sale.order' && res_id > 0 ? res_id : undefined;
    return [{ id, name, orderId, create_date }];
  });
}

/** The bytes of the first file that a run handed in, as Odoo hands them out; undefined where it keeps none. */
export async function storedFile(access: Access, runId: RunId): Promise<Uint8Array | undefined> {
  const [file] = await handedInFiles(access, { runId });
  if (file === undefined) return undefined;
  const [stored] = await access.read('ir.attachment', [file.id], { datas: 'text' });
  return Buffer.from(stored?.datas ?? '', 'base64');
}

/** Odoo's domain for a field that begins like one of two patterns. */
export const anyLike = (field: string, [one, other]: readonly [string, string]): Domain => [
  '|',
  [field, '=like', one],
  [field, '=like', other],
];
