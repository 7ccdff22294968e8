/**
 * Where every npm script begins, with Node alone: installs the dependencies and builds when they are
 * missing or older than their sources, then runs deploy/dev/NAME.ts.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));
const [name, ...args] = process.argv.slice(2);

const at = (...parts) => join(root, ...parts);
const ageOf = (file) => (existsSync(file) ? statSync(file).mtimeMs : 0);

function run(command, ...words) {
  const { status, signal } = spawnSync(command, words, { cwd: root, stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? (signal === 'SIGINT' ? 130 : 1));
}

function newestIn(folder) {
  return Math.max(
    0,
    ...readdirSync(folder, { recursive: true }).map((file) => ageOf(join(folder, file))),
  );
}

if (ageOf(at('node_modules', '.package-lock.json')) < ageOf(at('package-lock.json'))) {
  console.log('installing dependencies (npm ci)');
  // The build is the next step here, so npm need not do it too.
  run('npm', 'ci', '--ignore-scripts', '--no-fund', '--no-audit', '--loglevel=error');
}
const sources = Math.max(newestIn(at('src')), newestIn(at('scenarios')));
if (ageOf(at('dist', 'schema', 'config.schema.json')) < sources) {
  console.log('building');
  run(process.execPath, at('deploy', 'dev', 'build.mjs'));
}
// Signals reach the child itself: it shares our terminal and decides how to end.
process.on('SIGINT', () => undefined);
run(
  process.execPath,
  '--import',
  'tsx',
  at('deploy', ...(name === 'lab' ? ['lab', 'main.ts'] : ['dev', `${name}.ts`])),
  ...args,
);
