/**
 * Compiles src/ and scenarios/ into a new dist/, writes the published JSON Schemas beside them, and makes
 * `npx orderwatch` work in the clone itself.
 */
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const at = (path) => fileURLToPath(new URL(`../../${path}`, import.meta.url));

rmSync(at('dist'), { recursive: true, force: true });
const tsc = spawnSync(
  process.execPath,
  [at('node_modules/typescript/bin/tsc'), '-p', at('tsconfig.build.json')],
  { stdio: 'inherit' },
);
if (tsc.status !== 0) process.exit(tsc.status ?? 1);

const { publishedSchemas } = await import(at('dist/src/wire/schemas.js'));
mkdirSync(at('dist/schema'), { recursive: true });
for (const [name, schema] of Object.entries(publishedSchemas())) {
  writeFileSync(at(`dist/schema/${name}.schema.json`), `${JSON.stringify(schema, null, 2)}\n`);
}

// npm links the commands of dependencies, not the package's own.
const link = at('node_modules/.bin/orderwatch');
rmSync(link, { force: true });
symlinkSync('../../dist/src/cli/main.js', link);
chmodSync(at('dist/src/cli/main.js'), 0o755);
