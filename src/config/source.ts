/** One YAML file as a value, with the line of everything in it and `${ENV}` references filled in. */
import { readFileSync } from 'node:fs';
import { type Document, isMap, isNode, isScalar, LineCounter, parseDocument, visit } from 'yaml';
import { codeOf } from '../lib/thrown.ts';

export interface Diagnostic {
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** For example `tenants[0].url`; empty for the whole file. */
  readonly path: string;
  readonly message: string;
  readonly remedy: string;
}

export interface Source {
  readonly file: string;
  readonly value: unknown;
  readonly diagnostics: readonly Diagnostic[];
  /** The line on which a path begins; for a key that is not there, the line of its map. */
  lineOf(path: readonly PropertyKey[]): number;
}

/** Never throws: a file that cannot be read or parsed is a diagnostic. */
export function readSource(file: string, env: NodeJS.ProcessEnv): Source {
  const lines = new LineCounter();
  const whole = (message: string, remedy: string, line = 1): Source => ({
    file,
    value: undefined,
    diagnostics: [{ file, line, path: '', message, remedy }],
    lineOf: () => line,
  });
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    return whole(
      `cannot be read: ${codeOf(error) ?? 'unknown error'}`,
      'check path and permissions',
    );
  }
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const [error] = document.errors;
  if (error !== undefined) {
    const { line } = lines.linePos(error.pos[0]);
    // What cron often begins with is a reference in YAML.
    const quotes = error.message.includes('alias')
      ? '; "*" at the start of a text needs quotes'
      : '';
    return whole(error.message, `correct the YAML${quotes}`, line);
  }
  const lineOf = (path: readonly PropertyKey[]): number => lineIn(document, lines, path);
  return {
    file,
    diagnostics: fillIn(document, file, env, lines),
    value: document.toJS() as unknown,
    lineOf,
  };
}

export function pathText(path: readonly PropertyKey[]): string {
  return path.reduce<string>(
    (text, key) =>
      typeof key === 'number'
        ? `${text}[${key}]`
        : text === ''
          ? String(key)
          : `${text}.${String(key)}`,
    '',
  );
}

function fillIn(
  document: Document,
  file: string,
  env: NodeJS.ProcessEnv,
  lines: LineCounter,
): readonly Diagnostic[] {
  const diagnostics: Diagnostic[] = [];
  visit(document, {
    Scalar: (_, node) => {
      if (typeof node.value !== 'string') return;
      node.value = node.value.replace(/\$\{(\w+)\}/g, (reference, name: string) => {
        const value = env[name];
        if (value !== undefined) return value;
        const { line } = lines.linePos(node.range?.[0] ?? 0);
        const message = `${reference} is not set in the environment`;
        diagnostics.push({
          file,
          line,
          path: '',
          message,
          remedy: `set ${name}, or write the value`,
        });
        return reference;
      });
    },
  });
  return diagnostics;
}

function lineIn(document: Document, lines: LineCounter, path: readonly PropertyKey[]): number {
  for (let length = path.length; length > 0; length -= 1) {
    const parent = document.getIn(path.slice(0, length - 1), true) ?? document.contents;
    const key = path[length - 1];
    const pair = isMap(parent)
      ? parent.items.find((item) => isScalar(item.key) && item.key.value === key)
      : undefined;
    const node = pair?.key ?? document.getIn(path.slice(0, length), true);
    if (isNode(node) && node.range != null) return lines.linePos(node.range[0]).line;
  }
  return 1;
}
