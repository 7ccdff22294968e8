import { randomUUID } from 'node:crypto';
import net from 'node:net';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  labPaths,
  startOdoo,
  startPostgres,
  stopOdoo,
  stopPostgres,
} from '../../deploy/lab/faults.ts';
import type { Observation } from '../../src/domain/evidence.ts';
import { type DatabaseSamples, sampleDatabase } from '../../src/evidence/postgres.ts';
import { CAREFUL } from '../../src/evidence/samples.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { atMost } from '../../src/lib/deadline.ts';

const WATCHER = 'orderwatch_watcher';
const PASSWORD = randomUUID();
const { postgres, psql } = labPaths();

/** By default as a platform would give it: a member of pg_monitor, connected to no tenant's database. */
const dsn = ({ user = WATCHER, database = 'postgres' } = {}): string =>
  `postgresql://${user}:${PASSWORD}@/${database}?host=${postgres.socketFolder}&port=${postgres.port}`;

const watch = (source = dsn(), database = 'north'): DatabaseSamples =>
  sampleDatabase(source, database, { clock: systemClock });

/** What is seen in so many milliseconds. */
async function seenIn(ms: number, samples = watch()): Promise<Observation> {
  await systemClock.sleep(ms);
  return await samples.end();
}

beforeAll(async () => {
  await psql('postgres', `create role ${WATCHER} login password '${PASSWORD}' in role pg_monitor`);
});

afterAll(async () => {
  await psql('postgres', `drop role ${WATCHER}`);
});

describe('a tenant’s database', () => {
  it('in which nothing runs is idle', async () => {
    const seen = await seenIn(700);
    expect(seen).toMatchObject({ look: 'postgres', seen: 'idle' });
    expect(seen.detail).toMatch(/^\d+ of 97 connections$/);
  });

  it('is looked at once even when it is not waited for', async () => {
    expect((await watch().end()).seen).toBe('idle');
  });

  it('is locked while a table is, by whom is said, and the table only from inside', async () => {
    await using holder = await session();
    await holder.query(`begin; lock table res_partner in access exclusive mode`);
    await using waiter = await session();
    const waiting = waiter.query('select count(*) from res_partner').catch(() => undefined);
    const [outside, inside] = await Promise.all([
      seenIn(1_600),
      seenIn(1_600, watch(dsn({ database: 'north' }))),
    ]);
    await holder.query('rollback');
    await waiting;
    for (const seen of [outside, inside]) {
      expect(seen.seen).toBe('locked');
      expect(seen.detail).toContain(`of pid ${holder.pid} evidence test, idle in transaction for `);
      expect(seen.detail?.length).toBeLessThanOrEqual(120);
    }
    expect(outside.detail).toMatch(/^waits \d\.\d s for a lock of pid /);
    expect(inside.detail).toMatch(/^waits \d\.\d s for a lock on res_partner of pid /);
    expect((await watch().end()).seen).toBe('idle');
  });

  it('is locked by a row too, also when it is over before the end', async () => {
    await using holder = await session();
    await holder.query(`begin; select from res_partner where id = 1 for update`);
    await using waiter = await session();
    const samples = watch(dsn({ database: 'north' }));
    const waiting = waiter.query('select from res_partner where id = 1 for update');
    await systemClock.sleep(1_200);
    await holder.query('rollback');
    await waiting;
    const seen = await seenIn(1_200, samples);
    expect(seen.seen).toBe('locked');
    expect(seen.detail).toMatch(/^waits \d\.\d s for a lock on res_partner of pid /);
  });

  it('is busy while a query runs, of which only the first word is told', async () => {
    await using worker = await session();
    const running = worker.query(`select pg_sleep(2.5), 'a value of a record'`);
    const seen = await seenIn(1_900);
    await running;
    expect(seen.seen).toBe('busy');
    expect(seen.detail).toMatch(
      /^SELECT active for 1\.\d s, waiting for Timeout PgSleep; \d+ of 97 connections$/,
    );
  });

  it('is not busy with what runs in another', async () => {
    await using worker = await session('south');
    const running = worker.query('select pg_sleep(2.5)');
    expect((await seenIn(1_900)).seen).toBe('idle');
    await running;
  });

  it('refuses while it allows no connections, from inside and from outside', async () => {
    await psql('postgres', 'alter database north allow_connections false');
    try {
      expect((await watch().end()).seen).toBe('refused');
      const inside = await watch(dsn({ database: 'north' })).end();
      expect(inside.seen).toBe('refused');
      expect(inside.detail).toBe('the database allows no connections (55000)');
      expect((await watch(dsn(), 'south').end()).seen).toBe('idle');
    } finally {
      await psql('postgres', 'alter database north allow_connections true');
    }
  });

  it('that does not exist refuses', async () => {
    expect((await watch(dsn(), 'nowhere').end()).seen).toBe('refused');
    expect((await watch(dsn({ database: 'nowhere' }), 'nowhere').end()).seen).toBe('refused');
  });

  it('is exhausted at its own limit', async () => {
    await psql('postgres', 'alter database north connection limit 0');
    try {
      expect((await watch().end()).seen).toBe('exhausted');
      expect((await watch(dsn({ database: 'north' })).end()).seen).toBe('exhausted');
    } finally {
      await psql('postgres', 'alter database north connection limit -1');
    }
  });
});

