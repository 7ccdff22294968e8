/** Odoo's own pages that need no account, and what an answer in their place says about who stands there. */
import { type Observation, observed, type Seen, SLOW_ANSWER_MS } from '../domain/evidence.ts';
import { parseJson } from '../lib/json.ts';
import { type Answer, get, type Head } from './http.ts';
import { briefly, type LookTime } from './looking.ts';
import type { Target } from './target.ts';

const GATEWAY = new Set([502, 503, 504]);
const REDIRECT = new Set([301, 302, 303, 307, 308]);

type WebLook = 'health' | 'database-health' | 'page';
/** What a whole answer of the application itself can be. */
type Kind = 'ok' | 'no-database' | 'foreign';

interface Page {
  readonly path: string;
  readonly kindOf: (head: Head, body: string) => Kind;
}

const PAGES: Readonly<Record<WebLook, Page>> = {
  health: { path: '/web/health', kindOf: kindOfHealth },
  'database-health': { path: '/web/health?db_server_status=1', kindOf: kindOfHealth },
  page: { path: '/web/login', kindOf: kindOfLogin },
};

/** Undefined when the signal aborted; never throws. */
export async function lookAtWeb(
  look: WebLook,
  target: Target,
  time: LookTime,
): Promise<Observation | undefined> {
  const { path, kindOf } = PAGES[look];
  const answer = await get(target, path, time);
  if (answer === undefined) return undefined;
  const { ms } = answer;
  const seen = wordOf(answer, kindOf);
  const detail = describe(answer);
  // Without a database nobody is asked, so nobody can be without one.
  if (look === 'health') {
    return observed(look, seen === 'no-database' ? 'foreign' : seen, { ms, detail });
  }
  return observed(look, seen, { ms, detail });
}

function wordOf(
  { ending, head, body, ms }: Answer,
  kindOf: Page['kindOf'],
): Seen<'page' | 'database-health'> {
  if (ending !== 'whole') return ending;
  if (head === undefined) return 'cut';
  if (GATEWAY.has(head.status)) return 'gateway';
  const kind = kindOf(head, body);
  return kind === 'ok' && ms > SLOW_ANSWER_MS ? 'slow' : kind;
}

function kindOfHealth({ status }: Head, body: string): Kind {
  const health = healthIn(body);
  if (health === undefined) return 'foreign';
  if (health.database === false) return 'no-database';
  return status === 200 ? 'ok' : 'foreign';
}

/** What Odoo says of its health; undefined where it is not Odoo who answers. */
function healthIn(body: string): { readonly database: unknown } | undefined {
  const parsed = parseJson(body);
  if (typeof parsed !== 'object' || parsed === null) return undefined;
  const { status, db_server_status: database } = parsed as Record<string, unknown>;
  return typeof status === 'string' ? { database } : undefined;
}

function kindOfLogin({ status, location }: Head, body: string): Kind {
  if (REDIRECT.has(status)) {
    return location.includes('/web/database/selector') ? 'no-database' : 'foreign';
  }
  if (status !== 200) return 'foreign';
  // Asked first, for the form that makes a database has a field of that name too.
  if (/\baction=["']\/web\/database\//.test(body)) return 'no-database';
  return /<input\b[^>]*\bname=["']login["']/i.test(body) ? 'ok' : 'foreign';
}

/** Status and who answered, and what broke the answer: `HTTP 502 by nginx/1.22.1, ECONNRESET`. */
function describe({ head, body, trouble }: Answer): string {
  const parts = [
    ...(head === undefined ? [] : [`HTTP ${head.status}${author(head, body)}`]),
    ...(trouble === undefined ? [] : [trouble]),
  ];
  return briefly(parts.join(', '));
}

function author({ server }: Head, body: string): string {
  if (server.startsWith('Werkzeug') || healthIn(body) !== undefined) return ' by Odoo';
  return server === '' ? '' : ` by ${server}`;
}
