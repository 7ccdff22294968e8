import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { scenarioFolder } from '../../../src/config/read.ts';
import { loadFolder, loadScenarios, ScenarioError } from '../../../src/config/scenarios.ts';
import { temporaryFolder } from '../../support/unit/folder.ts';

const good = (id: string): string =>
  `export default { sdk: 1, id: '${id}', title: 'T', revision: 1, rows: { rpc: 0 }, consent: 'draft', transports: ['rpc'],
  steps: ['a'], needs: { modules: [], fields: {}, access: {} }, async run() {} };`;

/** A folder of modules. */
function folderOf(files: Readonly<Record<string, string>>): URL {
  const folder = join(temporaryFolder(), 'scenarios');
  mkdirSync(folder);
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return pathToFileURL(`${folder}/`);
}

describe('the scenarios', () => {
  it('that are built in are loaded by id', async () => {
    const scenarios = await loadScenarios();
    expect(scenarios.has('order-confirmation')).toBe(true);
    for (const [id, scenario] of scenarios) expect(scenario.id).toBe(id);
  });

  it('cannot be changed once they are loaded', async () => {
    for (const scenario of (await loadScenarios()).values())
      expect(Object.isFrozen(scenario)).toBe(true);
  });

  it('come in the order of their names, from modules alone', async () => {
    const folder = folderOf({
      'b.ts': good('b'),
      'a.ts': good('a'),
      'notes.md': '#',
      'c.d.ts': 'x',
    });
    expect([...(await loadFolder(folder, ['.ts'])).keys()]).toEqual(['a', 'b']);
  });

  it.each([
    ['another id than its file', 'b.ts', good('a'), 'b.ts: id: is not "b", the file\'s name'],
    ['a key missing', 'a.ts', good('a').replace("title: 'T', ", ''), 'a.ts: title: '],
    ['a key that nobody knows', 'a.ts', good('a').replace('sdk: 1', 'sdk: 1, color: 1'), 'color'],
    ['no export', 'a.ts', 'export const x = 1;', 'a.ts: '],
  ])('that have %s stop everything, by name of the file', async (_, name, text, message) => {
    const loading = loadFolder(folderOf({ [name]: text }), ['.ts']);
    await expect(loading).rejects.toBeInstanceOf(ScenarioError);
    await expect(loading).rejects.toThrow(message);
  });

  it.each([
    ['throws as it is loaded', "throw new Error('no licence');", 'does not load: no licence'],
    ['is not even JavaScript', 'export default {', 'does not load: '],
  ])('one that %s stops everything, by name of the file', async (_, text, message) => {
    const loading = loadFolder(folderOf({ 'broken.ts': text }), ['.ts']);
    await expect(loading).rejects.toBeInstanceOf(ScenarioError);
    await expect(loading).rejects.toThrow('broken.ts');
    await expect(loading).rejects.toThrow(message);
  });
});

describe('the scenarios of a fleet itself', () => {
  it('come beside the built-in ones, from JavaScript alone', async () => {
    const folder = folderOf({ 'till.js': good('till'), 'a.mjs': good('a'), 'b.ts': good('b') });
    const scenarios = await loadScenarios(fileURLToPath(folder));
    expect([...scenarios.keys()].slice(-2)).toEqual(['a', 'till']);
    expect(scenarios.has('order-confirmation')).toBe(true);
    expect(scenarios.has('b')).toBe(false);
  });

  it('cannot take the place of a built-in one', async () => {
    const folder = fileURLToPath(folderOf({ 'login.js': good('login') }));
    await expect(loadScenarios(folder)).rejects.toThrow(/login is built in; choose another id/);
  });

  it('must be in a folder that is there', async () => {
    const loading = loadScenarios('/nowhere/scenarios');
    await expect(loading).rejects.toBeInstanceOf(ScenarioError);
    await expect(loading).rejects.toThrow('/nowhere/scenarios/: cannot be read: ENOENT');
  });

  it('are found where the configuration says, relative to it', () => {
    const folder = fileURLToPath(folderOf({ 'till.js': good('till') }));
    const file = join(dirname(folder.replace(/\/$/, '')), 'orderwatch.yaml');
    writeFileSync(file, 'fleet: { scenarios: ./scenarios }');
    // The rest of the file is missing, and that is all that is wrong.
    expect(scenarioFolder(file, {})).toBe(folder.replace(/\/$/, ''));
  });
});
