/** A real redis-server of a test's own: on a socket in a throw-away folder, everything written at once to its AOF. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach } from 'vitest';
import { systemClock } from '../../../src/lib/clock.ts';
import { connectPatiently, connectRedis, type RedisConnection } from '../../../src/store/redis.ts';
import { temporaryFolder } from './folder.ts';

export interface OwnRedis {
  /** As a configuration names it. */
  readonly url: string;
  /** A connection that is ready, and an empty Redis, at the beginning of each test. */
  readonly redis: RedisConnection;
  /** More connections, ready, closed when the file ends. */
  connect(): Promise<RedisConnection>;
  connectPatiently(): Promise<RedisConnection>;
  /** As `kill -9`; resolves when every connection has noticed. */
  kill(): Promise<void>;
  /** On the same data; resolves when every connection that was not closed is there again. */
  start(): Promise<void>;
  /** Stands still, then goes on. */
  freeze(): void;
  thaw(): void;
}

/** For a whole file: to be called outside of tests and hooks. */
export function ownRedis(): OwnRedis {
  const folder = temporaryFolder();
  const socket = join(folder, 'redis.sock');
  const url = `unix:${socket}`;
  const connections: RedisConnection[] = [];
  let server: ChildProcess | undefined;

  const opened = async (connection: RedisConnection): Promise<RedisConnection> => {
    connections.push(connection);
    await until(() => connection.status === 'ready');
    return connection;
  };
  const redis = connectRedis({ url });
  const start = async (): Promise<void> => {
    const options = ['--port', '0', '--unixsocket', socket, '--dir', folder, '--save', ''];
    const log = ['--appendonly', 'yes', '--appendfsync', 'always', '--loglevel', 'warning'];
    server = spawn('redis-server', [...options, ...log], { stdio: 'ignore' });
    await until(() => [redis, ...connections].every(({ status }) => /^(ready|end)$/.test(status)));
  };
  const kill = async (): Promise<void> => {
    if (server === undefined) return;
    const exited = once(server, 'exit');
    server.kill('SIGKILL');
    server = undefined;
    await exited;
    await until(() => [redis, ...connections].every(({ status }) => status !== 'ready'));
  };
  beforeAll(start);
  beforeEach(async () => {
    await redis.flushall();
  });
  afterAll(async () => {
    for (const connection of [redis, ...connections]) connection.disconnect();
    await kill();
  });
  return {
    url,
    redis,
    connect: () => opened(connectRedis({ url })),
    connectPatiently: () => opened(connectPatiently({ url })),
    kill,
    start,
    freeze: () => server?.kill('SIGSTOP'),
    thaw: () => server?.kill('SIGCONT'),
  };
}

export async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  const endMs = systemClock.monotonic() + 8_000;
  while (!(await holds())) {
    if (systemClock.monotonic() > endMs) throw new Error('what was waited for did not come');
    await systemClock.sleep(10);
  }
}
