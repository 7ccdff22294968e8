/**
 * The fleet that the monkey plays with: processes of the built command on a Redis of their own, each behind proxies of its
 * own, with a clock that can be set and a temporary folder that tells what it leaves; started again when it is killed.
 */
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import { parse, stringify } from 'yaml';
import { type FaultProxy, faultProxy } from '../../faults/proxy.ts';
import { type ConfigChange, type LabTenant, tenants, tenantUrl } from '../../support/lab.ts';
import { processesUnder } from '../../support/processes.ts';
import { type RedisServer, startRedisServer } from '../../support/redis-servers.ts';
import { type Stage, stage } from '../../support/runs.ts';
import { type RunEvent, type Served, serveIn } from '../../support/served.ts';
import { type OwnTemp, ownTemp } from '../../support/temp.ts';

export const NAME = 'monkey';
/** Room for a page, a trace and reports; none once it is filled. */
const ARTIFACTS_BYTES = '4m';
/** A guard has ended a browser and removed its folders by then. */
const GUARDED_MS = 15_000;

/** Of a process that was killed: whether its browser and its folders outlived it. */
export interface Remains {
  readonly processes: number;
  readonly profiles: number;
}

export class Member {
  readonly name: string;
  readonly stage: Stage;
  readonly proxies: ReadonlyMap<LabTenant, FaultProxy>;
  /** When each tenant was last called from here, and every call, epoch ms. */
  readonly calls: Readonly<Record<LabTenant, number[]>>;
  readonly #roles: readonly string[];
  readonly #artifacts: string;
  readonly #faketime: string;
  readonly #lives: Served[] = [];
  readonly #temps: OwnTemp[] = [];

  constructor(
    name: string,
    own: {
      readonly stage: Stage;
      readonly proxies: ReadonlyMap<LabTenant, FaultProxy>;
      readonly calls: Readonly<Record<LabTenant, number[]>>;
      readonly roles: readonly string[];
      readonly artifacts: string;
      readonly faketime: string;
    },
  ) {
    this.name = name;
    this.stage = own.stage;
    this.proxies = own.proxies;
    this.calls = own.calls;
    this.#roles = own.roles;
    this.#artifacts = own.artifacts;
    this.#faketime = own.faketime;
  }

  get served(): Served {
    const served = this.#lives.at(-1);
    if (served === undefined) throw new Error(`${this.name} was never started`);
    return served;
  }

  get pid(): number {
    return this.served.child.pid ?? 0;
  }

  async start(): Promise<void> {
    const temp = await ownTemp();
    await this.setClock(0);
    this.#temps.push(temp);
    const env = {
      ...temp.env,
      LD_PRELOAD: this.#faketime,
      FAKETIME_TIMESTAMP_FILE: this.#offset,
      FAKETIME_NO_CACHE: '1',
      FAKETIME_DONT_FAKE_MONOTONIC: '1',
    };
    const roles = this.#roles.flatMap((role) => ['--role', role]);
    const { file, state } = this.stage;
    this.#lives.push(serveIn(env, file, state, ...roles, '--artifacts', this.#artifacts));
  }

  /** Sets the clock of this process so many seconds ahead of the true time. */
  async setClock(seconds: number): Promise<void> {
    await writeFile(this.#offset, `${seconds < 0 ? '' : '+'}${seconds}`);
  }

  get #offset(): string {
    return join(this.stage.folder, 'offset');
  }

  /** `kill -9`; what it left is counted when its guard had time. */
  async kill(): Promise<{ readonly remains: Promise<Remains> }> {
    const temp = this.#temps.at(-1);
    if (temp === undefined) throw new Error(`${this.name} was never started`);
    await this.served.end('SIGKILL');
    return { remains: remainsOf(temp) };
  }

  /** Nothing is planned any more. */
  async planNothing(): Promise<void> {
    const raw = parse(await readFile(this.stage.file, 'utf8')) as { fleet: object };
    const { schedules: _, ...fleet } = raw.fleet as { schedules?: unknown };
    await writeFile(this.stage.file, stringify({ ...raw, fleet }));
    this.served.child.kill('SIGHUP');
  }