describe('the server', () => {
  it('to which Odoo has no connection is unused', async () => {
    await stopOdoo();
    try {
      expect((await watch().end()).seen).toBe('unused');
    } finally {
      await startOdoo();
    }
    await expect.poll(async () => (await watch().end()).seen, { timeout: 60_000 }).toBe('idle');
  });

  it('is exhausted when the last connection is taken, seen from inside and from outside', async () => {
    const samples = watch();
    await systemClock.sleep(300);
    const taken: Session[] = [];
    try {
      // The lab's owner may take the reserved ones too: these are the last that others can have.
      for (let used = 0; used < 97; ) {
        const last = await session();
        taken.push(last);
        used = Number((await last.query(USED)).rows[0]?.['used']);
      }
      const refused = await watch().end();
      expect(refused).toMatchObject({ seen: 'exhausted', detail: 'no connection is left (53300)' });
      const inside = await seenIn(700, samples);
      expect(inside.seen).toBe('exhausted');
      expect(inside.detail).toMatch(/^no connection is left; \d+ of 97 connections$/);
    } finally {
      for (const one of taken) await one[Symbol.asyncDispose]();
    }
  });

  it('that is stopped meanwhile takes nobody with it', async () => {
    const samples = watch();
    await systemClock.sleep(300);
    await stopPostgres();
    try {
      const lost = await seenIn(700, samples);
      expect(lost.seen).toBe('unreachable');
      expect(lost.detail).toMatch(/57P01/);
      expect(await watch().end()).toMatchObject({
        seen: 'unreachable',
        detail: 'there is no such socket or file (ENOENT)',
      });
    } finally {
      await startPostgres();
    }
    // Odoo comes back to it by itself.
    await expect.poll(async () => (await watch().end()).seen, { timeout: 60_000 }).toBe('idle');
  });
});

describe('who asks', () => {
  it('and is no member of pg_monitor is told so, instead of seeing nothing', async () => {
    await psql('postgres', `create role orderwatch_stranger login password '${PASSWORD}'`);
    try {
      expect(await watch(dsn({ user: 'orderwatch_stranger' })).end()).toMatchObject({
        seen: 'unreachable',
        detail: 'the role is no member of pg_monitor',
      });
    } finally {
      await psql('postgres', 'drop role orderwatch_stranger');
    }
  });

  it('under a limit of its own finds nothing exhausted', async () => {
    await psql('postgres', `alter role ${WATCHER} connection limit 0`);
    try {
      expect((await watch().end()).seen).toBe('unreachable');
    } finally {
      await psql('postgres', `alter role ${WATCHER} connection limit -1`);
    }
  });

  it('may not write', async () => {
    await using ours = await session();
    await ours.query(CAREFUL);
    await expect(ours.query('create table careless ()')).rejects.toMatchObject({ code: '25006' });
    await expect(ours.query('select pg_sleep(3)')).rejects.toMatchObject({ code: '57014' });
  });

  it('and is never answered by an end leaves after forty samples', async () => {
    const hasty = { ...systemClock, sleep: (ms: number) => systemClock.sleep(ms / 20) };
    const samples = sampleDatabase(dsn(), 'north', { clock: hasty });
    await expect.poll(() => psql('postgres', OURS)).toBe('orderwatch');
    await expect.poll(() => psql('postgres', OURS), { timeout: 15_000 }).toBe('');
    expect((await samples.end()).seen).toBe('idle');
  });

  it('leaves no connection behind', async () => {
    const samples = watch();
    await systemClock.sleep(300);
    expect(await psql('postgres', OURS)).toBe('orderwatch');
    await samples.end();
    await expect.poll(() => psql('postgres', OURS)).toBe('');
  });

  it.each([
    ['nobody listens', () => `postgresql://u:${PASSWORD}@127.0.0.1:1/north`, /ECONNREFUSED/],
    ['no such user', () => dsn({ user: 'orderwatch_nobody' }), /authentication failed \(28/],
    ['no DSN', () => `postgresql://u:${PASSWORD}@[`, /cannot be read/],
    ['an empty DSN', () => '', /cannot be read/],
  ])('is told about %s without the DSN', async (_, source, detail) => {
    const seen = await watch(source()).end();
    expect(seen.seen).toBe('unreachable');
    expect(seen.detail).toMatch(detail);
    expect(JSON.stringify(seen)).not.toContain(PASSWORD);
    expect(seen.detail).not.toMatch(/127\.0\.0\.1|orderwatch_nobody|run/);
  });

  it('is not kept by a server that says nothing', async () => {
    const deaf = net.createServer((socket) => socket.on('error', () => undefined));
    await new Promise<void>((resolve) => deaf.listen(0, '127.0.0.1', resolve));
    const { port } = deaf.address() as net.AddressInfo;
    const samples = watch(`postgresql://u:p@127.0.0.1:${port}/north`);
    const end = samples.end();
    expect(await atMost(systemClock, 3_500, end)).toBe(true);
    expect(await end).toMatchObject({ seen: 'unreachable', detail: 'no answer in time' });
    deaf.close();
  });
});

const USED = `select count(*) as used from pg_stat_activity where backend_type = 'client backend'`;
const OURS = `select application_name from pg_stat_activity where application_name = 'orderwatch'`;

interface Session extends AsyncDisposable {
  readonly pid: string;
  query(sql: string): Promise<{ readonly rows: readonly Record<string, unknown>[] }>;
}

/** A connection of the tests, as the cluster's owner. */
async function session(database = 'north'): Promise<Session> {
  const { socketFolder: host, port, user } = postgres;
  const client = new Client({ host, port, user, database, application_name: 'evidence test' });
  client.on('error', () => undefined);
  await client.connect();
  const { rows } = await client.query<{ pid: string }>('select pg_backend_pid()::text as pid');
  return {
    pid: rows[0]!.pid,
    query: (sql) => client.query(sql),
    [Symbol.asyncDispose]: () => client.end(),
  };
}
