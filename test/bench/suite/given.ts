/** What the bench tells its child process, in one variable of the environment. */
import type { Subject } from '../subject.ts';

export interface Given {
  readonly subject: Subject;
  readonly mark: string;
  readonly outputFolder: string;
}

export const VARIABLE = 'ORDERWATCH_BENCH';

export const given = JSON.parse(process.env[VARIABLE] ?? '{}') as Given;
