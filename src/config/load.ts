/** Loads a configuration: all files, all problems at once, or one validated value. */
import { dirname, resolve } from 'node:path';
import type { z } from 'zod';
import type { Tenant } from '../domain/tenant.ts';
import type { Secret } from '../lib/secret.ts';
import {
  type Complaint,
  compileLimits,
  compileTenant,
  duplicateComplaints,
  limitComplaints,
  type PlacedTenant,
} from './compile.ts';
import { configSchema, includedSchema, problem, type RawFleet, type RawTenant } from './schema.ts';
import { type Diagnostic, pathText, readSource, type Source } from './source.ts';

export interface Config {
  readonly fleet: { readonly name: string };
  readonly tenants: readonly Tenant[];
  /** Every secret read through this configuration's references so far. */
  readonly secrets: ReadonlySet<Secret>;
}

/** All that is wrong with a configuration; nothing of it is used. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly diagnostics: readonly Diagnostic[];

  constructor(diagnostics: readonly Diagnostic[]) {
    super(diagnostics.map(diagnosticText).join('\n'));
    this.diagnostics = diagnostics;
  }
}

function diagnosticText({ file, line, path, message, remedy }: Diagnostic): string {
  return `${file}:${line}: ${path === '' ? '' : `${path}: `}${message} (${remedy})`;
}

/** Throws ConfigError. References to secrets are checked for form only; reading them is for the run. */
export function loadConfig(file: string, env: NodeJS.ProcessEnv = process.env): Config {
  const main = readSource(resolve(file), env);
  const { value, diagnostics } = parse(main, configSchema);
  const includes = (value?.include ?? []).map((path) =>
    readSource(resolve(dirname(main.file), path), env),
  );
  const included = includes.map((source) => ({ source, ...parse(source, includedSchema) }));
  const tenants = [{ source: main, value }, ...included].flatMap(place);
  const known = new Set<Secret>();
  const all = [
    ...diagnostics,
    ...included.flatMap((file) => file.diagnostics),
    ...(value === undefined ? [] : lawsOf(main, value.fleet, tenants).map(toDiagnostic)),
  ];
  if (value === undefined || all.length > 0) throw new ConfigError(all);
  return {
    fleet: { name: value.fleet.name },
    tenants: tenants.map((placed) => compileTenant(placed, value.fleet, { env, known })),
    secrets: known,
  };
}

function parse<T>(
  source: Source,
  schema: z.ZodType<T>,
): { readonly value: T | undefined; readonly diagnostics: readonly Diagnostic[] } {
  if (source.value === undefined) return { value: undefined, diagnostics: source.diagnostics };
  const parsed = schema.safeParse(source.value, { error: plainMessage });
  if (parsed.success) return { value: parsed.data, diagnostics: source.diagnostics };
  const complaints = parsed.error.issues.map(({ code, path, message, ...issue }) => {
    const unknown = code === 'unrecognized_keys' && 'keys' in issue ? issue.keys.slice(0, 1) : [];
    return toDiagnostic({ source, path: [...path, ...unknown], message });
  });
  return { value: undefined, diagnostics: [...source.diagnostics, ...complaints] };
}

/** Words for what the schema itself leaves to the library. */
function plainMessage(issue: z.core.$ZodRawIssue): string {
  const missing = issue.input === undefined;
  if (issue.code === 'invalid_type') {
    return missing
      ? problem('is missing', `add it (a ${issue.expected})`)
      : problem(`is not a ${issue.expected}`, `write a ${issue.expected}`);
  }
  if (issue.code === 'invalid_value') {
    const choices = issue.values.map(String).join(', ');
    return missing
      ? problem('is missing', `add it: ${choices}`)
      : problem(`${JSON.stringify(issue.input)} is not allowed`, `choose: ${choices}`);
  }
  if (issue.code === 'invalid_union') {
    return problem('has no known level', 'choose: read-only, draft, reversible, full');
  }
  return problem(issue.message ?? issue.code, 'correct it');
}

function place({
  source,
  value,
}: {
  readonly source: Source;
  readonly value: { readonly tenants?: readonly RawTenant[] } | undefined;
}): readonly PlacedTenant[] {
  return (value?.tenants ?? []).map((raw, index) => ({ source, index, raw }));
}

function lawsOf(
  main: Source,
  fleet: RawFleet,
  tenants: readonly PlacedTenant[],
): readonly Complaint[] {
  const none = problem('no tenant at all', 'add one under tenants, or include a file that has one');
  const fleetWide = limitComplaints(compileLimits(fleet.limits));
  return [
    ...(tenants.length === 0 ? [{ source: main, path: ['tenants'], message: none }] : []),
    ...fleetWide.map((message) => ({ source: main, path: ['fleet', 'limits'], message })),
    ...tenants.flatMap(({ source, index, raw }) =>
      raw.limits === undefined
        ? []
        : limitComplaints(compileLimits(fleet.limits, raw.limits)).map((message) => ({
            source,
            path: ['tenants', index, 'limits'],
            message,
          })),
    ),
    ...duplicateComplaints(tenants),
  ];
}

function toDiagnostic({ source, path, message }: Complaint): Diagnostic {
  const [what = message, remedy = 'correct it'] = message.split('\n');
  const { file } = source;
  return { file, line: source.lineOf(path), path: pathText(path), message: what, remedy };
}
