/**
 * Compiles src/ and scenarios/ into a new dist/, writes the published JSON Schemas beside them, and makes
 * `npx orderwatch` work in the clone itself.
 */
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const at = (path) => fileURLToPath(new URL(`../../${path}`, import.meta.url));

// Beside the old one and then in its place: there is a command at every moment, also after a type error.
rmSync(at('dist.new'), { recursive: true, force: true });
const tsc = spawnSync(
  process.execPath,
  [at('node_modules/typescript/bin/tsc'), '-p', at('tsconfig.build.json'), '--outDir', 'dist.new'],
  { cwd: at(''), stdio: 'inherit' },
);
if (tsc.status !== 0) process.exit(tsc.status ?? 1);

const { publishedSchemas } = await import(at('dist.new/src/wire/schemas.js'));
mkdirSync(at('dist.new/schema'), { recursive: true });
for (const [name, schema] of Object.entries(publishedSchemas())) {
  const text = `${JSON.stringify(schema, null, 2)}\n`;
  writeFileSync(at(`dist.new/schema/${name}.schema.json`), text);
}
chmodSync(at('dist.new/src/cli/main.js'), 0o755);
rmSync(at('dist'), { recursive: true, force: true });
renameSync(at('dist.new'), at('dist'));

// npm links the commands of dependencies, not the package's own.
const link = at('node_modules/.bin/orderwatch');
rmSync(link, { force: true });
symlinkSync('../../dist/src/cli/main.js', link);
