/** The SFTP channel against a real OpenSSH server, with every fault that such a server can have. */
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openChannel } from '../../src/channel/open.ts';
import type { SftpChannel } from '../../src/domain/edi-channel.ts';
import { Failed } from '../../src/domain/failure.ts';
import type { Channel } from '../../src/engine/ports.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { Secret } from '../../src/lib/secret.ts';
import { freePort } from '../support/ports.ts';
import { type Sshd, startSshd } from '../support/sshd.ts';
import { type OwnTemp, ownTemp } from '../support/temp.ts';

const PASSWORD = 'correct horse battery';
const ORDER = Buffer.from('ISA*00*          ~');
const options = { timeoutMs: 5_000, signal: new AbortController().signal };

let temp: OwnTemp;
let sshd: Sshd;
let opened: Channel[];

beforeEach(async () => {
  temp = await ownTemp();
  sshd = await startSshd(temp.folder, PASSWORD);
  opened = [];
});

afterEach(async () => {
  for (const channel of opened) await channel.close();
  await sshd.stop();
  await temp.remove();
});

function channelTo(change: Partial<SftpChannel> = {}): Channel {
  const channel = openChannel(
    {
      kind: 'sftp',
      host: '127.0.0.1',
      port: sshd.port,
      login: sshd.login,
      credential: secretOf('password', PASSWORD),
      hostKey: sshd.hostKey,
      in: sshd.in,
      out: sshd.out,
      ...change,
    },
    systemClock,
  );
  opened.push(channel);
  return channel;
}

const secretOf = (kind: 'password' | 'privateKey', text: string): SftpChannel['credential'] => ({
  kind,
  secret: { name: `env:${kind}`, read: () => Promise.resolve(new Secret(text)) },
});

async function failureOf(work: Promise<unknown>): Promise<object> {
  try {
    await work;
  } catch (error) {
    if (error instanceof Failed) return { ...error.failure, fate: error.fate };
    throw error;
  }
  throw new Error('it did not fail');
}

describe('an SFTP server', () => {
  it('takes files whole, lists them by name, hands them out and lets them go', async () => {
    const channel = channelTo();
    await Promise.all([
      channel.drop('b.edi', ORDER, options),
      channel.drop('a.edi', new Uint8Array(), options),
    ]);
    const listed = await channel.list('in', options);
    expect(listed).toEqual([
      { name: 'a.edi', bytes: 0, modifiedMs: expect.any(Number) as number },
      { name: 'b.edi', bytes: ORDER.length, modifiedMs: expect.any(Number) as number },
    ]);
    expect(Math.abs(systemClock.now() - listed[0]!.modifiedMs)).toBeLessThan(60_000);
    expect(readFileSync(join(sshd.in, 'b.edi'))).toEqual(ORDER);
    mkdirSync(join(sshd.out, 'done'));
    writeFileSync(join(sshd.out, '.half.part'), '');
    writeFileSync(join(sshd.out, 'invoice.edi'), ORDER);
    expect(await channel.list('out', options)).toMatchObject([{ name: 'invoice.edi' }]);
    expect(Buffer.from(await channel.fetch('invoice.edi', options))).toEqual(ORDER);
    await channel.remove('out', 'invoice.edi', options);
    await channel.remove('out', 'invoice.edi', options);
    expect(await channel.list('out', options)).toEqual([]);
  });

  it('is signed in to by a private key', async () => {
    const channel = channelTo({ credential: secretOf('privateKey', sshd.privateKey) });
    expect(await channel.list('in', options)).toEqual([]);
  });

  it('carries a file of megabytes there and back unharmed', async () => {
    const bytes = Buffer.alloc(4_000_000, 'EDI');
    const channel = channelTo({ out: sshd.in });
    await channel.drop('big.edi', bytes, options);
    expect(Buffer.from(await channel.fetch('big.edi', options)).equals(bytes)).toBe(true);
  });
});

