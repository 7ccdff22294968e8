/** What is kept of a run that did not pass: its report, its calls to Odoo without their values, its page. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { RunReport } from '../domain/report.ts';
import type { Evidence } from '../engine/run-state.ts';
import { writeJson } from '../lib/files.ts';

/**
 * Writes `<folder>/<run id>/report.json` and `calls.json`; of a run in the browser also `page-calls.json`
 * and `page.png`.
 */
export async function keepArtifacts(
  folder: string,
  report: RunReport,
  { calls, web }: Evidence,
): Promise<void> {
  const own = join(folder, report.runId);
  await mkdir(own, { recursive: true, mode: 0o700 });
  await writeJson(join(own, 'report.json'), report);
  await writeJson(join(own, 'calls.json'), calls);
  if (web === undefined) return;
  await writeJson(join(own, 'page-calls.json'), web.calls);
  if (web.screenshot !== undefined) {
    await writeFile(join(own, 'page.png'), web.screenshot, { mode: 0o600 });
  }
}
