import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { UsageError } from '../../../src/cli/options.ts';
import { readReports } from '../../../src/cli/report-file.ts';
import { temporaryFolder } from '../../support/unit/folder.ts';
import { gateResultOf } from '../../support/unit/gate-results.ts';
import { reportOf } from '../../support/unit/reports.ts';

const folder = temporaryFolder();

function fileWith(text: string): string {
  const file = join(folder, 'reports.json');
  writeFileSync(file, text);
  return file;
}

async function refusalOf(file: string): Promise<string> {
  const thrown: unknown = await readReports(file).catch((error: unknown) => error);
  if (!(thrown instanceof UsageError)) throw new Error('it was not refused');
  return thrown.message;
}

describe('a file of reports', () => {
  it.each([
    ['run --json', { runs: [reportOf()] }],
    ['gate --json', gateResultOf({ runs: [reportOf()] })],
  ])('is what %s wrote', async (_, content) => {
    expect(await readReports(fileWith(JSON.stringify(content)))).toEqual([reportOf()]);
  });

  it('that is not there is named with the reason', async () => {
    const file = join(folder, 'nowhere.json');
    expect(await refusalOf(file)).toBe(`${file}: cannot be read: ENOENT`);
    expect(await refusalOf(folder)).toBe(`${folder}: cannot be read: EISDIR`);
  });

  it.each([
    ['nothing', '', ': is no JSON;'],
    ['half of it', '{"runs":[', ': is no JSON;'],
    ['another thing', '{"fleet":"acme"}', ': holds no run reports (runs: '],
    ['no run', '{"runs":[]}', ': holds no run reports (runs: '],
    [
      'a run of another version',
      JSON.stringify({ runs: [reportOf(), { ...reportOf(), v: 2 }] }),
      ': holds no run reports (runs.1.v: ',
    ],
  ])('that holds %s is named with the place, and how to write one', async (_, text, where) => {
    const file = fileWith(text);
    const message = await refusalOf(file);
    expect(message).toContain(file + where);
    expect(message).not.toContain('(: ');
    expect(message).toContain('write one with: orderwatch run --json FILE');
  });
});
