import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { keepArtifacts } from '../../../src/surface/artifacts.ts';
import { temporaryFolder } from '../../support/unit/folder.ts';
import { reportOf } from '../../support/unit/reports.ts';

describe('what is kept of a run', () => {
  it('is its report and its calls, for their owner alone, under the run’s own name', async () => {
    const folder = join(temporaryFolder(), 'kept');
    const calls = [
      { call: 'sale.order.create', atMs: 1, durationMs: 2, outcome: 'answered' } as const,
    ];
    await keepArtifacts(folder, reportOf(), { calls });
    const own = join(folder, reportOf().runId);
    expect(readdirSync(own).toSorted()).toEqual(['calls.json', 'report.json']);
    expect(JSON.parse(readFileSync(join(own, 'report.json'), 'utf8'))).toEqual(reportOf());
    expect(JSON.parse(readFileSync(join(own, 'calls.json'), 'utf8'))).toEqual(calls);
    expect(statSync(own).mode & 0o077).toBe(0);
  });

  it('is its page too, where the run was in the browser', async () => {
    const folder = temporaryFolder();
    const web = {
      calls: [{ call: 'call_kw sale.order.web_save', status: 200, serverMs: 40 }],
      screenshot: Buffer.from('a picture'),
    };
    await keepArtifacts(folder, reportOf(), { calls: [], web });
    const own = join(folder, reportOf().runId);
    expect(JSON.parse(readFileSync(join(own, 'page-calls.json'), 'utf8'))).toEqual(web.calls);
    expect(readFileSync(join(own, 'page.png'), 'utf8')).toBe('a picture');
    expect(statSync(join(own, 'page.png')).mode & 0o077).toBe(0);
  });
});
