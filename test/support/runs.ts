/** Running `orderwatch run` in tests and reading what it wrote. */
import { join } from 'node:path';
import { z } from 'zod';
import { type RunReport, runReportSchema } from '../../src/domain/report.ts';
import { type CliOptions, type CliResult, orderwatch } from './cli.ts';
import { type ConfigChange, labConfig } from './lab.ts';

interface Played extends CliResult {
  readonly reports: readonly RunReport[];
}

export interface Stage {
  readonly file: string;
  readonly folder: string;
  readonly state: string;
  /** `orderwatch COMMAND --config ... --state ...`; a command may be of two words. */
  readonly command: (name: string, ...args: readonly string[]) => Promise<CliResult>;
  /** `orderwatch run ... --json -`, its reports parsed by the published schema. */
  readonly run: (args?: readonly string[], options?: CliOptions) => Promise<Played>;
}

/** What is played where a test names no scenario. */
const ORDER = ['--scenario', 'order-confirmation'] as const;

/** A configuration and a state folder of one test. */
export async function stage(change: ConfigChange = {}): Promise<Stage> {
  const { file, folder } = await labConfig(change);
  const state = join(folder, 'state');
  const common = ['--config', file, '--state', state];
  return {
    file,
    folder,
    state,
    command: (name, ...args) => orderwatch([...name.split(' '), ...common, ...args]),
    run: async (args = [], options = {}) => {
      const chosen = args.includes('--scenario') ? args : [...ORDER, ...args];
      const result = await orderwatch(['run', ...common, '--json', '-', ...chosen], options);
      const shape = z.strictObject({ runs: z.array(runReportSchema) });
      const reports = result.stdout === '' ? [] : shape.parse(JSON.parse(result.stdout)).runs;
      return { ...result, reports };
    },
  };
}
