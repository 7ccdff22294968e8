/** `npm test`: the checks, then every test, the end-to-end ones on the lab. Ends with `N passed, N failed`. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { call, labUp, must } from './steps.ts';

interface Totals {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numFailedTestSuites: number;
}

must(process.execPath, '--import', 'tsx', 'deploy/dev/check.ts', '--no-unit');
labUp();
const folder = mkdtempSync(join(tmpdir(), 'orderwatch-test-'));
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