describe('what is refused', () => {
  it('a name that is taken: the first file stays as it was, and no draft is left', async () => {
    const channel = channelTo();
    await channel.drop('a.edi', ORDER, options);
    expect(await failureOf(channel.drop('a.edi', Buffer.from('x'), options))).toMatchObject({
      code: 'channel.exists',
      blame: 'fleet',
      fate: 'refused',
    });
    expect(readdirSync(sshd.in)).toEqual(['a.edi']);
    expect(readFileSync(join(sshd.in, 'a.edi'))).toEqual(ORDER);
  });

  it('a name whose draft was left behind, until the file is removed', async () => {
    const channel = channelTo();
    writeFileSync(join(sshd.in, '.a.edi.part'), 'half');
    expect(await failureOf(channel.drop('a.edi', ORDER, options))).toMatchObject({
      code: 'channel.exists',
    });
    await channel.remove('in', 'a.edi', options);
    await channel.drop('a.edi', ORDER, options);
    expect(readdirSync(sshd.in)).toEqual(['a.edi']);
  });

  it('a folder that is not there, for every operation, and it is ours', async () => {
    rmSync(sshd.in, { recursive: true });
    rmSync(sshd.out, { recursive: true });
    const channel = channelTo();
    const noFolder = { code: 'channel.no-folder', blame: 'fleet' };
    expect(await failureOf(channel.drop('a.edi', ORDER, options))).toMatchObject({
      ...noFolder,
      fate: 'refused',
    });
    expect(await failureOf(channel.list('out', options))).toMatchObject(noFolder);
    expect(await failureOf(channel.fetch('a.edi', options))).toMatchObject(noFolder);
    expect(await failureOf(channel.remove('in', 'a.edi', options))).toMatchObject(noFolder);
  });

  it('a folder that is not the login’s', async () => {
    const channel = channelTo({ in: '/root', out: '/etc' });
    const denied = { code: 'channel.no-permission', blame: 'fleet' };
    expect(await failureOf(channel.list('in', options))).toMatchObject(denied);
    expect(await failureOf(channelTo({ in: '/etc' }).drop('a.edi', ORDER, options))).toMatchObject(
      denied,
    );
  });

  it('a file that is not there, and one above 50 MB', async () => {
    const channel = channelTo();
    expect(await failureOf(channel.fetch('a.edi', options))).toMatchObject({
      code: 'channel.not-found',
      blame: 'fleet',
    });
    writeFileSync(join(sshd.out, 'huge.edi'), '');
    truncateSync(join(sshd.out, 'huge.edi'), 50 * 1024 * 1024 + 1);
    expect(await failureOf(channel.fetch('huge.edi', options))).toMatchObject({
      code: 'channel.too-large',
      blame: 'target',
      layer: 'integration',
    });
    expect(await channel.list('in', options)).toEqual([]);
  });

  it('another host key, before any credential is sent', async () => {
    const hostKey = `SHA256:${'A'.repeat(43)}`;
    const failure = await failureOf(channelTo({ hostKey }).drop('a.edi', ORDER, options));
    expect(failure).toMatchObject({ code: 'channel.host-key', blame: 'fleet', fate: 'not-sent' });
    expect(JSON.stringify(failure)).toContain(sshd.hostKey);
    expect(readFileSync(join(temp.folder, 'log'), 'utf8')).not.toContain('password');
  });

  it('a wrong password, which is not in what is said, and a key that is none', async () => {
    const wrong = channelTo({ credential: secretOf('password', 'hunter22') });
    const failure = await failureOf(wrong.list('in', options));
    expect(failure).toMatchObject({ code: 'channel.login-refused', blame: 'fleet' });
    expect(JSON.stringify(failure)).not.toContain('hunter22');
    const noKey = channelTo({ credential: secretOf('privateKey', 'hunter22') });
    const other = await failureOf(noKey.list('in', options));
    expect(other).toMatchObject({ code: 'channel.bad-key', blame: 'fleet', fate: 'not-sent' });
    expect(JSON.stringify(other)).not.toContain('hunter22');
  });
});

describe('a server that fails', () => {
  it('is not there', async () => {
    const port = await freePort();
    expect(await failureOf(channelTo({ port }).list('in', options))).toMatchObject({
      code: 'channel.unreachable',
      blame: 'target',
      layer: 'integration',
    });
  });

  it('dies in the middle of a transfer: nothing is there under the name, and its fate is unknown', async () => {
    const channel = channelTo();
    await channel.list('in', options);
    const drop = failureOf(channel.drop('big.edi', Buffer.alloc(120_000_000), options));
    const draft = join(sshd.in, '.big.edi.part');
    while (!existsSync(draft) || statSync(draft).size === 0) {
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    sshd.signal('SIGKILL');
    expect(await drop).toMatchObject({
      code: 'channel.unreachable',
      blame: 'target',
      layer: 'network',
      fate: 'unknown',
    });
    expect(readdirSync(sshd.in)).toEqual(['.big.edi.part']);
  });

  it('stands still: given up in time, and nothing appears once it goes on', async () => {
    const channel = channelTo();
    await channel.list('in', options);
    sshd.signal('SIGSTOP');
    const late = await failureOf(channel.drop('a.edi', ORDER, { ...options, timeoutMs: 200 }));
    expect(late).toMatchObject({ code: 'channel.timeout', blame: 'target', layer: 'integration' });
    const stop = new AbortController();
    const stopped = failureOf(channel.list('in', { ...options, signal: stop.signal }));
    stop.abort(new Error('told to stop'));
    expect(await stopped).toMatchObject({ code: 'run.interrupted', blame: 'fleet' });
    sshd.signal('SIGCONT');
    expect(await channel.list('in', options)).toEqual([]);
  });
});
