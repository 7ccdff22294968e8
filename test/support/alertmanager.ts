/** A real Alertmanager on a free port, alone, with its data in a temporary folder. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from './ports.ts';

/** As the API v2 shows it; resolved ones are shown no more. */
export interface ShownAlert {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly startsAt: string;
  readonly endsAt: string;
  readonly receivers: readonly { readonly name: string }[];
  readonly status: {
    /** `suppressed` by a silence or an inhibition; `unprocessed` until it has been routed. */
    readonly state: 'active' | 'suppressed' | 'unprocessed';
    /** Fingerprints of alerts. */
    readonly inhibitedBy: readonly string[];
    readonly silencedBy: readonly string[];
  };
}

export interface Alertmanager extends AsyncDisposable {
  /** Without a slash at its end. */
  readonly url: string;
  readonly alerts: () => Promise<readonly ShownAlert[]>;
}

const READY_WITHIN_MS = 30_000;

/** `config` is the text of an `alertmanager.yml`. Rejects when it is not ready after half a minute. */
export async function startAlertmanager({
  config,
}: {
  readonly config: string;
}): Promise<Alertmanager> {
  const folder = await mkdtemp(join(tmpdir(), 'orderwatch-alertmanager-'));
  const file = join(folder, 'alertmanager.yml');
  await writeFile(file, config);
  const port = await freePort();
  const child = spawn(
    'prometheus-alertmanager',
    [
      `--config.file=${file}`,
      `--storage.path=${folder}/data`,
      `--web.listen-address=127.0.0.1:${port}`,
      // Nobody to share silences with, so no second port.
      '--cluster.listen-address=',
    ],
    { stdio: 'ignore' },
  );
  const ended = once(child, 'exit');
  const url = `http://127.0.0.1:${port}`;
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM');
    await ended;
    await rm(folder, { recursive: true });
  };
  const ready = await isReady(`${url}/-/ready`);
  if (!ready) {
    await stop();
    throw new Error('Alertmanager is not ready');
  }
  return {
    url,
    alerts: async () =>
      (await (await fetch(`${url}/api/v2/alerts`)).json()) as readonly ShownAlert[],
    [Symbol.asyncDispose]: stop,
  };
}

async function isReady(url: string): Promise<boolean> {
  const until = performance.now() + READY_WITHIN_MS;
  while (performance.now() < until) {
    const answer = await fetch(url).catch(() => undefined);
    if (answer?.ok === true) return true;
    await sleep(50);
  }
  return false;
}
