/** Our side: whole runs of order confirmation through the engine, in this process, in one state folder. */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { RunReport } from '../../src/domain/report.ts';
import type { Transport } from '../../src/domain/transport.ts';
import { execute } from '../../src/engine/execute.ts';
import { compose } from '../../src/wire/compose.ts';
import { labConfig } from '../support/lab.ts';
import type { BrowserSample } from './rounds.ts';
import { nextSlot, SCENARIO, type Subject } from './subject.ts';

export interface Ours {
  readonly play: (transport: Transport) => Promise<BrowserSample>;
  readonly close: () => Promise<void>;
}

/** A fresh state folder; what the first run learns of the tenant the later ones know. */
export async function openOurs(subject: Subject, url = subject.account.url): Promise<Ours> {
  const { file, folder } = await labConfig({
    tenants: [subject.tenant],
    tenant: () => ({ url, transports: ['rpc', 'browser'] }),
  });
  const { config, scenarios, engine, close } = await compose({
    configFile: file,
    stateFolder: join(folder, 'state'),
  });
  const [tenant] = config.tenants;
  const scenario = scenarios.get(SCENARIO);
  if (tenant === undefined || scenario === undefined) throw new Error('nothing to run');
  const never = new AbortController().signal;
  return {
    play: async (transport) => {
      const started = performance.now();
      const run = { tenant, scenario, transport, slot: nextSlot() };
      const report = await execute(run, engine, never);
      const totalMs = performance.now() - started;
      requireClean(report);
      return { totalMs, browserMs: browserMs(report) };
    },
    close: async () => {
      await close();
      await rm(folder, { recursive: true });
    },
  };
}

function requireClean({ outcome, compensation }: RunReport): void {
  if (outcome.kind === 'passed' && compensation.kind === 'clean') return;
  throw new Error(`our run did not pass: ${JSON.stringify({ outcome, compensation })}`);
}

/** From the new context until the order is confirmed. */
function browserMs({ steps }: RunReport): number {
  return steps
    .filter(({ name, transport }) => transport === 'browser' || name === 'open browser')
    .reduce((sum, { durationMs }) => sum + durationMs, 0);
}
