/** `npm test`: the checks, then every test, the end-to-end ones on the lab. Ends with `N passed, N failed`. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { call, labUp, ROOT } from './steps.ts';

interface Totals {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numFailedTestSuites: number;
}

const folder = mkdtempSync(join(tmpdir(), 'orderwatch-test-'));
// Beside everything else, in the time that others leave: half of that is waiting. What they say is shown at the end.
const said = join(folder, 'checks.log');
const log = openSync(said, 'w');
const check = [process.execPath, '--import', 'tsx', 'deploy/dev/check.ts', '--no-unit'];
const checks = spawn('nice', ['-n', '19', ...check], { cwd: ROOT, stdio: ['ignore', log, log] });
const checked = once(checks, 'close');
labUp();
const results = join(folder, 'results.json');
const code = call(
  'node_modules/.bin/vitest',
  'run',
  '--reporter=default',
  '--reporter=json',
  `--outputFile.json=${results}`,
);
const [checkCode] = (await checked) as [number | null];
console.log(readFileSync(said, 'utf8'));
const totals = JSON.parse(readFileSync(results, 'utf8')) as Totals;
rmSync(folder, { recursive: true });
// A file that does not even load has no tests to count: it is one failure, and so are checks that fail.
const failed =
  Math.max(totals.numFailedTests, totals.numFailedTestSuites > 0 ? 1 : 0) +
  (checkCode === 0 ? 0 : 1);
console.log(`${totals.numPassedTests} passed, ${failed} failed`);
process.exitCode = code === 0 ? (checkCode ?? 1) : code;
