/** Odoo's search domains, as far as our searches use them, evaluated over plain records. */

export type Row = Record<string, unknown> & { id: number };
/** Follows `return_ids.state` and the like. */
export type Related = (row: Row, field: string) => readonly unknown[];

export function matches(row: Row, domain: readonly unknown[], related: Related): boolean {
  const terms = [...domain];
  // Prefix notation: what is left over after one term is and-ed to it.
  let all = true;
  while (terms.length > 0) all = evaluate(terms, row, related) && all;
  return all;
}

function evaluate(terms: unknown[], row: Row, related: Related): boolean {
  const term = terms.shift();
  if (term === '!') return !evaluate(terms, row, related);
  if (term === '|' || term === '&') {
    const left = evaluate(terms, row, related);
    const right = evaluate(terms, row, related);
    return term === '|' ? left || right : left && right;
  }
  const [field, operator, wanted] = term as [string, string, unknown];
  const seen = field.includes('.') ? related(row, field) : [plain(row[field])];
  return seen.some((value) => compare(value, operator, wanted));
}

/** A many2one compares by its id, a field that was never set is false. */
function plain(value: unknown): unknown {
  if (Array.isArray(value) && value.length === 2 && typeof value[1] === 'string') return value[0];
  return value ?? false;
}

function compare(value: unknown, operator: string, wanted: unknown): boolean {
  switch (operator) {
    case '=':
      return value === wanted;
    case '!=':
      return value !== wanted;
    case 'in':
      return (wanted as readonly unknown[]).includes(value);
    case 'not in':
      return !(wanted as readonly unknown[]).includes(value);
    case '>=':
      return String(value) >= String(wanted);
    case '=like':
      return typeof value === 'string' && likeText(String(wanted)).test(value);
    case 'like':
      return typeof value === 'string' && likeText(`%${String(wanted)}%`).test(value);
    default:
      throw new Error(`the fake Odoo knows no operator ${operator}`);
  }
}

function likeText(pattern: string): RegExp {
  const escaped = pattern.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`^${escaped.replaceAll('%', '.*').replaceAll('_', '.')}$`, 's');
}
