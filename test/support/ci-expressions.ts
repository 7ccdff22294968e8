/** The expressions of GitHub's files that deploy/ci uses, evaluated; whatever else there is fails the test. */

/** By the first name of a path: `inputs`, `steps`, `github`, `secrets`. */
export type Context = Readonly<Record<string, unknown>>;

/** Replaces `${{ ... }}` in a value. */
export function filled(value: string, context: Context): string {
  return value.replace(/\$\{\{(.*?)\}\}/gs, (_, expression: string) =>
    String(evaluate(expression, context)),
  );
}

/** Whether a step is played, where `failed` says that one before it was not a success. */
export function holds(condition: string | undefined, context: Context, failed: boolean): boolean {
  if (condition === undefined) return !failed;
  const [, inner = condition] = /^\$\{\{(.*)\}\}$/s.exec(condition.trim()) ?? [];
  const terms = inner.split('&&').map((term) => term.trim());
  const always = terms.includes('always()');
  if (!always && failed) return false;
  return terms.filter((term) => term !== 'always()').every((term) => equal(term, context));
}

function equal(term: string, context: Context): boolean {
  const [, left, right] = /^(\S+) == (\S+)$/.exec(term) ?? [];
  if (left === undefined || right === undefined) throw new Error(`unknown condition: ${term}`);
  return evaluate(left, context) === evaluate(right, context);
}

function evaluate(expression: string, context: Context): string | number | boolean {
  const term = expression.trim();
  const [, literal] = /^'([^']*)'$/.exec(term) ?? [];
  if (literal !== undefined) return literal;
  if (!/^[a-z]+(\.[\w-]+)+$/i.test(term)) throw new Error(`unknown expression: ${term}`);
  let value: unknown = context;
  for (const name of term.split('.')) {
    if (typeof value !== 'object' || value === null || !(name in value)) {
      // An output that was not written is empty; everything else has to be known.
      if (/^steps\.[\w-]+\.outputs\.[\w-]+$/.test(term)) return '';
      throw new Error(`nothing is known of ${term}`);
    }
    value = (value as Context)[name];
  }
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') {
    return value;
  }
  throw new Error(`no value: ${term}`);
}
