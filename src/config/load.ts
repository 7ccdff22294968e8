/** Loads a configuration: all files, all problems at once, or one validated value. */
import { dirname, resolve } from 'node:path';
import type { z } from 'zod';
import { consentLevels } from '../domain/consent.ts';
import type { Tenant } from '../domain/tenant.ts';
import type { Secret } from '../lib/secret.ts';
import {
  type Complaint,
  compileArtifacts,
  compileLimits,
  compileTenant,
  duplicateComplaints,
  limitComplaints,
  type PlacedTenant,
} from './compile.ts';
import { configSchema, includedSchema, problem, type RawFleet, type RawTenant } from './schema.ts';
import { type Diagnostic, pathText, readSource, type Source } from './source.ts';

export interface Config {
  readonly fleet: {
    readonly name: string;
    readonly chromium?: string;
    /** How long and how much is kept of runs that did not pass. */
    readonly artifacts: { readonly maxAgeMs: number; readonly maxBytes: number };
  };
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
  const source = readSource(resolve(file), env);
  const main = { source, ...parse(source, configSchema) };
  const included = includesOf(source.value).map((path) => {
    const other = readSource(resolve(dirname(source.file), path), env);
    return { source: other, ...parse(other, includedSchema) };
  });
  const { value } = main;
  const tenants = [main, ...included].flatMap(place);
  const laws = [...lawsOf(source, value, tenants), ...duplicateComplaints(tenants)];
  const diagnostics = [
    ...[main, ...included].flatMap((one) => one.diagnostics),
    ...laws.map(toDiagnostic),
  ];
  if (value === undefined || diagnostics.length > 0) throw new ConfigError(inOrder(diagnostics));
  const known = new Set<Secret>();
  return {
    fleet: {
      name: value.fleet.name,
      artifacts: compileArtifacts(value.fleet.artifacts),
      ...(value.fleet.chromium === undefined ? {} : { chromium: value.fleet.chromium }),
    },
    tenants: tenants.map((placed) => compileTenant(placed, value.fleet, { env, known })),
    secrets: known,
  };
}

/** Also of a main file that is wrong elsewhere: all problems are wanted at once. */
function includesOf(value: unknown): readonly string[] {
  const { include } = (value ?? {}) as { readonly include?: unknown };
  return Array.isArray(include) ? include.filter((path) => typeof path === 'string') : [];
}

function inOrder(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  const files = [...new Set(diagnostics.map(({ file }) => file))];
  return files.flatMap((file) =>
    diagnostics.filter((one) => one.file === file).sort((a, b) => a.line - b.line),
  );
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
    const kind = KINDS[issue.expected] ?? issue.expected;
    return missing
      ? problem('is missing', `add it (a ${kind})`)
      : problem(`is not a ${kind}`, `write a ${kind}`);
  }
  if (issue.code === 'invalid_value') {
    const choices = [...new Set(issue.values.map(String))].join(', ');
    return missing
      ? problem('is missing', `add it: ${choices}`)
      : problem(`${JSON.stringify(issue.input)} is not allowed`, `choose: ${choices}`);
  }
  if (issue.code === 'invalid_union') {
    return problem('has no known level', `choose: ${consentLevels.join(', ')}`);
  }
  return problem(issue.message ?? issue.code, 'correct it');
}

/** What YAML calls them. */
const KINDS: Readonly<Record<string, string>> = { object: 'map', array: 'list', string: 'text' };

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
  value: { readonly fleet: RawFleet } | undefined,
  tenants: readonly PlacedTenant[],
): readonly Complaint[] {
  // Without a fleet nothing is known of the limits, and whether there are tenants is not yet the question.
  if (value === undefined) return [];
  const { fleet } = value;
  const none = problem('no tenant at all', 'add one under tenants, or include a file that has one');
  return [
    ...(tenants.length === 0 ? [{ source: main, path: ['tenants'], message: none }] : []),
    ...limitComplaints(compileLimits(fleet.limits)).map((message) => ({
      source: main,
      path: ['fleet', 'limits'],
      message,
    })),
    ...tenants.flatMap(({ source, index, raw }) =>
      raw.limits === undefined
        ? []
        : limitComplaints(compileLimits(fleet.limits, raw.limits)).map((message) => ({
            source,
            path: ['tenants', index, 'limits'],
            message,
          })),
    ),
  ];
}

function toDiagnostic({ source, path, message }: Complaint): Diagnostic {
  const [what = message, remedy = 'correct it'] = message.split('\n');
  const { file } = source;
  return { file, line: source.lineOf(path), path: pathText(path), message: what, remedy };
}
