/** What the monkey does: each kind of fault hits runs that are between first and last write, and is mended after a short while. */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import {
  labPaths,
  startIngress,
  startOdoo,
  stopIngress,
  stopOdoo,
} from '../../../deploy/lab/faults.ts';
import type { Random } from '../../support/random.ts';
import { type Member, type MonkeyFleet, type Remains, through } from './fleet.ts';
import type { OpenRun } from './watch.ts';

export interface Strike {
  readonly fleet: MonkeyFleet;
  readonly random: Random;
  /** The runs that are hit, one at least. */
  readonly open: readonly OpenRun[];
  /** Whoever of the fleet plays them. */
  readonly players: readonly Member[];
  /** Told what becomes of a process that was killed, and of its browser. */
  readonly onKilled: (remains: Promise<Remains>) => void;
}

export interface Kind {
  readonly name: string;
  readonly breaks: 'tenants' | 'us';
  /** Whether it hits only what the first of the players plays. */
  readonly one?: true;
  /** Whether runs that are hit end without a report. */
  readonly runsDie?: true;
  /** Breaks and mends. */
  readonly play: (strike: Strike) => Promise<void>;
}

const SHORT_MS = 1_000;

const pause = (random: Random, [low, high]: readonly [number, number]): Promise<void> =>
  sleep(random.between(low, high));

/** As an orchestrator does. */
async function killAndRestart(member: Member, onKilled: Strike['onKilled']): Promise<void> {
  const killed = await member.kill();
  onKilled(killed.remains);
  await sleep(SHORT_MS);
  await member.start();
  await member.served.url();
}

const firstOf = (players: readonly Member[]): Member => {
  const [first] = players;
  if (first === undefined) throw new Error('nobody plays');
  return first;
};

export const ours: readonly Kind[] = [
  {
    name: 'worker-killed',
    breaks: 'us',
    one: true,
    runsDie: true,
    play: ({ players, onKilled }) => killAndRestart(firstOf(players), onKilled),
  },
  {
    name: 'scheduler-killed',
    breaks: 'us',
    play: async ({ fleet, random, onKilled }) => {
      const one = fleet.schedulers[Math.floor(random.between(0, fleet.schedulers.length))];
      if (one !== undefined) await killAndRestart(one, onKilled);
    },
  },
  {
    name: 'worker-stopped',
    breaks: 'us',
    one: true,
    play: async ({ players, random }) => {
      const { child } = firstOf(players).served;
      child.kill('SIGSTOP');
      await pause(random, [2_000, 9_000]);
      child.kill('SIGCONT');
    },
  },
  {
    name: 'redis-restarted',
    breaks: 'us',
    play: async ({ fleet: { redis }, random }) => {
      await redis.kill();
      await pause(random, [500, 4_000]);
      await redis.start();
    },
  },
  {
    name: 'disk-full',
    breaks: 'us',
    play: async ({ fleet: { artifacts }, random }) => {
      const filler = join(artifacts, 'filler');
      await execa('dd', ['if=/dev/zero', `of=${filler}`, 'bs=64k'], { reject: false });
      await pause(random, [4_000, 9_000]);
      await rm(filler, { force: true });
    },
  },
  {
    name: 'clock-jumped',
    breaks: 'us',
    one: true,
    play: async ({ players, random }) => {
      const player = firstOf(players);
      const sign = random.even() < 0.5 ? -1 : 1;
      await player.setClock(sign * Math.round(random.between(30, 7_200)));
      await pause(random, [2_000, 7_000]);
      await player.setClock(0);
    },
  },
];

export const theirs: readonly Kind[] = [
  {
    name: 'odoo-restarted',
    breaks: 'tenants',
    play: async () => {
      await stopOdoo();
      await startOdoo();
    },
  },
  {
    name: 'ingress-restarted',
    breaks: 'tenants',
    play: async ({ random }) => {
      await stopIngress();
      await pause(random, [200, 3_000]);
      await startIngress();
    },
  },
  {
    name: 'backends-terminated',
    breaks: 'tenants',
    play: async ({ open }) => {
      const names = [...new Set(open.map(({ tenant }) => `'${tenant}'`))].join(', ');
      const all = `select pg_terminate_backend(pid) from pg_stat_activity
        where usename = 'odoo' and datname in (${names})`;
      await labPaths().psql('postgres', all);
    },
  },
  {
    name: 'connections-dropped',
    breaks: 'tenants',
    play: async ({ fleet: { members }, random }) => {
      const each = members.flatMap(({ proxies, calls }) =>
        [...proxies].map(([tenant, proxy]) => ({ proxy, calls: calls[tenant] })),
      );
      for (const { proxy } of each) proxy.turn({ kind: 'reset' });
      await pause(random, [200, 3_000]);
      for (const { proxy, calls } of each) proxy.turn(through(calls));
    },
  },
];
