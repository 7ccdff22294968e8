/** What the runs of a long command came to, counted as they end. */
import type { RunReport } from '../domain/report.ts';
import { formatDuration } from '../lib/duration.ts';
import { colours, table } from './terminal.ts';

const KINDS = ['passed', 'failed', 'inconclusive', 'skipped'] as const;

interface Row {
  readonly counts: Record<(typeof KINDS)[number], number>;
  playedMs: number;
}

export class Tally {
  readonly #rows = new Map<string, Row>();

  add({ tenant, scenario, transport, outcome, durationMs }: RunReport): void {
    const key = `${tenant}|${scenario}|${transport}`;
    const row = this.#rows.get(key) ?? {
      counts: { passed: 0, failed: 0, inconclusive: 0, skipped: 0 },
      playedMs: 0,
    };
    this.#rows.set(key, row);
    row.counts[outcome.kind] += 1;
    if (outcome.kind !== 'skipped') row.playedMs += durationMs;
  }

  /** Empty when nothing was added. */
  text(): string {
    if (this.#rows.size === 0) return '';
    const rows = [...this.#rows].toSorted(([a], [b]) => (a < b ? -1 : 1));
    return table(
      ['tenant', 'scenario', 'transport', ...KINDS, 'mean duration'],
      rows.map(([key, { counts, playedMs }]) => {
        const played = counts.passed + counts.failed + counts.inconclusive;
        const mean = played === 0 ? '' : formatDuration(playedMs / played);
        return [...key.split('|'), ...KINDS.map((kind) => painted(kind, counts[kind])), mean];
      }),
    );
  }
}

function painted(kind: (typeof KINDS)[number], count: number): string {
  if (count === 0) return colours.dim('0');
  if (kind === 'passed') return colours.green(String(count));
  return kind === 'failed' ? colours.red(String(count)) : colours.yellow(String(count));
}
