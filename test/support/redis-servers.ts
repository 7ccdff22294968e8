/** Real Redis servers of a test's own, as they stand at customers: one alone, one that sentinels watch, a cluster of three. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import { freePort } from './ports.ts';

/** Redis divides its keys into so many slots, which the nodes of a cluster share. */
const SLOTS = 16_384;

export interface RedisServer {
  readonly port: number;
  /** What it answers, as redis-cli prints it; empty while it is away. */
  readonly ask: (...words: readonly string[]) => Promise<string>;
  /** As `kill -9`. */
  readonly kill: () => Promise<void>;
  /** Again on the same data. */
  readonly start: () => Promise<void>;
}

/** On a port of the loopback; each write is on disk before it is answered. `options` come last. */
export async function startRedisServer(
  folder: string,
  options: readonly string[] = [],
): Promise<RedisServer> {
  mkdirSync(folder, { recursive: true });
  const port = await freePort();
  const place = ['--port', String(port), '--bind', '127.0.0.1', '--dir', folder];
  const disk = ['--save', '', '--appendonly', 'yes', '--appendfsync', 'always'];
  return await startServer(port, [...place, ...disk, ...options]);
}

export interface Watched {
  /** As a configuration names it. */
  readonly place: { readonly sentinels: readonly string[]; readonly master: string };
  readonly master: RedisServer;
  readonly replica: RedisServer;
  readonly kill: () => Promise<void>;
}

/** A master with one replica, and three sentinels that replace it a second after it went. */
export async function startWatched(folder: string): Promise<Watched> {
  const master = await startRedisServer(join(folder, 'master'));
  const replicaOf = ['--replicaof', `127.0.0.1 ${master.port}`];
  const replica = await startRedisServer(join(folder, 'replica'), replicaOf);
  await until(async () => (await replica.ask('info', 'replication')).includes('link_status:up'));
  const sentinels = await Promise.all(
    [1, 2, 3].map((n) => startSentinel(join(folder, `sentinel-${n}`), master.port)),
  );
  for (const sentinel of sentinels) {
    await until(async () => {
      const told = await sentinel.ask('sentinel', 'master', 'fleet');
      return told.includes('num-slaves\n1\n') && told.includes('num-other-sentinels\n2\n');
    });
  }
  return {
    place: {
      sentinels: sentinels.map(({ port }) => `redis://127.0.0.1:${port}`),
      master: 'fleet',
    },
    master,
    replica,
    kill: () => killAll([...sentinels, master, replica]),
  };
}

export interface ClusterOfThree {
  /** As a configuration names it: one node, which knows the others. */
  readonly place: { readonly cluster: readonly string[] };
  readonly nodes: readonly RedisServer[];
  readonly kill: () => Promise<void>;
}

export async function startCluster(folder: string): Promise<ClusterOfThree> {
  const nodes = await Promise.all([1, 2, 3].map((n) => startNode(join(folder, `node-${n}`))));
  const share = Math.ceil(SLOTS / nodes.length);
  for (const [n, { server }] of nodes.entries()) {
    const [first, last] = [n * share, Math.min((n + 1) * share, SLOTS) - 1];
    await server.ask('cluster', 'set-config-epoch', String(n + 1));
    await server.ask('cluster', 'addslotsrange', String(first), String(last));
    for (const { server: other, bus } of nodes.slice(0, n)) {
      await server.ask('cluster', 'meet', '127.0.0.1', String(other.port), String(bus));
    }
  }
  const servers = nodes.map(({ server }) => server);
  for (const server of servers) {
    await until(async () => {
      const told = await server.ask('cluster', 'info');
      return told.includes('cluster_state:ok') && told.includes('cluster_known_nodes:3');
    });
  }
  return {
    place: { cluster: servers.slice(0, 1).map(({ port }) => `redis://127.0.0.1:${port}`) },
    nodes: servers,
    kill: () => killAll(servers),
  };
}

async function startNode(
  folder: string,
): Promise<{ readonly server: RedisServer; readonly bus: number }> {
  const bus = await freePort();
  const options = ['--cluster-enabled', 'yes', '--cluster-port', String(bus)];
  return { server: await startRedisServer(folder, options), bus };
}

async function startSentinel(folder: string, masterPort: number): Promise<RedisServer> {
  mkdirSync(folder, { recursive: true });
  const port = await freePort();
  const file = join(folder, 'sentinel.conf');
  writeFileSync(
    file,
    `port ${port}
bind 127.0.0.1
dir "${folder}"
sentinel monitor fleet 127.0.0.1 ${masterPort} 2
sentinel down-after-milliseconds fleet 1000
sentinel failover-timeout fleet 5000
`,
  );
  return await startServer(port, [file, '--sentinel']);
}

async function startServer(port: number, options: readonly string[]): Promise<RedisServer> {
  let child: ChildProcess | undefined;
  const ask: RedisServer['ask'] = async (...words) =>
    (await execa('redis-cli', ['-p', String(port), ...words], { reject: false })).stdout;
  const start = async (): Promise<void> => {
    child = spawn('redis-server', options, { stdio: 'ignore' });
    await until(async () => (await ask('ping')) === 'PONG');
  };
  const kill = async (): Promise<void> => {
    if (child === undefined) return;
    const exited = once(child, 'exit');
    child.kill('SIGKILL');
    child = undefined;
    await exited;
  };
  await start();
  return { port, ask, kill, start };
}

async function killAll(servers: readonly RedisServer[]): Promise<void> {
  await Promise.all(servers.map((server) => server.kill()));
}

/** Within 20 seconds, or it is an error. */
async function until(holds: () => Promise<boolean>): Promise<void> {
  for (let n = 0; n < 200; n += 1) {
    if (await holds()) return;
    await sleep(100);
  }
  throw new Error('a server of the test did not become ready');
}
