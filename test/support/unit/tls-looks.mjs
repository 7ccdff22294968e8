// Looks at certificates in a process of its own, for Node reads NODE_EXTRA_CA_CERTS only when it starts. Reads a JSON
// list of { url, aheadMs } from its argument and prints a JSON list of what was seen.
const at = (path) => new URL(`../../../dist/src/${path}`, import.meta.url);
const { lookFromOutside } = await import(at('evidence/outside.js'));
const { systemClock } = await import(at('lib/clock.js'));

const seen = [];
for (const { url, aheadMs } of JSON.parse(process.argv[2])) {
  const clock = { ...systemClock, now: () => systemClock.now() + aheadMs };
  const options = { clock, timeoutMs: 5_000, signal: new AbortController().signal };
  const looks = await lookFromOutside({ url, database: 'north' }, options);
  seen.push(looks.filter(({ look }) => look === 'tls' || look === 'health'));
}
process.stdout.write(JSON.stringify(seen));
