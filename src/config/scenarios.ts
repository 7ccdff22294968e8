/** Loads the scenario modules; one that does not hold to the contract stops everything, by name. */
import { readdir } from 'node:fs/promises';
import { basename, extname } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { codeOf, describeThrown } from '../lib/thrown.ts';
import type { Scenario } from '../scenario/contract.ts';
import { scenarioSchema } from '../scenario/contract.ts';

/** Beside the compiled or the source tree, whichever this file itself is in. */
const BUILT_IN = new URL('../../scenarios/', import.meta.url);
const BUILT_IN_TYPES = [extname(import.meta.url)];
/** What Node itself can load. */
const OWN_TYPES = ['.js', '.mjs'];

/** A scenario module that cannot be used; the message names file, key and reason. */
export class ScenarioError extends Error {
  override readonly name = 'ScenarioError';
}

/** The built-in ones and those of a folder, by id, in order of the file names. Throws ScenarioError. */
export async function loadScenarios(ownFolder?: string): Promise<ReadonlyMap<string, Scenario>> {
  const builtIn = await loadFolder(BUILT_IN, BUILT_IN_TYPES);
  if (ownFolder === undefined) return builtIn;
  const own = await loadFolder(pathToFileURL(`${ownFolder}/`), OWN_TYPES);
  const taken = [...own.keys()].find((id) => builtIn.has(id));
  if (taken !== undefined) {
    throw new ScenarioError(`${ownFolder}: ${taken} is built in; choose another id and file name`);
  }
  return new Map([...builtIn, ...own]);
}

/** Throws ScenarioError. */
export async function loadFolder(
  folder: URL,
  types: readonly string[],
): Promise<ReadonlyMap<string, Scenario>> {
  const names = (await filesIn(folder)).filter(
    (name) => types.includes(extname(name)) && !name.endsWith('.d.ts'),
  );
  const scenarios = await Promise.all(
    names.sort().map((name) => loadScenario(new URL(name, folder))),
  );
  return new Map(scenarios.map((scenario) => [scenario.id, scenario]));
}

async function filesIn(folder: URL): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    const why = codeOf(error) ?? describeThrown(error);
    throw new ScenarioError(`${fileURLToPath(folder)}: cannot be read: ${why}`);
  }
}

async function loadScenario(url: URL): Promise<Scenario> {
  const file = fileURLToPath(url);
  const module = await load(url);
  const parsed = scenarioSchema.safeParse(module.default);
  if (!parsed.success) {
    const issues = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
    throw new ScenarioError(`${file}: ${issues.join('; ')}`);
  }
  const id = basename(file, extname(file));
  if (parsed.data.id !== id)
    throw new ScenarioError(`${file}: id: is not "${id}", the file's name`);
  // The module's own object: a parsed copy would lose what `run` may reach through `this`.
  return Object.freeze(module.default as Scenario);
}

async function load(url: URL): Promise<{ readonly default?: unknown }> {
  try {
    return (await import(url.href)) as { readonly default?: unknown };
  } catch (error) {
    throw new ScenarioError(`${fileURLToPath(url)}: does not load: ${describeThrown(error)}`);
  }
}
