/** `FILE STATE SCENARIO BOUNDARY SIGNAL`: plays a scenario once in the browser and sends itself a signal there. */
import { writeSync } from 'node:fs';
import { stopOnSignals } from '../../src/cli/stop.ts';
import type { OpenWeb } from '../../src/engine/ports.ts';
import { runAll, wantedRuns } from '../../src/tasks/run.ts';
import { compose } from '../../src/wire/compose.ts';

const [configFile = '', stateFolder = '', scenario = '', boundary = '', signal = ''] =
  process.argv.slice(2);

const reach = (name: string): void => {
  if (name !== boundary) return;
  // Written at once: after SIGKILL nothing is.
  writeSync(2, `stopping at ${boundary}\n`);
  process.kill(process.pid, signal);
};

const orderwatch = await compose({
  configFile,
  stateFolder,
  onStep: (_, step) => {
    reach(step);
  },
});
const { config, scenarios, engine } = orderwatch;

/** The compensation has no step: it begins when the browser has been left. */
const openWeb: OpenWeb = async (...args) => {
  const session = await engine.openWeb(...args);
  const close = async (): Promise<void> => {
    reach('leave the browser');
    await session.close();
    reach('compensate');
  };
  return { ...session, close };
};

const stop = stopOnSignals();
const wanted = wantedRuns({
  tenants: config.tenants,
  scenarios: [...scenarios.values()].filter(({ id }) => id === scenario),
  repeat: 1,
});
for await (const report of runAll(wanted, { ...engine, openWeb }, stop.signal)) {
  process.stdout.write(JSON.stringify(report));
}
stop.close();
await orderwatch.close();
