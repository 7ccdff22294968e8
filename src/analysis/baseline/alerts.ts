/** From scores to alerts: what opens one, how long it lasts, and which of several deviations are one trouble. */

/** Times are epoch milliseconds; `since` is 0 while there is none, `endedAt` before the first. */
export interface Alert {
  since: number;
  highAt: number;
  endedAt: number;
}

export const freshAlert = (): Alert => ({ since: 0, highAt: 0, endedAt: 0 });

/** So far apart two deviations may begin and still be one trouble. */
export const TOGETHER_MS = 60 * 60_000;
const LASTS_MS = 30 * 60_000;
/** After its end the same is believed less for a while. */
const WARY_MS = 3 * 3_600_000;
const WARY = 0.8;

/** The score that is said: 1 or more from an alert's first moment to its last. */
export function follow(alert: Alert, score: number, t: number): number {
  const wary = alert.since === 0 && alert.endedAt !== 0 && t - alert.endedAt < WARY_MS;
  const said = wary ? score * WARY : score;
  if (said >= 1) {
    if (alert.since === 0) alert.since = t;
    alert.highAt = t;
    return said;
  }
  if (alert.since === 0) return said;
  if (t - alert.highAt <= LASTS_MS) return Math.max(1, said);
  end(alert, t);
  return said;
}

export function end(alert: Alert, t: number): void {
  if (alert.since !== 0) alert.endedAt = t;
  alert.since = 0;
}
