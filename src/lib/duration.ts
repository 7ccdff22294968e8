/** Durations as people write them (`90s`, `5m`) to milliseconds and back. */

const MS_PER_UNIT = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
type Unit = keyof typeof MS_PER_UNIT;

/** Milliseconds, or undefined when the text is not a number followed by ms, s, m, h or d. */
export function parseDuration(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/.exec(text.trim());
  if (match?.[1] === undefined) return undefined;
  return Math.round(Number(match[1]) * MS_PER_UNIT[match[2] as Unit]);
}

/** Two significant parts at most: `340 ms`, `2.4 s`, `3 m 20 s`, `4 h 5 m`. */
export function formatDuration(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1_000).toFixed(ms < 10_000 ? 2 : 1)} s`;
  const [size, unit, smallSize, small]: [number, string, number, string] =
    ms < 3_600_000 ? [60_000, 'm', 1_000, 's'] : [3_600_000, 'h', 60_000, 'm'];
  const whole = Math.floor(ms / size);
  const rest = Math.floor((ms % size) / smallSize);
  return rest === 0 ? `${whole} ${unit}` : `${whole} ${unit} ${rest} ${small}`;
}
