// What a person sees: one line per step with its duration and its reason, and for a failure the
// end of its log and the remedy. Colours only on a terminal (CI logs stay plain).
import { readFileSync } from 'node:fs';
import { isatty } from 'node:tty';
import pc from 'picocolors';
import { asFailure } from './failure.ts';

const colour = pc.createColors(isatty(1) && process.env['NO_COLOR'] === undefined);
const NAME_WIDTH = 10;
const TAIL_LINES = 8;
const TAIL_WIDTH = 200;

export interface Say {
  /** Something slow begins, and why. */
  readonly starting: (why: string) => void;
  /** How the step ended, or why there was nothing to do. */
  readonly done: (outcome: string) => void;
}

export class StepFailed extends Error {}

const seconds = (since: number): string => `${((performance.now() - since) / 1000).toFixed(1)} s`;

export const line = (text = ''): void => {
  console.log(text);
};

export const heading = (text: string): void => {
  line(colour.bold(text));
};

export const timer = (): (() => string) => {
  const since = performance.now();
  return () => seconds(since);
};

export async function step<T>(name: string, work: (say: Say) => Promise<T>): Promise<T> {
  const since = performance.now();
  const label = name.padEnd(NAME_WIDTH);
  let outcome = 'done';
  try {
    const value = await work({
      starting: (why) => {
        line(`${colour.cyan('..')}   ${label} ${why}`);
      },
      done: (text) => {
        outcome = text;
      },
    });
    line(
      `${colour.green('ok')}   ${label} ${outcome.replaceAll('\n', ' ')} ${colour.dim(`(${seconds(since)})`)}`,
    );
    return value;
  } catch (thrown) {
    printFailure(`${label} `, thrown, seconds(since));
    throw new StepFailed(name, { cause: thrown });
  }
}

export function printFailure(label: string, thrown: unknown, took: string): void {
  const failure = asFailure(thrown);
  line(`${colour.red('FAIL')} ${label}${failure.message} ${colour.dim(`(${took})`)}`);
  if (failure.log !== undefined) {
    line(`     log: ${failure.log}`);
    for (const text of tail(failure.log)) line(colour.dim(`     | ${text}`));
  }
  line(`     ${colour.yellow('what to do:')} ${failure.remedy}`);
}

function tail(file: string): string[] {
  try {
    return readFileSync(file, 'utf8')
      .trimEnd()
      .split('\n')
      .slice(-TAIL_LINES)
      .map((text) => text.slice(0, TAIL_WIDTH));
  } catch {
    return ['(no log was written)'];
  }
}

export const mark = (good: boolean): string => (good ? colour.green('up  ') : colour.red('down'));
