import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { PASSED_CLEAN } from '../support/books.ts';
import { tenants } from '../support/lab.ts';
import { stage } from '../support/runs.ts';

const README = new URL('../../scenarios/README.md', import.meta.url);

it('plays the scenario that the documentation shows, from a folder of its own', async () => {
  const [, example = ''] = /```js\n(.*?)```/s.exec(await readFile(README, 'utf8')) ?? [];
  expect(example.trimEnd().split('\n').length).toBeLessThanOrEqual(30);
  const { file, folder, run, command } = await stage();
  await mkdir(join(folder, 'scenarios'));
  await writeFile(join(folder, 'scenarios/ten-units.js'), example);
  const raw = parse(await readFile(file, 'utf8')) as { readonly fleet: object };
  const fleet = { ...raw.fleet, scenarios: './scenarios' };
  await writeFile(file, stringify({ ...raw, fleet }));

  const { reports, code, stderr } = await run(['--scenario', 'ten-units']);
  expect(reports, stderr).toHaveLength(tenants.length);
  for (const report of reports) expect(report).toMatchObject(PASSED_CLEAN);
  expect(code).toBe(0);
  expect((await command('residue', '--now')).code).toBe(0);
});
