/** Journals, readiness and refusals in the state folder. */
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Failed } from '../../../src/domain/failure.ts';
import { type Mark, type RunId, scenarioId, tenantId } from '../../../src/domain/ids.ts';
import { judge } from '../../../src/domain/readiness.ts';
import type { JournalEntry } from '../../../src/engine/ports.ts';
import { Secret } from '../../../src/lib/secret.ts';
import { FolderRecords } from '../../../src/store/folder.ts';
import { KeptJournals } from '../../../src/store/journals.ts';
import { KeptReadiness } from '../../../src/store/readiness.ts';
import { KeptRefusals } from '../../../src/store/refusals.ts';
import { temporaryFolder } from '../../support/unit/folder.ts';

const north = tenantId('north');
const order = scenarioId('order');
const needs = { modules: ['sale'], fields: {}, access: {} };

const entryOf = (tenant: string, n: number): JournalEntry => {
  const runId = `SYN~${tenant}~order~rpc~20260701T100000000Z-${n}` as RunId;
  return {
    runId,
    tenant: tenantId(tenant),
    mark: `${runId}~1782900090` as Mark,
    deadlineMs: 1,
    plans: [],
  };
};

describe('journals', () => {
  it('are there from their opening until they are closed, with what was planned', async () => {
    const journals = new KeptJournals(new FolderRecords(temporaryFolder()));
    const entry = entryOf('north', 1);
    await journals.open(entry);
    expect(await journals.ofTenant(north)).toEqual([entry]);
    await journals.update({ ...entry, plans: ['sale.order'] });
    expect(await journals.ofTenant(north)).toEqual([{ ...entry, plans: ['sale.order'] }]);
    await journals.close(entry.runId);
    expect(await journals.ofTenant(north)).toEqual([]);
  });

  it('outlive the process that wrote them', async () => {
    const root = temporaryFolder();
    await new KeptJournals(new FolderRecords(root)).open(entryOf('north', 1));
    expect(await new KeptJournals(new FolderRecords(root)).ofTenant(north)).toHaveLength(1);
  });

  it('refuse to be opened twice for one run', async () => {
    const journals = new KeptJournals(new FolderRecords(temporaryFolder()));
    await journals.open(entryOf('north', 1));
    await expect(journals.open(entryOf('north', 1))).rejects.toMatchObject({
      failure: { code: 'run.duplicate', blame: 'fleet' },
    });
  });

  it('opened twice at the same moment let one in only', async () => {
    const root = temporaryFolder();
    const both = [1, 2].map(() =>
      new KeptJournals(new FolderRecords(root)).open(entryOf('north', 1)),
    );
    const ended = await Promise.allSettled(both);
    expect(ended.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
  });

  it('are of one tenant, also when another’s name begins alike', async () => {
    const journals = new KeptJournals(new FolderRecords(temporaryFolder()));
    await journals.open(entryOf('north', 1));
    await journals.open(entryOf('north-2', 1));
    expect((await journals.ofTenant(north)).map(({ tenant }) => tenant)).toEqual(['north']);
  });

  it('that nobody can read are passed over', async () => {
    const root = temporaryFolder();
    const journals = new KeptJournals(new FolderRecords(root));
    await journals.open(entryOf('north', 1));
    const folder = join(root, 'journals');
    writeFileSync(join(folder, 'SYN~north~order~rpc~x.json'), '{"half":');
    writeFileSync(join(folder, 'SYN~north~order~rpc~y.json'), '{"v":99}');
    writeFileSync(join(folder, 'SYN~north~order~rpc~z.txt'), '{}');
    expect(await journals.ofTenant(north)).toEqual([entryOf('north', 1)]);
  });

  it('may be closed twice', async () => {
    const journals = new KeptJournals(new FolderRecords(temporaryFolder()));
    await journals.close(entryOf('north', 1).runId);
    await expect(journals.close(entryOf('north', 1).runId)).resolves.toBeUndefined();
  });
});

describe('readiness', () => {
  it('is what was put, and unknown before', async () => {
    const records = new KeptReadiness(new FolderRecords(temporaryFolder()));
    expect(await records.get(north, order)).toBeUndefined();
    const ready = judge(undefined, needs, [{ kind: 'module', what: 'module sale' }]);
    await records.put(north, order, ready);
    expect(await records.get(north, order)).toEqual(ready);
    expect(await records.get(tenantId('south'), order)).toBeUndefined();
  });

  it('is unknown when it was kept in another form', async () => {
    const root = temporaryFolder();
    mkdirSync(join(root, 'readiness', 'north'), { recursive: true });
    writeFileSync(join(root, 'readiness', 'north', 'order.json'), '{"v":2}');
    expect(await new KeptReadiness(new FolderRecords(root)).get(north, order)).toBeUndefined();
  });
});

describe('refusals', () => {
  const wrong = new Secret('correct horse battery staple');

  it('stop a secret after two in a row, and that secret only', async () => {
    const refusals = new KeptRefusals(new FolderRecords(temporaryFolder()), 'refusals');
    await refusals.add(north, wrong);
    expect(await refusals.isStopped(north, wrong)).toBe(false);
    await refusals.add(north, wrong);
    expect(await refusals.isStopped(north, wrong)).toBe(true);
    expect(await refusals.isStopped(north, new Secret('another'))).toBe(false);
    expect(await refusals.isStopped(tenantId('south'), wrong)).toBe(false);
  });

  it('of a replaced secret are counted anew', async () => {
    const refusals = new KeptRefusals(new FolderRecords(temporaryFolder()), 'refusals');
    await refusals.add(north, wrong);
    await refusals.add(north, new Secret('another'));
    expect(await refusals.isStopped(north, new Secret('another'))).toBe(false);
    expect(await refusals.isStopped(north, wrong)).toBe(false);
  });

  it('are forgotten when they are cleared', async () => {
    const refusals = new KeptRefusals(new FolderRecords(temporaryFolder()), 'refusals');
    await refusals.add(north, wrong);
    await refusals.add(north, wrong);
    await refusals.clear(north);
    expect(await refusals.isStopped(north, wrong)).toBe(false);
  });

  it('keep nothing of the secret that could be read or looked up', async () => {
    const folders = [temporaryFolder(), temporaryFolder()];
    const kept = folders.map(async (root) => {
      await new KeptRefusals(new FolderRecords(root), 'refusals').add(north, wrong);
      return readFileSync(join(root, 'refusals', 'north.json'), 'utf8');
    });
    const [one = '', two = ''] = await Promise.all(kept);
    for (const form of [
      wrong.reveal(),
      encodeURIComponent(wrong.reveal()),
      Buffer.from(wrong.reveal()).toString('base64'),
      Buffer.from(wrong.reveal()).toString('hex'),
    ]) {
      expect(one).not.toContain(form);
    }
    expect(one).not.toBe(two);
  });
});

describe('the state folder', () => {
  it('is its owner’s alone', async () => {
    const root = join(temporaryFolder(), 'state');
    await new KeptJournals(new FolderRecords(root)).open(entryOf('north', 1));
    expect(statSync(root).mode & 0o777).toBe(0o700);
    const [file = ''] = readdirSync(join(root, 'journals'));
    expect(statSync(join(root, 'journals', file)).mode & 0o777).toBe(0o600);
  });

  // What cannot be written is made by a file in the place of a folder: it holds for root too.
  const blocked = (): FolderRecords => {
    const root = join(temporaryFolder(), 'state');
    writeFileSync(root, '');
    return new FolderRecords(root);
  };

  it.each<[string, () => Promise<unknown>]>([
    ['a journal', () => new KeptJournals(blocked()).open(entryOf('north', 1))],
    ['the journals of a tenant', () => new KeptJournals(blocked()).ofTenant(north)],
    ['readiness', () => new KeptReadiness(blocked()).get(north, order)],
    ['refusals', () => new KeptRefusals(blocked(), 'refusals').add(north, new Secret('x'))],
  ])('that cannot be used is our own failure, with its path: %s', async (_, work) => {
    const error = await work().catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(Failed);
    expect((error as Failed).failure).toMatchObject({ code: 'state.unusable', blame: 'fleet' });
    expect((error as Failed).message).toMatch(/^state folder: \/.*: (?:ENOTDIR|EEXIST)$/);
  });
});
