/** What of a tenant's synthetic company stays for good, counted. */
import type { Access } from '../../engine/access.ts';
import type { Domain } from '../../scenario/index.ts';

interface Kind {
  readonly model: string;
  /** How all of them are where none is `open`. */
  readonly ended: string;
  readonly open: Domain;
}

const MOVED = {
  ended: 'done or cancelled',
  open: [['state', 'not in', ['done', 'cancel']]],
} as const;

const DOCUMENTS: readonly Kind[] = [
  { model: 'sale.order', ended: 'cancelled', open: [['state', '!=', 'cancel']] },
  { model: 'stock.picking', ...MOVED },
  { model: 'stock.move', ...MOVED },
  // Invoices, credit notes and every other entry in the books.
  { model: 'account.move', ended: 'posted or cancelled', open: [['state', '=', 'draft']] },
];
const SETTINGS = ['ir.sequence', 'account.journal'] as const;

/** A line for each model of which the company has any record. */
export async function historyOf(access: Access, companyId: number): Promise<readonly string[]> {
  const count = (model: string, more: Domain = []): Promise<number> =>
    access.count(model, [['company_id', '=', companyId], ...more]);
  const lines: string[] = [];
  for (const { model, ended, open } of DOCUMENTS) {
    const all = await count(model);
    if (all === 0) continue;
    const left = await count(model, open);
    lines.push(`${written(all)} ${model}, ${left === 0 ? `all ${ended}` : `${left} open`}`);
  }
  for (const model of SETTINGS) {
    const all = await count(model);
    if (all > 0) lines.push(`${written(all)} ${model}`);
  }
  const [company] = await access.read('res.company', [companyId], { chart_template: 'text' });
  const chart = company?.chart_template;
  return chart === undefined ? lines : [...lines, `chart of accounts ${chart}`];
}

const written = (count: number): string => count.toLocaleString('en-US');
