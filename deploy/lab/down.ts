// `down` stops everything and keeps the data where the clone can hold it; `reset` deletes it too.
// Both leave no process behind and prove it.
import { existsSync, rmSync } from 'node:fs';
import { LabFailure } from './failure.ts';
import {
  currentLab,
  INSIDE,
  isOutside,
  type Lab,
  readRecord,
  removeData,
  saveRecord,
} from './lab.ts';
import { line, step } from './output.ts';
import { CLONE, STATE } from './places.ts';
import { end, processesIn } from './processes.ts';
import { stopService } from './service.ts';
import { services } from './services.ts';

const PATIENCE_MS = 5000;

export async function down(): Promise<void> {
  const lab = await stopAll();
  if (lab === undefined || !isOutside(lab.data)) return;
  await step('data', async (say) => {
    removeData(lab.data);
    const { data, ...rest } = lab;
    await saveRecord(rest);
    say.done(`deleted ${data}, which was outside the clone; the next \`up\` makes it again`);
  });
}

export async function reset(): Promise<void> {
  const lab = await stopAll();
  await step('data', (say) => {
    if (lab !== undefined) removeData(lab.data);
    rmSync(STATE, { recursive: true, force: true });
    say.done(
      `deleted ${STATE}${lab === undefined || !isOutside(lab.data) ? '' : ` and ${lab.data}`}`,
    );
    return Promise.resolve();
  });
}

/** The lab that was stopped, if there is one. */
async function stopAll(): Promise<Lab | undefined> {
  const record = readRecord();
  if (record?.clone !== CLONE || record.data === undefined || !existsSync(record.data)) {
    line(`     no running data is known in ${STATE}`);
    await endAll(INSIDE);
    return undefined;
  }
  const lab = currentLab();
  for (const service of services(lab).toReversed()) {
    await step(service.name, async (say) => {
      say.done(await stopService(service));
    });
  }
  await endAll(lab.data);
  return lab;
}

const endAll = (data: string): Promise<void> =>
  step('processes', async (say) => {
    const left = (): number[] => processesIn(data);
    const found = left().length;
    if (!(await end(left, ['SIGTERM', 'SIGKILL'], PATIENCE_MS))) {
      throw new LabFailure(`processes do not end: ${left().join(', ')}`, {
        remedy: 'look at them with ps, then run the command again',
      });
    }
    say.done(found === 0 ? 'none is left' : `ended ${found} that were left`);
  });
