// Writes a generated file for the lab's user and tells whether it changed, so that a service is
// restarted only for a reason.
import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import writeFileAtomic from 'write-file-atomic';

export async function writeForLab(file: string, content: string): Promise<boolean> {
  if (existsSync(file) && readFileSync(file, 'utf8') === content) return false;
  const { uid, gid } = statSync(dirname(file));
  await writeFileAtomic(file, content, { mode: 0o640, chown: { uid, gid } });
  return true;
}
