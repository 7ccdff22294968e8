/**
 * What was seen around a run that failed or was slow: each observation is one cheap look with one word for what it
 * showed. The words are closed lists, so that rules over them are data and `explain` can ask what another word would
 * have meant.
 */
import { z } from 'zod';

/** What an answer over the web can be; one that takes longer than `SLOW_ANSWER_MS` is `slow`. */
const WEB = [
  'ok',
  'slow',
  'silent',
  'trickling',
  'endless',
  'cut',
  'gateway',
  'foreign',
  'unreachable',
] as const;

export const SLOW_ANSWER_MS = 1_000;

/** Every look there is, and what it can show. */
export const looks = {
  /** The name of the tenant's URL. `no-resolver`: nobody could say, which is our side's trouble. */
  dns: ['ok', 'unknown-name', 'no-resolver'],
  /** A TCP connection. `no-route`: our own machine has none. */
  connect: ['ok', 'refused', 'silent', 'reset', 'unreachable', 'no-route'],
  /** The certificate, where the URL is https; still valid for fewer than 14 days is `expiring`. */
  tls: ['ok', 'expiring', 'expired', 'not-yet-valid', 'wrong-name', 'untrusted', 'failed'],
  /** `/web/health`: whichever worker is free answers, without a database. */
  health: WEB,
  /** The same with `db_server_status`: it reaches the database server, though not the tenant's database. */
  'database-health': [...WEB, 'no-database'],
  /** `/web/login`: over the web, with the tenant's database. */
  page: [...WEB, 'no-database'],
  /** The probe user's own record over RPC, on a connection of its own. */
  read: [
    'ok',
    'slow',
    'silent',
    'cut',
    'gateway',
    'foreign',
    'unreachable',
    'no-database',
    'refused',
    'error',
  ],
  /** The page's console, of a run in the browser; harmless noise left out. */
  console: ['clean', 'errors'],
  /** The same step over the other transport, when it was last played, within ten minutes. */
  'other-transport': ['passed', 'failed'],
  /**
   * PostgreSQL by the platform's read-only DSN, sampled while the run waited. `locked`: a query of the tenant waits for
   * a lock; `busy`: one runs for a second and longer; `exhausted`: no connection is left; `refused`: the tenant's
   * database takes none; `idle`: nothing of the tenant's was running; `unused`: Odoo has no connection to the server.
   */
  postgres: ['idle', 'busy', 'locked', 'exhausted', 'refused', 'unused', 'unreachable'],
  /** Our own side. */
  'event-loop': ['ok', 'stalled'],
  cpu: ['ok', 'throttled'],
  disk: ['ok', 'full'],
  redis: ['ok', 'slow', 'gone', 'full'],
  clock: ['ok', 'jumped'],
  browser: ['ok', 'missing', 'crashed'],
} as const;

export type Look = keyof typeof looks;
export type Seen<L extends Look = Look> = (typeof looks)[L][number];

/** One look: what it showed, how long it took in milliseconds, and more in words for people. */
export const observationSchema = z
  .strictObject({
    look: z.enum(Object.keys(looks) as [Look, ...Look[]]),
    seen: z.string(),
    ms: z.number().nonnegative().exactOptional(),
    /** Never a secret, never a value of the tenant's records. */
    detail: z.string().exactOptional(),
  })
  .refine(({ look, seen }) => (looks[look] as readonly string[]).includes(seen), {
    error: 'what a look cannot show',
  })
  .readonly()
  .meta({ id: 'Observation' });

export type Observation = z.infer<typeof observationSchema>;

/** Makes an observation, whose word the compiler holds against its look. */
export function observed<L extends Look>(
  look: L,
  seen: Seen<L>,
  more: { readonly ms?: number; readonly detail?: string } = {},
): Observation {
  return { look, seen, ...more };
}
