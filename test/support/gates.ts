/** Running `orderwatch gate` in tests and reading what it found. */
import { type GateResult, gateResultSchema } from '../../src/domain/gate.ts';
import { type CliOptions, type CliResult, orderwatch } from './cli.ts';
import type { Stage } from './runs.ts';

export interface PlayedGate extends CliResult {
  /** Undefined when there was none. */
  readonly result: GateResult | undefined;
  /** For example `rollback failure`; what was said instead when there is no result. */
  readonly verdict: string;
}

/** `orderwatch gate ... --json -`, its result parsed by the published schema. */
export async function playGate(
  { file, state }: Stage,
  args: readonly string[],
  options: CliOptions = {},
): Promise<PlayedGate> {
  const common = ['--config', file, '--state', state, '--json', '-', '--wait-ready', '1s'];
  const played = await orderwatch(['gate', ...common, ...args], options);
  if (played.stdout === '') return { ...played, result: undefined, verdict: played.stderr };
  const result = gateResultSchema.parse(JSON.parse(played.stdout));
  const { kind, code } = result.verdict;
  return { ...played, result, verdict: `${kind} ${code}` };
}
