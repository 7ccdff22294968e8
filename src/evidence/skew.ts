/** How far a tenant's clock is from ours: what an answer's date says against the middle of its exchange. */
import { get } from './http.ts';
import { type LookOptions, timeOf } from './looking.ts';
import { targetOf } from './target.ts';

/** The header has whole seconds, cut off: on average the clock stands half a second further. */
const HALF_A_SECOND_MS = 500;

/**
 * The tenant's clock less ours in milliseconds, true to half a second and half the exchange; positive where the
 * tenant's is ahead. Undefined where nothing with a date answers in time; never throws.
 */
export async function clockSkewMs(url: string, options: LookOptions): Promise<number | undefined> {
  const target = targetOf(url);
  if (target === undefined) return undefined;
  const answer = await get(target, '/web/health', timeOf(options));
  if (answer?.head === undefined) return undefined;
  const { date, halfwayMs } = answer.head;
  const skew = Math.round(Date.parse(date) + HALF_A_SECOND_MS - halfwayMs);
  return Number.isNaN(skew) ? undefined : skew;
}
