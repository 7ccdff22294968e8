/** The metrics page: samples, named by the catalogue, as Prometheus reads them. */
import { setImmediate as turn } from 'node:timers/promises';
import { Registry } from 'prom-client';
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
 * fleet it takes seconds: it is written in slices, and others have their turn in between.
 */
export async function metricsPage(
  samples: Iterable<Sample>,
): Promise<{ readonly contentType: string; readonly text: string }> {
  const families = new Map<MetricName, Family>();
  for (const sample of samples) {
    const family = families.get(sample.name) ?? new Family(sample.name);
    families.set(sample.name, family);
    if (family.take(valuesOf(sample)) < AT_ONCE) continue;
    await family.write();
    await turn();
  }
  for (const family of families.values()) await family.write();
  const names = Object.keys(catalogue) as MetricName[];
  const text = names.map((name) => families.get(name)?.text ?? '').join('');
  return { contentType: Registry.PROMETHEUS_CONTENT_TYPE, text };
}

/** All samples of one name, as text as far as they are written. */
class Family {
  readonly #name: MetricName;
  readonly #registry = new Registry();
  #values: Value[] = [];
  text = '';

  constructor(name: MetricName) {
    this.#name = name;
  }

  /** Answers how many wait to be written. */
  take(values: readonly Value[]): number {
    this.#values.push(...values);
    return this.#values.length;
  }

  async write(): Promise<void> {
    const name = this.#name;
    const { help, type }: Metric = catalogue[name];
    // Prom-client's own metrics count by themselves; ours were counted by a fold, so only its writing is used.
    const family = { name, help, type, values: this.#values, aggregator: 'sum' };
    this.#registry.clear();
    this.#registry.registerMetric({ name, get: () => Promise.resolve(family) } as never);
    const text = await this.#registry.metrics();
    this.text += this.text === '' ? text : text.replace(/^(?:# .*\n)+/, '');
    this.#values = [];
  }
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
