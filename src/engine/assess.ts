/** Asks a tenant, once, what a scenario needs of it: modules, fields, rights. */
import { Failed } from '../domain/failure.ts';
import type { Missing } from '../domain/readiness.ts';
import type { Tenant } from '../domain/tenant.ts';
import type { Needs } from '../scenario/index.ts';
import type { Access } from './access.ts';

/** The needs of a scenario in this tenant. */
export function needsIn({ edi }: Tenant, needs: Needs): Needs {
  const { modulesByChannel, ...all } = needs;
  const more = edi === undefined ? [] : (modulesByChannel?.[edi.channel.kind] ?? []);
  return more.length === 0 ? all : { ...all, modules: [...all.modules, ...more] };
}

/** Everything that is missing; empty when the scenario can run. Throws Failed when it cannot be asked. */
export async function assess(access: Access, needs: Needs): Promise<readonly Missing[]> {
  const modules = await missingModules(access, needs.modules);
  // Without its module a model has no fields to ask for.
  if (modules.length > 0) return modules;
  const missing: Missing[] = [];
  for (const [model, fields] of Object.entries(needs.fields)) {
    missing.push(...(await missingFields(access, model, fields)));
  }
  for (const [model, operations] of Object.entries(needs.access)) {
    for (const operation of operations) {
      const allowed = await access.ask(model, 'has_access', [[], operation]);
      if (allowed !== true) missing.push({ kind: 'right', what: `right ${operation} on ${model}` });
    }
  }
  return missing;
}

/** Tells which of these modules are installed. Throws Failed. */
export async function installedOf(
  access: Access,
  modules: readonly string[],
): Promise<(module: string) => boolean> {
  const missing = await missingModules(access, modules);
  return (module) => !missing.some(({ what }) => what.endsWith(` ${module}`));
}

async function missingModules(
  access: Access,
  wanted: readonly string[],
): Promise<readonly Missing[]> {
  const installed = await access.searchRead(
    'ir.module.module',
    [
      ['name', 'in', wanted],
      ['state', '=', 'installed'],
    ],
    { name: 'text' },
  );
  const names = new Set(installed.map(({ name }) => name));
  return wanted
    .filter((name) => !names.has(name))
    .map((name) => ({ kind: 'module', what: `module ${name}` }));
}

async function missingFields(
  access: Access,
  model: string,
  wanted: readonly string[],
): Promise<readonly Missing[]> {
  try {
    const answer = await access.ask(model, 'fields_get', [wanted], { attributes: ['type'] });
    const known = new Set(Object.keys(answer ?? {}));
    return wanted
      .filter((field) => !known.has(field))
      .map((field) => ({ kind: 'field', what: `field ${model}.${field}` }));
  } catch (error) {
    // Odoo refuses the whole question when the user may not see the model, or when there is none.
    if (error instanceof Failed && error.failure.code === 'odoo.access') {
      return [{ kind: 'right', what: `right read on ${model}` }];
    }
    if (error instanceof Failed && error.failure.code === 'odoo.refused') {
      return [{ kind: 'field', what: `model ${model}` }];
    }
    throw error;
  }
}
