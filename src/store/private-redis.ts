/**
 * A Redis of the fleet's own, for whoever configured none: on a socket in the state folder, every write on disk before
 * it is answered. It outlives a process that is killed, and the next one goes on with it.
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Failed } from '../domain/failure.ts';
import type { Clock } from '../lib/clock.ts';
import { connectRedis, type RedisConnection } from './redis.ts';

/** The kernel's limit for the path of a socket, less the closing zero. */
const LONGEST_PATH = 107;
const START_MS = 10_000;
const LOOK_MS = 50;
/** A connection of ours that was just closed is still counted for a moment. */
const GONE_MS = 1_000;

export interface PrivateRedis {
  readonly url: string;
  /** Ends it, unless somebody else uses it too. To be called when all other connections of ours are closed. */
  readonly close: () => Promise<void>;
}

const folderOf = (stateFolder: string): string => resolve(stateFolder, 'redis');

/** Whether a fleet ever kept its state in this folder. */
export function hasPrivateRedis(stateFolder: string): boolean {
  return existsSync(folderOf(stateFolder));
}

/** Rejects with Failed `state.unusable` (fleet), which names the remedy. */
export async function startPrivateRedis(stateFolder: string, clock: Clock): Promise<PrivateRedis> {
  const folder = folderOf(stateFolder);
  const socket = join(folder, 'redis.sock');
  if (socket.length > LONGEST_PATH) {
    throw unusable(`the path ${socket} is too long for a socket: choose a shorter --state folder`);
  }
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const url = `unix:${socket}`;
  const redis = connectRedis({ url });
  try {
    if (!(await isReady(redis, clock, 2 * LOOK_MS))) await launch(folder, socket, redis, clock);
  } catch (error) {
    redis.disconnect();
    throw error;
  }
  return { url, close: () => end(redis, clock) };
}

async function launch(
  folder: string,
  socket: string,
  redis: RedisConnection,
  clock: Clock,
): Promise<void> {
  const place = ['--port', '0', '--unixsocket', socket, '--unixsocketperm', '700'];
  const disk = ['--dir', folder, '--appendonly', 'yes', '--appendfsync', 'always', '--save', ''];
  const log = ['--logfile', join(folder, 'redis.log'), '--loglevel', 'notice'];
  let failed: Error | undefined;
  // A group of its own: Ctrl-C ends us, and we end it when we no longer need it.
  const child = spawn('redis-server', [...place, ...disk, ...log], {
    detached: true,
    stdio: 'ignore',
  });
  child.once('error', (error) => (failed = error));
  child.unref();
  const untilMs = clock.monotonic() + START_MS;
  while (!(await isReady(redis, clock, LOOK_MS))) {
    const ended = failed?.message ?? (child.exitCode === null ? undefined : 'it ended at once');
    if (ended === undefined && clock.monotonic() < untilMs) continue;
    throw unusable(
      `redis-server does not start (${ended ?? 'no answer'}): install the package redis-server, ` +
        `look into ${join(folder, 'redis.log')}, or name a Redis under fleet.redis`,
    );
  }
}

async function isReady(redis: RedisConnection, clock: Clock, withinMs: number): Promise<boolean> {
  const untilMs = clock.monotonic() + withinMs;
  for (;;) {
    const answer = redis.status === 'ready' ? await redis.ping().catch(() => '') : '';
    if (answer === 'PONG') return true;
    if (clock.monotonic() > untilMs) return false;
    await clock.sleep(LOOK_MS / 5);
  }
}

async function end(redis: RedisConnection, clock: Clock): Promise<void> {
  const untilMs = clock.monotonic() + GONE_MS;
  try {
    while (!(await isAlone(redis))) {
      if (clock.monotonic() > untilMs) return;
      await clock.sleep(LOOK_MS);
    }
    // It answers a shutdown by going away.
    await redis.shutdown('NOSAVE');
  } catch {
    // It is gone.
  } finally {
    redis.disconnect();
  }
}

async function isAlone(redis: RedisConnection): Promise<boolean> {
  return (
    String(await redis.client('LIST'))
      .trim()
      .split('\n').length === 1
  );
}

function unusable(message: string): Failed {
  return new Failed({ code: 'state.unusable', blame: 'fleet', message });
}
