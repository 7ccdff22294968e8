/** A real Prometheus that scrapes one page every second, evaluates rules and tells an Alertmanager. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { freePort } from './ports.ts';

export interface Prometheus extends AsyncDisposable {
  /** The samples that a query finds now: labels and value. */
  readonly query: (
    text: string,
  ) => Promise<readonly { readonly metric: Record<string, string>; readonly value: number }[]>;
}

/** What `promtool check metrics` says against a page; empty when it is fine. */
export function promtoolSays(page: string): string {
  const { status, stdout, stderr } = spawnSync('promtool', ['check', 'metrics'], { input: page });
  const said = `${String(stdout)}${String(stderr)}`.trim();
  return status === 0 ? said : `exit ${String(status)}: ${said}`;
}

export interface Scraping {
  /** The text of a rule file. */
  readonly rules?: string;
  /** The address of the Alertmanager that hears of the alerts. */
  readonly alertmanager?: string;
  /** Between scrapes, and between evaluations of the rules; 1 when absent. */
  readonly everySeconds?: number;
}

export async function scrape(url: string, options: Scraping = {}): Promise<Prometheus> {
  const folder = await mkdtemp(join(tmpdir(), 'orderwatch-prometheus-'));
  const file = join(folder, 'prometheus.yml');
  if (options.rules !== undefined) await writeFile(join(folder, 'rules.yml'), options.rules);
  await writeFile(file, stringify(configurationOf(url, options)));
  const port = await freePort();
  const child = spawn(
    'prometheus',
    [
      `--config.file=${file}`,
      `--storage.tsdb.path=${folder}/data`,
      `--web.listen-address=127.0.0.1:${port}`,
    ],
    { stdio: 'ignore' },
  );
  return {
    query: async (text) => {
      const at = `http://127.0.0.1:${port}/api/v1/query?query=${encodeURIComponent(text)}`;
      const answer = await fetch(at).catch(() => undefined);
      if (answer === undefined) return [];
      const { data } = (await answer.json()) as {
        data?: { result: readonly { metric: Record<string, string>; value: [number, string] }[] };
      };
      return (data?.result ?? []).map(({ metric, value }) => ({ metric, value: Number(value[1]) }));
    },
    [Symbol.asyncDispose]: async () => {
      child.kill('SIGTERM');
      await once(child, 'exit');
      await rm(folder, { recursive: true });
    },
  };
}

function configurationOf(
  url: string,
  { rules, alertmanager, everySeconds = 1 }: Scraping,
): unknown {
  const every = `${everySeconds}s`;
  const at = (address: string) => ({ static_configs: [{ targets: [new URL(address).host] }] });
  return {
    global: { scrape_interval: every, scrape_timeout: every, evaluation_interval: every },
    scrape_configs: [{ job_name: 'orderwatch', ...at(url) }],
    ...(rules === undefined ? {} : { rule_files: ['rules.yml'] }),
    ...(alertmanager === undefined ? {} : { alerting: { alertmanagers: [at(alertmanager)] } }),
  };
}
