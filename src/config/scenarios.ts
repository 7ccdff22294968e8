/** Loads the scenario modules; one that does not hold to the contract stops everything, by name. */
import { readdir } from 'node:fs/promises';
import { basename, extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describeThrown } from '../lib/thrown.ts';
import type { Scenario } from '../scenario/contract.ts';
import { scenarioSchema } from '../scenario/contract.ts';

/** Beside the compiled or the source tree, whichever this file itself is in. */
const BUILT_IN = new URL('../../scenarios/', import.meta.url);

/** A scenario module that cannot be used; the message names file, key and reason. */
export class ScenarioError extends Error {
  override readonly name = 'ScenarioError';
}

/** By id, in order of the file names. Throws ScenarioError. */
export async function loadScenarios(folder = BUILT_IN): Promise<ReadonlyMap<string, Scenario>> {
  const extension = extname(import.meta.url);
  const names = (await readdir(folder)).filter(
    (name) => name.endsWith(extension) && !name.endsWith('.d.ts'),
  );
  const scenarios = await Promise.all(
    names.sort().map((name) => loadScenario(new URL(name, folder))),
  );
  return new Map(scenarios.map((scenario) => [scenario.id, scenario]));
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
