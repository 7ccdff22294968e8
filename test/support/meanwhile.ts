/** One run in this process, with something that happens in the tenant just before a chosen call of it. */
import type { RunReport } from '../../src/domain/report.ts';
import type { SignIn } from '../../src/engine/ports.ts';
import { runAll, wantedRuns } from '../../src/tasks/run.ts';
import { compose } from '../../src/wire/compose.ts';
import type { ConfigChange, LabTenant } from './lab.ts';
import { stage } from './runs.ts';

export interface Meanwhile {
  /** `model.method` of the call, or of several of which the first counts. */
  readonly before: string | readonly string[];
  /** Answers `instead` when the call shall not be sent at all. */
  readonly happens: () => Promise<'instead' | undefined>;
}

/** Plays a scenario once, over rpc unless it is told otherwise; what happens, happens once. */
export async function playWhile(
  tenant: LabTenant,
  scenario: string,
  { before, happens }: Meanwhile,
  change: ConfigChange = {},
): Promise<RunReport> {
  const awaited = [before].flat();
  const { file, state } = await stage({ ...change, tenants: [tenant] });
  const orderwatch = await compose({ configFile: file, stateFolder: state });
  let done = false;
  const signIn: SignIn = async (...args) => {
    const session = await orderwatch.engine.signIn(...args);
    return {
      wire: session.wire,
      uid: session.uid,
      call: async (model, method, params, options) => {
        if (!done && awaited.includes(`${model}.${method}`)) {
          done = true;
          if ((await happens()) === 'instead') return true;
        }
        return await session.call(model, method, params, options);
      },
      close: () => {
        session.close();
      },
    };
  };
  const scenarios = [...orderwatch.scenarios.values()].filter(({ id }) => id === scenario);
  const wanted = wantedRuns({ tenants: orderwatch.config.tenants, scenarios, repeat: 1 });
  try {
    for await (const report of runAll(
      wanted,
      { ...orderwatch.engine, signIn },
      new AbortController().signal,
    )) {
      return report;
    }
  } finally {
    await orderwatch.close();
  }
  throw new Error(`${scenario} did not run in ${tenant}`);
}
