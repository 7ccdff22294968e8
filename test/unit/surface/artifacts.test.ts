import { mkdirSync, readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Artifacts } from '../../../src/surface/artifacts.ts';
import { FakeClock } from '../../support/unit/clock.ts';
import { temporaryFolder } from '../../support/unit/folder.ts';
import { reportOf } from '../../support/unit/reports.ts';

const DAY_MS = 86_400_000;
const plenty = { maxAgeMs: 14 * DAY_MS, maxBytes: 1_000_000 };

const inFolder = (folder: string, retention = plenty, clock = new FakeClock()): Artifacts =>
  new Artifacts(folder, retention, clock);

describe('what is kept of a run', () => {
  it('is its report and its calls, for their owner alone, under the run’s own name', async () => {
    const folder = join(temporaryFolder(), 'kept');
    const calls = [
      { call: 'sale.order.create', atMs: 1, durationMs: 2, outcome: 'answered' } as const,
    ];
    await inFolder(folder).keep(reportOf(), { calls });
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
      trace: Buffer.from('a trace'),
    };
    await inFolder(folder).keep(reportOf(), { calls: [], web });
    const own = join(folder, reportOf().runId);
    expect(JSON.parse(readFileSync(join(own, 'page-calls.json'), 'utf8'))).toEqual(web.calls);
    expect(readFileSync(join(own, 'page.png'), 'utf8')).toBe('a picture');
    expect(readFileSync(join(own, 'trace.zip'), 'utf8')).toBe('a trace');
    expect(statSync(join(own, 'page.png')).mode & 0o077).toBe(0);
    expect(statSync(join(own, 'trace.zip')).mode & 0o077).toBe(0);
  });
});

describe('what is kept goes', () => {
  /** A run kept so many days before the clock's now, of so many bytes. */
  function kept(folder: string, name: string, daysAgo: number, bytes = 10): void {
    const own = join(folder, name);
    mkdirSync(own);
    writeFileSync(join(own, 'report.json'), 'x'.repeat(bytes));
    const then = (new FakeClock().now() - daysAgo * DAY_MS) / 1_000;
    utimesSync(join(own, 'report.json'), then, then);
  }
  const names = (folder: string): readonly string[] =>
    readdirSync(folder).filter((name) => name !== reportOf().runId);

  it('when it is too old', async () => {
    const folder = temporaryFolder();
    kept(folder, 'SYN~old', 15);
    kept(folder, 'SYN~young', 13);
    await inFolder(folder).keep(reportOf(), { calls: [] });
    expect(names(folder)).toEqual(['SYN~young']);
  });

  it('oldest first when it is too much, and never the newest', async () => {
    const folder = temporaryFolder();
    kept(folder, 'SYN~a', 3, 20_000);
    kept(folder, 'SYN~b', 2, 20_000);
    kept(folder, 'SYN~c', 1, 20_000);
    await inFolder(folder, { ...plenty, maxBytes: 50_000 }).keep(reportOf(), { calls: [] });
    expect(names(folder).toSorted()).toEqual(['SYN~b', 'SYN~c']);
    await inFolder(folder, { ...plenty, maxBytes: 1 }).keep(reportOf(), { calls: [] });
    expect(readdirSync(folder)).toEqual([reportOf().runId]);
  });

  it('but nothing that is not a run of ours', async () => {
    const folder = temporaryFolder();
    kept(folder, 'notes', 400, 5_000_000);
    await inFolder(folder).keep(reportOf(), { calls: [] });
    expect(names(folder)).toEqual(['notes']);
  });
});
