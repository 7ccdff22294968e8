// The template as files: a database dump and an archive of its file store, which any lab of this
// machine turns into a database of its own in seconds.
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { copyFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Lab } from './lab.ts';
import { dataDir } from './odoo.ts';
import { stepLog } from './places.ts';
import { binaries, PG_ODOO, PG_PORT, psql, socketFolder } from './postgres.ts';
import { runAsLab } from './run.ts';

/** Makes a database and its file store from the cached template. */
export async function restoreTemplate(lab: Lab, cached: string, name: string): Promise<void> {
  await dropDatabase(lab, name);
  await psql(lab, 'postgres', `create database ${name} owner ${PG_ODOO} template template0`);
  await runAsLab(
    lab.data,
    [
      ...[join(binaries(), 'pg_restore'), '-h', socketFolder(lab), '-p', String(PG_PORT)],
      ...['-U', PG_ODOO, '--no-owner', '--no-comments', '--exit-on-error', '-j2', '-d', name],
      join(cached, 'database.dump'),
    ],
    { log: stepLog('databases') },
  );
  const files = filestore(lab, name);
  await runAsLab(lab.data, ['mkdir', '-p', files]);
  await runAsLab(lab.data, ['tar', '-C', files, '-xf', join(cached, 'filestore.tar')]);
}

export async function dropDatabase(lab: Lab, name: string): Promise<void> {
  await psql(lab, 'postgres', `drop database if exists ${name} with (force)`);
  await runAsLab(lab.data, ['rm', '-rf', filestore(lab, name)]);
}

export const filestore = (lab: Lab, name: string): string => join(dataDir(lab), 'filestore', name);

/** Written aside and renamed, so that other labs see all of it or nothing. */
export async function keepTemplate(
  lab: Lab,
  name: string,
  { cached, about }: { readonly cached: string; readonly about: object },
): Promise<void> {
  const folder = dirname(cached);
  mkdirSync(folder, { recursive: true });
  for (const left of readdirSync(folder)) {
    if (left.startsWith('.')) rmSync(join(folder, left), { recursive: true });
  }
  const dump = join(lab.data, 'run/database.dump');
  const tar = join(lab.data, 'run/filestore.tar');
  await runAsLab(lab.data, [
    ...[join(binaries(), 'pg_dump'), '-h', socketFolder(lab), '-p', String(PG_PORT)],
    ...['-U', PG_ODOO, '-Fc', '-Z1', '-d', name, '-f', dump],
  ]);
  await runAsLab(lab.data, ['tar', '-C', filestore(lab, name), '-cf', tar, '.']);
  const making = mkdtempSync(join(folder, '.making-'));
  for (const file of [dump, tar]) {
    await copyFile(file, join(making, basename(file)));
    rmSync(file);
  }
  writeFileSync(join(making, 'about.json'), `${JSON.stringify(about, null, 2)}\n`);
  chmodSync(making, 0o755);
  for (const file of readdirSync(making)) chmodSync(join(making, file), 0o644);
  renameSync(making, cached);
}
