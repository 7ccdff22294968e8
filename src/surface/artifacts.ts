/** What is kept of a run that did not pass: its report and its calls to Odoo, without any value that was sent. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { RunReport } from '../domain/report.ts';
import type { CallRecord } from '../engine/access.ts';
import { writeJson } from '../lib/files.ts';

/** Writes `<folder>/<run id>/report.json` and `calls.json`. */
export async function keepArtifacts(
  folder: string,
  report: RunReport,
  calls: readonly CallRecord[],
): Promise<void> {
  const own = join(folder, report.runId);
  await mkdir(own, { recursive: true, mode: 0o700 });
  await writeJson(join(own, 'report.json'), report);
  await writeJson(join(own, 'calls.json'), calls);
}
