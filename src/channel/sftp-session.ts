/** One signed-in connection to an SFTP server, whose host key is checked before any credential is sent. */
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import type Client from 'ssh2-sftp-client';
import type { SftpChannel } from '../domain/edi-channel.ts';
import { Failed, type Failure } from '../domain/failure.ts';
import type { Clock } from '../lib/clock.ts';
import { atMost } from '../lib/deadline.ts';
import { whereItBroke } from '../lib/network.ts';
import { describeThrown } from '../lib/thrown.ts';
import { connectionFailure, ours, theirs } from './failures.ts';

const GOODBYE_MS = 1_000;

interface SftpEntry {
  readonly name: string;
  readonly bytes: number;
  readonly modifiedMs: number;
  readonly isFile: boolean;
}

export interface SftpSession {
  readonly client: Client;
  readonly readdir: (folder: string) => Promise<readonly SftpEntry[]>;
  isLost(): boolean;
  /** Rejects when the connection ends before the work does. */
  during<T>(work: Promise<T>): Promise<T>;
  /** Ends it at once. */
  destroy(): void;
  /** Says goodbye first; never throws. */
  close(clock: Clock): Promise<void>;
}

export interface Progress {
  connected: boolean;
}

export const nameOf = ({ host, port }: SftpChannel): string => `SFTP server ${host}:${port}`;

/** The credential is read anew. Rejects with Failed; an aborted signal ends everything that was opened. */
export async function openSftp(
  channel: SftpChannel,
  signal: AbortSignal,
  progress: Progress,
): Promise<SftpSession> {
  const { kind, secret } = channel.credential;
  const credential = await secret.read();
  // What only this needs would make every command start later.
  const { default: SftpClient } = await import('ssh2-sftp-client');
  const socket = await dial(channel, signal);
  progress.connected = true;
  const client = new SftpClient('orderwatch', QUIET);
  const seen: Seen = {};
  client.on('error', (error: { readonly level?: string }) => {
    seen.level = error.level;
  });
  try {
    const sftp = await client.connect({
      sock: socket,
      username: channel.login,
      [kind]: credential.reveal(),
      hostVerifier: (key: Buffer) => {
        seen.hostKey = fingerprint(key);
        return seen.hostKey === channel.hostKey;
      },
      // The time is ours.
      readyTimeout: 0,
    });
    const readdir = (folder: string): Promise<readonly SftpEntry[]> =>
      new Promise((resolve, reject) => {
        sftp.readdir(folder, (error, list) => {
          if (error === undefined) resolve(list.map(entryOf));
          else reject(error);
        });
      });
    return { client, readdir, ...lifeOf(client, socket) };
  } catch (error) {
    socket.destroy();
    throw new Failed(refusal(channel, seen, error), { fate: 'not-sent', cause: error });
  }
}

/** What the handshake told: the host's key, and where ssh2 says that it failed. */
interface Seen {
  hostKey?: string;
  level?: string | undefined;
}

const nothing = (): void => undefined;
/** The library would print to the console. */
const QUIET = { error: nothing, end: nothing, close: nothing };

const fingerprint = (key: Buffer): string =>
  `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`;

/** The socket is our own, so that it can be ended at any moment and its errors keep their codes. */
async function dial(channel: SftpChannel, signal: AbortSignal): Promise<Socket> {
  const { host, port } = channel;
  const socket = connect({ host, port, noDelay: true });
  // Its errors also end whatever waits for it.
  socket.on('error', nothing);
  signal.addEventListener('abort', () => socket.destroy(), { once: true });
  try {
    await once(socket, 'connect', { signal });
    return socket;
  } catch (error) {
    socket.destroy();
    throw new Failed(connectionFailure(nameOf(channel), error), {
      fate: 'not-sent',
      cause: error,
    });
  }
}

function refusal(channel: SftpChannel, seen: Seen, error: unknown): Failure {
  const name = nameOf(channel);
  const { login, hostKey } = channel;
  if (seen.hostKey !== undefined && seen.hostKey !== hostKey) {
    return ours('host-key', `${name} shows the host key ${seen.hostKey}, pinned is ${hostKey}`);
  }
  if (seen.level === 'client-authentication') {
    return ours('login-refused', `${name} refuses the login ${login}`);
  }
  // Whose fault it is that the two have nothing in common, nobody can tell.
  if (seen.level === 'handshake') return ours('handshake', `${name}: no common way to encrypt`);
  if (isKeyFault(error)) {
    const key = channel.credential.secret.name;
    return ours('bad-key', `${key} is no private key in a known format, without a passphrase`);
  }
  return whereItBroke(error) === 'there'
    ? theirs('broken', `${name} broke the connection before SFTP began`)
    : connectionFailure(name, error);
}

/** Thrown before anything was sent. */
const isKeyFault = (error: unknown): boolean => describeThrown(error).includes('privateKey');

function entryOf(entry: {
  readonly filename: string;
  readonly attrs: { readonly mode?: number; readonly size: number; readonly mtime: number };
}): SftpEntry {
  const { mode, size, mtime } = entry.attrs;
  return {
    name: entry.filename,
    bytes: size,
    modifiedMs: mtime * 1_000,
    // Some servers tell no mode; then it is taken for what one expects there.
    isFile: mode === undefined || (mode & FILE_TYPE) === REGULAR,
  };
}

const FILE_TYPE = 0o170000;
const REGULAR = 0o100000;

function lifeOf(
  client: Client,
  socket: Socket,
): Pick<SftpSession, 'isLost' | 'during' | 'destroy' | 'close'> {
  const lost = new Promise<never>((_, reject) => {
    socket.once('close', () => {
      reject(new Error('the connection was closed'));
    });
  });
  // It may be lost while nobody waits for it.
  lost.catch(nothing);
  return {
    isLost: () => socket.destroyed,
    during: (work) => Promise.race([work, lost]),
    destroy: () => socket.destroy(),
    close: async (clock) => {
      await atMost(clock, GOODBYE_MS, client.end());
      socket.destroy();
    },
  };
}
