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
// Beside the lab, half of whose start is waiting; what they say is shown when both are done.
const said = join(folder, 'checks.log');
const log = openSync(said, 'w');
const checks = spawn(process.execPath, ['--import', 'tsx', 'deploy/dev/check.ts', '--no-unit'], {
  cwd: ROOT,
  stdio: ['ignore', log, log],
});
const checked = once(checks, 'close');
labUp();
const [checkCode] = (await checked) as [number | null];
console.log(readFileSync(said, 'utf8'));
if (checkCode !== 0) process.exit(checkCode ?? 1);
const results = join(folder, 'results.json');
const code = call(
  'node_modules/.bin/vitest',
  'run',
  '--reporter=default',
  '--reporter=json',
  `--outputFile.json=${results}`,
);
const totals = JSON.parse(readFileSync(results, 'utf8')) as Totals;
rmSync(folder, { recursive: true });
// A file that does not even load has no tests to count: it is one failure.
const failed = Math.max(totals.numFailedTests, totals.numFailedTestSuites > 0 ? 1 : 0);
console.log(`${totals.numPassedTests} passed, ${failed} failed`);
process.exitCode = code;
