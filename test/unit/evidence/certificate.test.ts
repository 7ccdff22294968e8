import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Observation } from '../../../src/domain/evidence.ts';
import { certificateOf } from '../../../src/evidence/certificate.ts';
import { systemClock } from '../../../src/lib/clock.ts';
import { freePort } from '../../support/ports.ts';
import { type Authority, authority } from '../../support/unit/certificates.ts';
import { requireDist } from '../../support/unit/cli.ts';
import { inTime, outside, theOne } from '../../support/unit/looks.ts';
import { rawServer } from '../../support/unit/server.ts';

const LOOKS = fileURLToPath(new URL('../../support/unit/tls-looks.mjs', import.meta.url));
const DAY_MS = 86_400_000;
const HERE = 'IP:127.0.0.1';

let own: Authority;
const urls = { good: '', ending: '', ended: '', other: '' };

beforeAll(async () => {
  own = authority();
  urls.good = await own.serve(HERE, 100);
  urls.ending = await own.serve(HERE, 5);
  urls.ended = await own.serve(HERE, -1);
  urls.other = await own.serve('DNS:other.example', 100);
});

describe('a certificate of an authority that this process was told to trust', () => {
  it('is judged by its dates and its name', async () => {
    requireDist();
    const day = (url: string, days: number) => ({ url, aheadMs: days * DAY_MS });
    const looks = await trusting(own.file, [
      day(urls.good, 0),
      day(urls.ending, 0),
      day(urls.ended, 0),
      day(urls.other, 0),
      day(urls.good, -1),
      day(urls.good, 90),
      day(urls.good, 101),
    ]);
    expect(looks.map(([tls]) => tls?.seen)).toEqual([
      'ok',
      'expiring',
      'expired',
      'wrong-name',
      'not-yet-valid',
      'expiring',
      'expired',
    ]);
    expect(looks[0]?.[0]?.detail).toBe('chain of 2, 99 days left, CN=lab server');
    expect(looks[2]?.[0]?.detail).toBe(
      'chain of 2, over for 1 days, CERT_HAS_EXPIRED, CN=lab server',
    );
    // Whatever the certificate is, the page behind it is looked at.
    expect(looks.map(([, health]) => health?.seen)).toEqual(looks.map(() => 'ok'));
  });
});

describe('a certificate', () => {
  it('of an authority that nobody knows is untrusted', async () => {
    const tls = theOne(await outside(urls.good), 'tls');
    expect(tls?.seen).toBe('untrusted');
    expect(tls?.detail).toMatch(/^chain of \d, 99 days left, UNABLE_TO_[A-Z_]+, CN=lab server$/);
  });

  it('is not had where the other side speaks no TLS, ends it or says nothing', async () => {
    const plain = await rawServer((socket) => socket.end('HTTP/1.0 400 Bad Request\r\n\r\n'));
    const rude = await rawServer((socket) => {
      socket.once('data', () => socket.resetAndDestroy());
    });
    const silent = await rawServer(() => undefined);
    for (const { port } of [plain, rude, silent]) {
      const looks = await outside(`https://127.0.0.1:${port}`, inTime(800));
      expect(theOne(looks, 'connect')?.seen).toBe('ok');
      expect(theOne(looks, 'tls')?.seen).toBe('failed');
    }
  });
});

describe('the end of a certificate', () => {
  it('is told also when it is not trusted or over', async () => {
    const days = async (url: string): Promise<number> => {
      const { expiresMs } = (await certificateOf(url, inTime()))!;
      return Math.round((expiresMs - systemClock.now()) / DAY_MS);
    };
    expect(await days(urls.good)).toBe(100);
    expect(await days(urls.ended)).toBe(-1);
  });

  it('is unknown without one', async () => {
    const silent = await rawServer(() => undefined);
    expect(await certificateOf('http://127.0.0.1:1', inTime())).toBeUndefined();
    expect(await certificateOf('nonsense', inTime())).toBeUndefined();
    expect(await certificateOf(`https://127.0.0.1:${await freePort()}`, inTime())).toBeUndefined();
    const late = certificateOf(`https://127.0.0.1:${silent.port}`, inTime(200));
    expect(await late).toBeUndefined();
  });
});

/** `tls` and `health` of each, by a process that trusts the authority. */
async function trusting(
  file: string,
  asked: readonly { readonly url: string; readonly aheadMs: number }[],
): Promise<readonly (readonly Observation[])[]> {
  const child = spawn(process.execPath, [LOOKS, JSON.stringify(asked)], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, NODE_EXTRA_CA_CERTS: file },
  });
  return JSON.parse(await text(child.stdout)) as readonly (readonly Observation[])[];
}
