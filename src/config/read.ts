/** Reads all files of a configuration and judges their shape; faults are collected, never thrown. */
import { dirname, resolve } from 'node:path';
import type { z } from 'zod';
import type { Complaint, PlacedTenant } from './compile.ts';
import { configSchema, includedSchema, type RawFleet, type RawTenant } from './schema.ts';
import { type Diagnostic, pathText, readSource, type Source } from './source.ts';
import { problem } from './terms.ts';

/** What there is of a configuration, and all that is wrong with its shape. */
export interface Read {
  readonly main: Source;
  /** Absent when the main file is wrong. */
  readonly fleet?: RawFleet;
  /** Those of files that are right. */
  readonly tenants: readonly PlacedTenant[];
  /** Every file is right, so these are all tenants. */
  readonly complete: boolean;
  readonly diagnostics: readonly Diagnostic[];
}

export function readConfig(file: string, env: NodeJS.ProcessEnv): Read {
  const source = readSource(resolve(file), env);
  const main = { source, ...parse(source, configSchema) };
  const included = includesOf(source.value).map((path) => {
    const other = readSource(resolve(dirname(source.file), path), env);
    return { source: other, ...parse(other, includedSchema) };
  });
  const files = [main, ...included];
  return {
    main: source,
    ...(main.value === undefined ? {} : { fleet: main.value.fleet }),
    tenants: files.flatMap(place),
    complete: files.every(({ value }) => value !== undefined),
    diagnostics: files.flatMap(({ diagnostics }) => diagnostics),
  };
}

/** The folder of the fleet's own scenarios; undefined also where the file is wrong, which is said elsewhere. */
export function scenarioFolder(file: string, env: NodeJS.ProcessEnv): string | undefined {
  const source = readSource(resolve(file), env);
  const { fleet } = (source.value ?? {}) as { readonly fleet?: { readonly scenarios?: unknown } };
  const folder = fleet?.scenarios;
  return typeof folder === 'string' ? resolve(dirname(source.file), folder) : undefined;
}

export function toDiagnostic({ source, path, message }: Complaint): Diagnostic {
  const [what = message, remedy = 'correct it'] = message.split('\n');
  const { file } = source;
  return { file, line: source.lineOf(path), path: pathText(path), message: what, remedy };
}

/** Also of a main file that is wrong elsewhere: all problems are wanted at once. */
function includesOf(value: unknown): readonly string[] {
  const { include } = (value ?? {}) as { readonly include?: unknown };
  return Array.isArray(include) ? include.filter((path) => typeof path === 'string') : [];
}

function parse<T>(
  source: Source,
  schema: z.ZodType<T>,
): { readonly value: T | undefined; readonly diagnostics: readonly Diagnostic[] } {
  if (source.value === undefined) return { value: undefined, diagnostics: source.diagnostics };
  const parsed = schema.safeParse(source.value, { error: plainMessage });
  if (parsed.success) return { value: parsed.data, diagnostics: source.diagnostics };
  const complaints = parsed.error.issues.flatMap(meant).map((issue) => {
    const unknown = issue.code === 'unrecognized_keys' ? issue.keys.slice(0, 1) : [];
    return toDiagnostic({ source, path: [...issue.path, ...unknown], message: issue.message });
  });
  return { value: undefined, diagnostics: [...source.diagnostics, ...complaints] };
}

/** Of what may be a text or a map, what is wrong with the one that was written. */
function meant(issue: z.core.$ZodIssue): readonly z.core.$ZodIssue[] {
  if (issue.code !== 'invalid_union') return [issue];
  const [own, ...others] = issue.errors.filter(
    (all) => !all.some(({ code, path }) => code === 'invalid_type' && path.length === 0),
  );
  if (own === undefined || others.length > 0) return [issue];
  return own.map((inner) => ({ ...inner, path: [...issue.path, ...inner.path] })).flatMap(meant);
}

/** Words for what the schema itself leaves to the library. */
function plainMessage(issue: z.core.$ZodRawIssue): string {
  const missing = issue.input === undefined;
  if (issue.code === 'invalid_type') return typeMessage(issue.expected, missing);
  if (issue.code === 'invalid_value') {
    const choices = [...new Set(issue.values.map(String))].join(', ');
    return missing
      ? problem('is missing', `add it: ${choices}`)
      : problem(`${JSON.stringify(issue.input)} is not allowed`, `choose: ${choices}`);
  }
  // The name of an item, judged by its own schema, which knows the remedy.
  if (issue.code === 'invalid_key') return issue.issues[0]?.message ?? issue.code;
  return problem(issue.message ?? issue.code, 'correct it');
}

function typeMessage(expected: string, missing: boolean): string {
  const kind = KINDS[expected] ?? expected;
  return missing
    ? problem('is missing', `add it (a ${kind})`)
    : problem(`is not a ${kind}`, `write a ${kind}`);
}

/** What YAML calls them. */
const KINDS: Readonly<Record<string, string>> = {
  object: 'map',
  record: 'map',
  array: 'list',
  string: 'text',
};

function place({
  source,
  value,
}: {
  readonly source: Source;
  readonly value: { readonly tenants?: readonly RawTenant[] } | undefined;
}): readonly PlacedTenant[] {
  return (value?.tenants ?? []).map((raw, index) => ({ source, index, raw }));
}
