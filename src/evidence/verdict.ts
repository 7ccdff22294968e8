/** From samples of a PostgreSQL server, or the error in their place, to one word and who is behind it. */
import type { Seen } from '../domain/evidence.ts';
import { isA, thrownText } from '../lib/thrown.ts';
import { briefly, codeIn } from './looking.ts';
import type { Sample, Wait } from './samples.ts';

export interface Verdict {
  readonly seen: Seen<'postgres'>;
  /** How long what is to blame has lasted, in seconds; of two equal words the longer one tells more. */
  readonly seconds: number;
  readonly detail: string;
}

const WORST_FIRST: readonly Seen<'postgres'>[] = [
  'refused',
  'exhausted',
  'locked',
  'busy',
  // A connection that was there and was lost says more than that nothing was seen before.
  'unreachable',
  'unused',
  'idle',
];

export function worse(a: Verdict | undefined, b: Verdict): Verdict {
  if (a === undefined) return b;
  const [rankA, rankB] = [WORST_FIRST.indexOf(a.seen), WORST_FIRST.indexOf(b.seen)];
  if (rankA !== rankB) return rankA < rankB ? a : b;
  return a.seconds > b.seconds ? a : b;
}

export function verdictOf(sample: Sample): Verdict {
  if (!sample.may_look) {
    return { seen: 'unreachable', seconds: 0, detail: 'the role is no member of pg_monitor' };
  }
  const { seen, seconds = 0, detail } = judge(sample);
  return { seen, seconds, detail: briefly([detail, load(sample)].filter(Boolean).join('; ')) };
}

interface Judged {
  readonly seen: Seen<'postgres'>;
  readonly seconds?: number;
  readonly detail: string;
}

function judge(sample: Sample): Judged {
  const { allowed, waits, running, odoo } = sample;
  if (allowed === null) return { seen: 'refused', detail: 'there is no such database' };
  if (!allowed) return { seen: 'refused', detail: 'the database allows no connections' };
  if (isFull(sample)) return { seen: 'exhausted', detail: 'no connection is left' };
  const [wait] = waits;
  if (wait !== undefined) {
    return { seen: 'locked', seconds: wait.seconds, detail: waitText(wait, waits.length) };
  }
  const [longest] = running;
  if (longest !== undefined) {
    const { seconds, keyword, event } = longest;
    const where = event === null ? '' : `, waiting for ${event}`;
    const detail = `${keyword ?? 'a query'} active for ${inSeconds(seconds)}${where}`;
    return { seen: 'busy', seconds, detail };
  }
  return odoo === 0
    ? { seen: 'unused', detail: 'Odoo has no connection' }
    : { seen: 'idle', detail: '' };
}

function isFull({ connections, most, own_connections, own_most }: Sample): boolean {
  return connections >= most || (own_most !== null && own_connections >= own_most);
}

function waitText({ seconds, holder, relation }: Wait, waiting: number): string {
  const what = relation === null ? 'a lock' : `a lock on ${name(relation)}`;
  const wait = `${waiting > 1 ? `${waiting} wait` : 'waits'} ${inSeconds(seconds)} for ${what}`;
  if (holder === null) return wait;
  const { pid, application, state, seconds: held } = holder;
  const who = `pid ${pid}${application === null || application === '' ? '' : ` ${name(application)}`}`;
  const since = held === null ? '' : ` for ${inSeconds(held)}`;
  return `${wait} of ${who}, ${state ?? 'in an unknown state'}${since}`;
}

/** Names that others gave must not push out what follows them. */
const name = (text: string): string => (text.length > 24 ? `${text.slice(0, 23)}…` : text);

function load({ connections, most, lag_seconds }: Sample): string {
  const lag = lag_seconds === null ? '' : `, replica ${inSeconds(lag_seconds)} behind`;
  return `${connections} of ${most} connections${lag}`;
}

const inSeconds = (seconds: number): string => `${Math.max(0, seconds).toFixed(1)} s`;

/** A connection that did not come about, or was lost; by codes alone, for the texts name users, hosts and files. */
export function verdictOn(broke: unknown, ownDatabase: boolean): Verdict {
  const code = codeIn(broke);
  const about = { seconds: 0, detail: reasonOf(broke) };
  // The role's own limit and that of another database are nothing that keeps Odoo from connecting.
  const elsewhere = ['InitializeSessionUserId', ...(ownDatabase ? [] : ['CheckMyDatabase'])];
  if (code === '53300' && !elsewhere.includes(routineOf(broke))) {
    return { seen: 'exhausted', ...about };
  }
  if (ownDatabase && (code === '55000' || code === '3D000')) return { seen: 'refused', ...about };
  return { seen: 'unreachable', ...about };
}

/** PostgreSQL's name of the place that refused; empty where it was not PostgreSQL. */
function routineOf(broke: unknown): string {
  const { routine } = broke as { readonly routine?: unknown };
  return typeof routine === 'string' ? routine : '';
}

const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nobody listens',
  ENOENT: 'there is no such socket or file',
  EACCES: 'the socket may not be opened',
  ENOTFOUND: 'the host has no address',
  '53300': 'no connection is left',
  '55000': 'the database allows no connections',
  '57P01': 'the server ended the connection',
  '57P02': 'the server crashed',
  '57P03': 'the server is starting or stopping',
  '3D000': 'there is no such database',
  '42501': 'the role may not connect',
  ERR_INVALID_URL: 'the DSN cannot be read',
};

function reasonOf(broke: unknown): string {
  const code = codeIn(broke);
  if (code === undefined) return unnamedReasonOf(broke);
  const reason = code.startsWith('28') ? 'authentication failed' : REASONS[code];
  return briefly(reason === undefined ? code : `${reason} (${code})`);
}

/** What `pg` itself gives up on has a text only. */
function unnamedReasonOf(broke: unknown): string {
  if (isA(broke, URIError)) return 'the DSN cannot be read';
  const text = thrownText(broke);
  if (/timeout/i.test(text)) return 'no answer in time';
  if (text.startsWith('SASL')) return 'authentication failed';
  return 'no connection came about, or it was lost';
}
