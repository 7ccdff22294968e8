/** `npm test`: the checks, then every test, the end-to-end ones on the lab. Ends with `N passed, N failed`. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { call, ensureUnitPackages, labUp, ROOT } from './steps.ts';

interface Totals {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numFailedTestSuites: number;
}

const folder = mkdtempSync(join(tmpdir(), 'orderwatch-test-'));

/** Tests of whole fleets mostly wait: they are played beside the other end-to-end tests, on a lab of their own. */
const SECOND_LAB = { ORDERWATCH_LAB: '2' } as const;

/** Starts a command beside everything else. Once it has ended it answers the exit code, and shows what was said. */
function beside(
  name: string,
  [command, ...args]: readonly [string, ...string[]],
  more: Readonly<Record<string, string>> = {},
): () => Promise<number> {
  const said = join(folder, `${name}.log`);
  const log = openSync(said, 'w');
  const env = { ...process.env, ...more };
  const child = spawn(command, args, { cwd: ROOT, env, stdio: ['ignore', log, log] });
  const closed = once(child, 'close') as Promise<[number | null]>;
  return async () => {
    const [code] = await closed;
    console.log(readFileSync(said, 'utf8'));
    return code ?? 1;
  };
}

const resultsOf = (project: string): string => join(folder, `${project}.json`);

const vitest = (project: string): readonly [string, ...string[]] => [
  'node_modules/.bin/vitest',
  ...['run', '--project', project, '--reporter=default', '--reporter=json'],
  `--outputFile.json=${resultsOf(project)}`,
];

/** A file that does not even load has no tests to count: it is one failure. */
function countIn(project: string): { readonly passed: number; readonly failed: number } {
  const totals = JSON.parse(readFileSync(resultsOf(project), 'utf8')) as Totals;
  const unloaded = totals.numFailedTestSuites > 0 ? 1 : 0;
  return { passed: totals.numPassedTests, failed: Math.max(totals.numFailedTests, unloaded) };
}

// In the time that others leave: half of that is waiting.
const script = (name: string) =>
  [process.execPath, '--import', 'tsx', `deploy/${name}.ts`] as const;
const checked = beside('checks', ['nice', '-n', '19', ...script('dev/check'), '--no-unit']);
await ensureUnitPackages();
// Before the lab and not beside it: some of them race real waiting against time.
const unitTested = call(...vitest('unit'));
const second = beside('second-lab', [...script('lab/main'), 'up'], SECOND_LAB);
labUp();
const secondUp = await second();
const fleetsTested = beside('fleets', vitest('fleet'), SECOND_LAB);
const codes = [unitTested, secondUp, call(...vitest('e2e')), await fleetsTested(), await checked()];
await beside('second-lab', [...script('lab/main'), 'down'], SECOND_LAB)();
const counts = ['unit', 'e2e', 'fleet'].map(countIn);
rmSync(folder, { recursive: true });
const passed = counts.reduce((sum, count) => sum + count.passed, 0);
// Checks that fail are one failure too.
const failed = counts.reduce((sum, count) => sum + count.failed, codes.at(-1) === 0 ? 0 : 1);
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = codes.find((code) => code !== 0) ?? 0;
