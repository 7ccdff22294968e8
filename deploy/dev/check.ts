/** `npm run check`: format, types, lint, import floors, dead code and unit tests, each with its time. */
import { call, colours, ensureUnitPackages } from './steps.ts';

const bin = (name: string): string => `node_modules/.bin/${name}`;

const CHECKS: readonly (readonly [string, string, ...string[]])[] = [
  ['format', bin('biome'), 'ci', '--log-level=warn', '.'],
  ['types', bin('tsc'), '-p', '.'],
  ['lint', bin('eslint'), '.'],
  ['floors', bin('depcruise'), 'src', 'scenarios', '--config', '.dependency-cruiser.cjs'],
  ['dead code', bin('knip')],
  ['unit', bin('vitest'), 'run', '--project', 'unit', '--reporter=default'],
];

// `npm test` runs the unit tests itself, with the others.
const withUnit = !process.argv.includes('--no-unit');
const wanted = CHECKS.filter(([name]) => withUnit || name !== 'unit');
const failed: string[] = [];
if (withUnit) await ensureUnitPackages();
for (const [name, command, ...args] of wanted) {
  const started = performance.now();
  const code = call(command, ...args);
  const seconds = ((performance.now() - started) / 1_000).toFixed(1);
  const verdict = code === 0 ? colours.green('ok') : colours.red('failed');
  console.log(`${name}: ${verdict} (${seconds} s)`);
  if (code !== 0) failed.push(name);
}
console.log(failed.length === 0 ? 'all checks passed' : `failed: ${failed.join(', ')}`);
process.exitCode = failed.length === 0 ? 0 : 1;
