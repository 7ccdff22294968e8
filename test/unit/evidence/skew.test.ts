import { describe, expect, it } from 'vitest';
import { clockSkewMs } from '../../../src/evidence/skew.ts';
import { systemClock } from '../../../src/lib/clock.ts';
import { freePort } from '../../support/ports.ts';
import { inTime } from '../../support/unit/looks.ts';
import { httpServer, rawServer } from '../../support/unit/server.ts';

const HOUR_MS = 3_600_000;

describe('the clock of a tenant', () => {
  it.each([0, HOUR_MS, -HOUR_MS])('is told that is %i ms ahead', async (aheadMs) => {
    const server = await httpServer((response) => {
      const date = new Date(systemClock.now() + aheadMs).toUTCString();
      response.writeHead(200, { date }).end();
    });
    const skew = await clockSkewMs(server.url, inTime());
    expect(Math.abs(skew! - aheadMs)).toBeLessThan(2_000);
    expect(server.paths).toEqual(['/web/health']);
  });

  it('is unknown without an answer, and without a date in it', async () => {
    const dateless = await rawServer((socket) => socket.end('HTTP/1.0 200 OK\r\n\r\n'));
    expect(await clockSkewMs(dateless.url, inTime())).toBeUndefined();
    expect(await clockSkewMs(`http://127.0.0.1:${await freePort()}`, inTime())).toBeUndefined();
    expect(await clockSkewMs('nonsense', inTime())).toBeUndefined();
  });
});
