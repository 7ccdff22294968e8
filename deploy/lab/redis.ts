// The lab's own Redis: on a unix socket only, with an append-only file, because orderwatch promises
// to survive a restart of Redis and the lab must show that.
import { join } from 'node:path';
import type { Lab } from './lab.ts';
import { runAsLab } from './run.ts';
import type { Service } from './service.ts';
import { until } from './wait.ts';
import { writeForLab } from './write.ts';

export const redisSocket = (lab: Pick<Lab, 'data'>): string => join(lab.data, 'run/redis.sock');

export function redis(lab: Lab): Service {
  const home = join(lab.data, 'redis');
  const conf = join(home, 'redis.conf');
  const pidFile = join(home, 'redis.pid');
  const log = join(lab.data, 'log/redis.log');
  return {
    name: 'redis',
    where: redisSocket(lab),
    data: lab.data,
    home,
    pidFile,
    log,
    stopSignal: 'SIGTERM',
    leftovers: [pidFile, redisSocket(lab)],
    configure: () => writeForLab(conf, redisConf({ home, pidFile, log, socket: redisSocket(lab) })),
    launch: async () => {
      await runAsLab(lab.data, ['redis-server', conf], { cwd: home });
    },
    isReady: (withinMs) => until(() => answers(lab), withinMs),
  };
}

async function answers(lab: Lab): Promise<boolean> {
  try {
    const reply = await runAsLab(lab.data, ['redis-cli', '-s', redisSocket(lab), 'ping']);
    return reply.trim() === 'PONG';
  } catch {
    return false;
  }
}

const redisConf = (at: {
  readonly home: string;
  readonly pidFile: string;
  readonly log: string;
  readonly socket: string;
}): string => `# written by the lab; do not edit
port 0
unixsocket "${at.socket}"
unixsocketperm 770
daemonize yes
pidfile "${at.pidFile}"
logfile "${at.log}"
dir "${at.home}"
appendonly yes
save ""
`;
