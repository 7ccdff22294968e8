/** Files that runs handed in: Odoo keeps them with what it made of them, until they are deleted. */
import type { HandedInFile } from '../handed-in.ts';
import type { Undo } from './undo.ts';

export async function undoFiles(undo: Undo, files: readonly HandedInFile[]): Promise<void> {
  for (const { id } of files) await undo.act('ir.attachment', 'unlink', id);
}
