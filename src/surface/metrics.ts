/** The metrics page: samples, named by the catalogue, as Prometheus reads them. */
import { setImmediate as turn } from 'node:timers/promises';
import { Registry } from 'prom-client';
import { inSlices } from '../lib/slices.ts';
import { catalogue, type Metric, type MetricName } from './catalogue.ts';

export type Labels = Readonly<Record<string, string>>;

/** Cumulative counts of what was at most as long as each bound. */
export interface Buckets {
  readonly bounds: readonly number[];
  readonly buckets: readonly number[];
  readonly sum: number;
  readonly count: number;
}

export interface Sample {
  readonly name: MetricName;
  readonly labels: Labels;
  /** Buckets for a histogram, a number for everything else. */
  readonly value: number | Buckets;
}

/** Values that are written at once, in a few milliseconds. */
const AT_ONCE = 200;

/**
 * The page, and its content type. Families stand in the order of the catalogue; one without a sample is left out. Of a large
 * fleet it takes long, and is written in slices.
 */
export async function metricsPage(
  samples: Iterable<Sample>,
): Promise<{ readonly contentType: string; readonly text: string }> {
  const families = new Map<MetricName, Value[]>();
  await inSlices(samples, (sample) => {
    const values = families.get(sample.name) ?? [];
    families.set(sample.name, values);
    values.push(...valuesOf(sample));
  });
  const registry = new Registry();
  const parts: string[] = [];
  for (const name of Object.keys(catalogue) as MetricName[]) {
    const values = families.get(name);
    if (values === undefined) continue;
    const { help, type }: Metric = catalogue[name];
    for (let from = 0; from < values.length; from += AT_ONCE) {
      // Prom-client's own metrics count by themselves; ours were counted by a fold, so only its writing is used.
      const family = {
        name,
        help,
        type,
        values: values.slice(from, from + AT_ONCE),
        aggregator: 'sum',
      };
      registry.clear();
      registry.registerMetric({ name, get: () => Promise.resolve(family) } as never);
      const text = await registry.metrics();
      parts.push(from === 0 ? text : text.replace(/^(?:# .*\n)+/, ''));
      await turn();
    }
  }
  return { contentType: registry.contentType, text: parts.join('') };
}

interface Value {
  readonly metricName: string;
  readonly labels: Labels;
  readonly value: number;
}

function valuesOf({ name, labels, value }: Sample): readonly Value[] {
  const metric: Metric = catalogue[name];
  const unknown = Object.keys(labels).filter((label) => !metric.labels.includes(label));
  if (unknown.length > 0) throw new Error(`${name} has no label ${unknown.join(', ')}`);
  if (typeof value === 'number') return [{ metricName: name, labels, value }];
  const { bounds, buckets, sum, count } = value;
  const bucket = (le: string, held: number): Value => ({
    metricName: `${name}_bucket`,
    labels: { ...labels, le },
    value: held,
  });
  return [
    ...bounds.map((bound, index) => bucket(String(bound), buckets[index] ?? 0)),
    bucket('+Inf', count),
    { metricName: `${name}_sum`, labels, value: sum },
    { metricName: `${name}_count`, labels, value: count },
  ];
}
