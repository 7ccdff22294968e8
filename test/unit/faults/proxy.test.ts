import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type FaultProxy, faultProxy } from '../../faults/proxy.ts';

let proxy: FaultProxy;
let target: string;
const server = createServer((request, response) => {
  response.writeHead(203, { 'content-type': 'text/xml' }).end(`<a>${request.headers.host}</a>`);
});

beforeEach(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  target = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  proxy = await faultProxy(target);
});
afterEach(async () => {
  await proxy.close();
  await new Promise((resolve) => server.close(resolve));
});

const ask = (): Promise<Response> =>
  fetch(`${proxy.url}/web/login?x=1`, { signal: AbortSignal.timeout(1_500) });

it('lets through what the tenant answers, which sees its own name, and says each call before', async () => {
  const calls: string[] = [];
  proxy.turn({ kind: 'through', before: (call) => calls.push(call) });
  const answer = await ask();
  expect([answer.status, await answer.text()]).toEqual([203, `<a>${target.slice(7)}</a>`]);
  expect(calls).toEqual(['/web/login']);
});

it('goes elsewhere', async () => {
  const other = await faultProxy('http://127.0.0.1:9', { way: { kind: 'html' } });
  proxy.turn({ kind: 'elsewhere', target: other.url });
  expect((await ask()).status).toBe(200);
  await other.close();
});

it('resets, also what is open already', async () => {
  await (await ask()).text();
  proxy.turn({ kind: 'reset' });
  await expect(ask()).rejects.toThrow('fetch failed');
});

it('says nothing', async () => {
  proxy.turn({ kind: 'silent' });
  await expect(ask()).rejects.toThrow(/timeout/i);
});

it('answers a byte after the other', async () => {
  proxy.turn({ kind: 'trickle' });
  const answer = await ask();
  const [first] = await someOf(answer, 1);
  expect([answer.status, first]).toEqual([203, '<'.charCodeAt(0)]);
});

it('answers without end', async () => {
  proxy.turn({ kind: 'endless' });
  expect((await someOf(await ask(), 1_000_000)).length).toBeGreaterThanOrEqual(1_000_000);
});

/** The first bytes of an answer, so many at least. */
async function someOf({ body }: Response, least: number): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  for await (const part of body as unknown as AsyncIterable<Uint8Array>) {
    parts.push(part);
    if (Buffer.concat(parts).length >= least) break;
  }
  return Buffer.concat(parts);
}
