/** One bare request without account, cookie or agent, and how far its answer came. */
import { once } from 'node:events';
import http from 'node:http';
import https from 'node:https';
import type { Clock } from '../lib/clock.ts';
import { collect } from '../lib/collect.ts';
import { brokenBy, codeIn, type LookTime, lookInTime } from './looking.ts';
import { connectionTo, type Target } from './target.ts';

const LARGEST_BODY = 256 * 1024;

/** `foreign` did not even speak HTTP. */
type Ending = 'whole' | 'silent' | 'trickling' | 'endless' | 'cut' | 'foreign' | 'unreachable';

export interface Answer {
  readonly ending: Ending;
  /** To the end of the body, or to where it broke. */
  readonly ms: number;
  /** What broke it; absent where nothing did. */
  readonly trouble?: string;
  /** Absent where none came. */
  readonly head?: Head;
  /** Empty where it did not come whole. */
  readonly body: string;
}

export interface Head {
  readonly status: number;
  /** As the server says; empty where it does not. */
  readonly server: string;
  readonly location: string;
  readonly date: string;
  /** Epoch milliseconds by our clock, halfway from the connection to this. */
  readonly halfwayMs: number;
}

interface Request {
  readonly target: Target;
  readonly path: string;
  readonly clock: Clock;
}

interface Progress {
  /** Epoch milliseconds. */
  connectedMs?: number;
  head?: Head;
}

/** Follows no redirect and trusts every certificate. Undefined when the signal aborted; never throws. */
export async function get(
  target: Target,
  path: string,
  time: LookTime,
): Promise<Answer | undefined> {
  const progress: Progress = {};
  const looked = await lookInTime(time, (signal) =>
    exchange({ target, path, clock: time.clock }, progress, signal),
  );
  if (looked === undefined) return undefined;
  const { ms } = looked;
  const head = progress.head === undefined ? {} : { head: progress.head };
  if ('value' in looked) {
    const { value } = looked;
    if (value !== undefined) return { ending: 'whole', ms, body: value.toString(), ...head };
    return { ending: 'endless', ms, body: '', ...head, trouble: `over ${LARGEST_BODY} bytes` };
  }
  const ending = looked.late ? lateIn(progress) : brokenIn(progress, looked.broke);
  const trouble = looked.late ? `not done within ${ms} ms` : brokenBy(looked.broke);
  return { ending, ms, body: '', trouble, ...head };
}

async function exchange(
  { target, path, clock }: Request,
  progress: Progress,
  signal: AbortSignal,
): Promise<Buffer | undefined> {
  const outgoing = (target.secure ? https : http).request({
    ...connectionTo(target),
    path: target.prefix + path,
    headers: { host: target.authority, 'user-agent': 'orderwatch' },
    // A connection of its own: what is looked at is whether one can be had now.
    agent: false,
    // Nothing secret is sent, and the look at the certificate says what is wrong with it.
    rejectUnauthorized: false,
    signal,
  });
  outgoing.on('socket', (socket) => {
    socket.once('connect', () => (progress.connectedMs = clock.now()));
  });
  // A late error, after the answer began, also ends the answer's own stream: it is not lost here.
  outgoing.on('error', () => undefined);
  outgoing.end();
  try {
    const [response] = (await once(outgoing, 'response')) as [http.IncomingMessage];
    progress.head = headOf(response, progress.connectedMs ?? clock.now(), clock.now());
    return await collect(response, LARGEST_BODY);
  } finally {
    outgoing.destroy();
  }
}

function headOf(response: http.IncomingMessage, beganMs: number, endedMs: number): Head {
  const { server = '', location = '', date = '' } = response.headers;
  const halfwayMs = (beganMs + endedMs) / 2;
  return {
    status: response.statusCode ?? 0,
    server: [server].flat().join(' '),
    location,
    date,
    halfwayMs,
  };
}

function lateIn({ connectedMs, head }: Progress): Ending {
  if (connectedMs === undefined) return 'unreachable';
  return head === undefined ? 'silent' : 'trickling';
}

function brokenIn({ connectedMs, head }: Progress, broke: unknown): Ending {
  if (connectedMs === undefined) return 'unreachable';
  const code = codeIn(broke) ?? '';
  if (head !== undefined) return 'cut';
  if (code === 'ETIMEDOUT') return 'silent';
  // The parser's own codes; this one says that the answer ended in the middle of its head.
  return code.startsWith('HPE_') && code !== 'HPE_INVALID_EOF_STATE' ? 'foreign' : 'cut';
}
