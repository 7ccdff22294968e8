/** Durations as people write them (`90s`, `5m`) to milliseconds and back. */

const MS_PER_UNIT = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
type Unit = keyof typeof MS_PER_UNIT;

/** Milliseconds, or undefined when the text is not a number followed by ms, s, m, h or d. */
export function parseDuration(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/.exec(text.trim());
  if (match?.[1] === undefined) return undefined;
  const ms = Math.round(Number(match[1]) * MS_PER_UNIT[match[2] as Unit]);
  return Number.isSafeInteger(ms) ? ms : undefined;
}

/** Two significant parts at most: `340 ms`, `2.40 s`, `31.5 s`, `3 m 20 s`, `4 h 5 m`. */
export function formatDuration(ms: number): string {
  if (Math.round(ms) < 1_000) return `${Math.round(ms)} ms`;
  if (Math.round(ms / 10) < 1_000) return `${(ms / 1_000).toFixed(2)} s`;
  if (Math.round(ms / 100) < 600) return `${(ms / 1_000).toFixed(1)} s`;
  const seconds = Math.max(60, Math.floor(ms / 1_000));
  const [size, unit, smallSize, small]: [number, string, number, string] =
    seconds < 3_600 ? [60, 'm', 1, 's'] : [3_600, 'h', 60, 'm'];
  const rest = Math.floor((seconds % size) / smallSize);
  const whole = `${Math.floor(seconds / size)} ${unit}`;
  return rest === 0 ? whole : `${whole} ${rest} ${small}`;
}

/** As `parseDuration` reads it, in the largest unit that leaves no rest: `90s`, `5m`, `1d`. */
export function exactDuration(ms: number): string {
  const units = (Object.keys(MS_PER_UNIT) as Unit[]).toReversed();
  const unit = units.find((one) => ms % MS_PER_UNIT[one] === 0) ?? 'ms';
  return `${ms / MS_PER_UNIT[unit]}${unit}`;
}