  runs(): readonly RunEvent[] {
    return this.#lives.flatMap((served) => served.runs());
  }

  said(): string {
    return this.#lives.map((served) => served.said()).join('\n');
  }

  /** Processes below it that nobody waits for. */
  zombies(): readonly number[] {
    const below = processesUnder(this.pid, '');
    return below.filter(({ state }) => state === 'Z').map(({ pid }) => pid);
  }

  /** Folders of all its lives. */
  temps(): readonly OwnTemp[] {
    return this.#temps;
  }
}

async function remainsOf(temp: OwnTemp): Promise<Remains> {
  const untilMs = Date.now() + GUARDED_MS;
  for (;;) {
    const remains = await leftIn(temp);
    if (remains.processes + remains.profiles === 0 || Date.now() > untilMs) return remains;
    await sleep(250);
  }
}

export async function leftIn(temp: OwnTemp): Promise<Remains> {
  const profile = /^(?:orderwatch-browser|playwright_chromiumdev_profile)-/;
  const profiles = (await temp.entries()).filter((name) => profile.test(name)).length;
  return { processes: temp.processes().length, profiles };
}

export interface MonkeyFleet {
  readonly redis: RedisServer;
  readonly redisFolder: string;
  readonly artifacts: string;
  readonly schedulers: readonly Member[];
  readonly workers: readonly Member[];
  /** Observer and sweeper: never hurt, for it is by them that the others are judged. */
  readonly keeper: Member;
  readonly members: readonly Member[];
  readonly remove: () => Promise<void>;
}

export async function startMonkeyFleet(change: ConfigChange): Promise<MonkeyFleet> {
  const folder = await mkdtemp(join(tmpdir(), 'orderwatch-monkey-'));
  const redisFolder = join(folder, 'redis');
  const redis = await startRedisServer(redisFolder);
  const artifacts = join(folder, 'artifacts');
  await mkdir(artifacts);
  await execa('mount', ['-t', 'tmpfs', '-o', `size=${ARTIFACTS_BYTES}`, 'tmpfs', artifacts]);
  const { stdout: faketime } = await execa('faketime', ['-f', '+0', 'printenv', 'LD_PRELOAD']);
  const place = { ...change, name: NAME, redis: `redis://127.0.0.1:${redis.port}` };
  const member = async (name: string, ...roles: readonly string[]): Promise<Member> => {
    const { proxies, calls } = await proxiesOf();
    const own = await stage({
      ...place,
      tenant: (id) => ({ transports: ['rpc', 'browser'], url: proxies.get(id)?.url }),
    });
    const made = new Member(name, { stage: own, proxies, calls, roles, artifacts, faketime });
    await made.start();
    return made;
  };
  const schedulers = [
    await member('scheduler 1', 'scheduler'),
    await member('scheduler 2', 'scheduler'),
  ];
  const workers = [await member('worker 1', 'worker'), await member('worker 2', 'worker')];
  const keeper = await member('keeper', 'observer', 'sweeper');
  const members = [...schedulers, ...workers, keeper];
  const remove = async (): Promise<void> => {
    for (const { served } of members) await served[Symbol.asyncDispose]();
    await redis.kill();
    await execa('umount', ['--lazy', artifacts]);
    for (const { proxies } of members) for (const proxy of proxies.values()) await proxy.close();
    const temps = members.flatMap((one) => one.temps());
    for (const temp of temps) await temp.remove();
    for (const one of members) await rm(one.stage.folder, { recursive: true, force: true });
    await rm(folder, { recursive: true, force: true });
  };
  return { redis, redisFolder, artifacts, schedulers, workers, keeper, members, remove };
}

async function proxiesOf(): Promise<Pick<Member, 'proxies' | 'calls'>> {
  const calls = { north: [] as number[], south: [] as number[] };
  const proxies = new Map<LabTenant, FaultProxy>();
  for (const tenant of tenants) {
    const proxy = await faultProxy(tenantUrl(tenant), { way: through(calls[tenant]) });
    proxies.set(tenant, proxy);
  }
  return { proxies, calls };
}

/** Notes when it was called. */
export const through = (calls: number[]) =>
  ({ kind: 'through', before: () => calls.push(Date.now()) }) as const;
