// A process that takes and gives back one tenant's lease several times and notes when it held it.
// Arguments: state folder, file to append to, how often.
import { appendFileSync } from 'node:fs';

const [, , root, log, times] = process.argv;
const at = (path) => new URL(`../../../dist/src/${path}`, import.meta.url);
const { FolderLeases } = await import(at('store/leases.js'));
const { FolderRecords } = await import(at('store/folder.js'));
const { systemClock } = await import(at('lib/clock.js'));

const clock = { ...systemClock, sleep: (ms, signal) => systemClock.sleep(ms / 20, signal) };
const leases = new FolderLeases(new FolderRecords(root), clock);
for (let n = 0; n < Number(times); n += 1) {
  const lease = await leases.acquire('north', 60_000, new AbortController().signal);
  appendFileSync(log, `in ${lease.token}\n`);
  await systemClock.sleep(3);
  appendFileSync(log, `out ${lease.token}\n`);
  await lease.release();
}
