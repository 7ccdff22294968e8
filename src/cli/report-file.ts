/** Reports that `run --json` or `gate --json` wrote, read again to be compared with. */
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { type RunReport, runReportSchema } from '../domain/report.ts';
import { parseJson } from '../lib/json.ts';
import { codeOf, describeThrown } from '../lib/thrown.ts';
import { UsageError } from './options.ts';

const fileSchema = z.looseObject({ runs: z.array(runReportSchema).min(1) });

const REMEDY = 'write one with: orderwatch run --json FILE';

/** Rejects with UsageError. */
export async function readReports(file: string): Promise<readonly RunReport[]> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    throw new UsageError(`${file}: cannot be read: ${codeOf(error) ?? describeThrown(error)}`);
  }
  const value = parseJson(text);
  if (value === undefined) throw new UsageError(`${file}: is no JSON; ${REMEDY}`);
  const parsed = fileSchema.safeParse(value);
  if (parsed.success) return parsed.data.runs;
  const [issue] = parsed.error.issues;
  const what = issue === undefined ? [] : [issue.path.join('.'), issue.message];
  const why = what.filter((part) => part !== '').join(': ');
  throw new UsageError(`${file}: holds no run reports (${why}); ${REMEDY}`);
}
