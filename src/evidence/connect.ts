/** A bare TCP connection: whether anything listens where the tenant should be. */
import { once } from 'node:events';
import net from 'node:net';
import { type Observation, observed, type Seen } from '../domain/evidence.ts';
import { whereItBroke } from '../lib/network.ts';
import { briefly, brokenBy, codeIn, type LookTime, lookInTime } from './looking.ts';
import { connectionTo, type Target } from './target.ts';

const WORDS: Readonly<Record<string, Seen<'connect'>>> = {
  ECONNREFUSED: 'refused',
  ECONNRESET: 'reset',
  EPIPE: 'reset',
  ETIMEDOUT: 'silent',
  ENETDOWN: 'no-route',
  // A rule of our own machine's firewall says so.
  EPERM: 'no-route',
  EACCES: 'no-route',
};

/** Undefined when the signal aborted; never throws. */
export async function lookAtConnection(
  target: Target,
  time: LookTime,
): Promise<Observation | undefined> {
  const looked = await lookInTime(time, (signal) => connect(target, signal));
  if (looked === undefined) return undefined;
  const { ms } = looked;
  if ('value' in looked) return observed('connect', 'ok', { ms, detail: looked.value });
  if (looked.late) {
    return observed('connect', 'silent', { ms, detail: `no connection within ${ms} ms` });
  }
  return observed('connect', wordOf(looked.broke), { ms, detail: brokenBy(looked.broke) });
}

async function connect(target: Target, signal: AbortSignal): Promise<string> {
  const socket = net.connect(connectionTo(target));
  // What comes after the end of the look is nobody's.
  socket.on('error', () => undefined);
  try {
    await once(socket, 'connect', { signal });
    return briefly(`${socket.remoteAddress ?? target.host} port ${target.port}`);
  } finally {
    socket.destroy();
  }
}

function wordOf(broke: unknown): Seen<'connect'> {
  const code = codeIn(broke) ?? '';
  return WORDS[code] ?? (whereItBroke({ code }) === 'here' ? 'no-route' : 'unreachable');
}
