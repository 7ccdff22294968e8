/** `npm run proof -- NAME [--seed N] [--scenario ID]`: long evidence, most of it on the lab. The last line is its figures; a miss exits 1. */
import { parseArgs } from 'node:util';
import { cutsHold } from '../../test/proof/aftermath.ts';
import { baselinesHold, proveBaselines } from '../../test/proof/baselines.ts';
import { holdsInBrowser, proveBrowser } from '../../test/proof/browser.ts';
import { proveBrowserCuts } from '../../test/proof/browser-cuts.ts';
import { proveCuts } from '../../test/proof/cuts.ts';
import { cyclesAreFlat, cyclesHold, proveCycles } from '../../test/proof/cycles.ts';
import { faultsHold, proveFaults } from '../../test/proof/faults.ts';
import { gateHolds, proveGate } from '../../test/proof/gate.ts';
import { latencyHolds, proveLatency } from '../../test/proof/latency.ts';
import { monkeyHolds, proveMonkey } from '../../test/proof/monkey.ts';
import { isFlat, proveSoak, soakHolds } from '../../test/proof/soak.ts';
import { proveVariants, variantsHold } from '../../test/proof/variants.ts';
import { labUp } from './steps.ts';

interface Proof {
  readonly what: string;
  /** Absent of one that needs the lab. */
  readonly withoutLab?: true;
  /** Answers whether it holds, and its figures as one line. */
  readonly run: (seed: number, scenario: string) => Promise<Outcome> | Outcome;
}

interface Outcome {
  readonly holds: boolean;
  readonly figures: string;
}

/** One more than fifty: two scenarios on two tenants are then more runs than one browser serves. */
const REPEAT = 51;
const TEN_MINUTES_MS = 600_000;

const PROOFS: Readonly<Record<string, Proof>> = {
  cuts: {
    what: 'a run cut at every request leaves nothing open and no mark on two orders',
    run: async (seed, scenario) => {
      const figures = await proveCuts({ scenarios: [scenario], seed, share: 1, say: console.log });
      const all = JSON.stringify({ seed, ...figures });
      return { holds: cutsHold(figures), figures: `cuts: ${all}` };
    },
  },
  'browser-cuts': {
    what: 'the same in the browser, at every call of the page and at every step',
    run: async (seed, scenario) => {
      const scenarios = [scenario];
      const figures = await proveBrowserCuts({ scenarios, seed, share: 1, say: console.log });
      return {
        holds: cutsHold(figures) && figures.browsersLeft === 0,
        figures: `browser-cuts: ${JSON.stringify({ seed, ...figures })}`,
      };
    },
  },
  cycles: {
    what: 'order to cash 300 times over RPC and 60 in the browser: nothing is left, and nothing grows',
    run: async () => {
      const runs = { rpc: 300, browser: 60 };
      const figures = await proveCycles({ runs, say: console.log });
      return {
        holds: cyclesHold(figures) && cyclesAreFlat(figures),
        figures: `cycles: ${JSON.stringify(figures)}`,
      };
    },
  },
  soak: {
    what: 'one worker process plays 2,000 runs over RPC and 300 in the browser, and its memory does not grow',
    run: async () => {
      const runs = { rpc: 2_000, browser: 300 };
      const figures = await proveSoak({ runs, say: console.log });
      return {
        holds: soakHolds(figures, { runs }) && isFlat(figures),
        figures: `soak: ${JSON.stringify(figures)}`,
      };
    },
  },
  variants: {
    what: 'every scenario passes and is undone whatever a tenant has set, and after ten minutes away',
    run: async (seed) => {
      const figures = await proveVariants({
        seed,
        share: 1,
        downMs: TEN_MINUTES_MS,
        say: console.log,
      });
      return {
        holds: variantsHold(figures),
        figures: `variants: ${JSON.stringify({ seed, ...figures })}`,
      };
    },
  },
  faults: {
    what: 'every fault that is injected into a tenant or into our own side is told for what it is',
    run: async (seed) => {
      const figures = await proveFaults({ seed, share: 1, say: console.log });
      return {
        holds: faultsHold(figures),
        figures: `faults: ${JSON.stringify({ seed, ...figures })}`,
      };
    },
  },
  gate: {
    what: 'a gate rolls back what is bad, and neither for our own faults nor for what was broken before',
    run: async (seed) => {
      const figures = await proveGate({ seed, share: 1, say: console.log });
      return {
        holds: gateHolds(figures),
        figures: `gate: ${JSON.stringify({ seed, ...figures })}`,
      };
    },
  },
  monkey: {
    what: 'a fleet whose every part is broken in mid-run leaves no hole, no second order and no residue, and blames nobody',
    run: async (seed) => {
      const figures = await proveMonkey({ seed, share: 1, say: console.log });
      return {
        holds: monkeyHolds(figures, 1),
        figures: `monkey: ${JSON.stringify({ seed, ...figures })}`,
      };
    },
  },
  latency: {
    what: 'simulated gates find the slow releases and blame hardly an innocent one',
    withoutLab: true,
    run: (seed) => {
      const figures = proveLatency({ seed, share: 1, say: console.log });
      return {
        holds: latencyHolds(figures),
        figures: `latency: ${JSON.stringify({ seed, ...figures })}`,
      };
    },
  },
  baselines: {
    what: 'the detector finds the incidents of simulated fleets, soon and once, and hardly alerts for nothing',
    withoutLab: true,
    run: (seed) => {
      const figures = proveBaselines({ seed, share: 1, say: console.log });
      return {
        holds: baselinesHold(figures),
        figures: `baselines: ${JSON.stringify({ seed, ...figures })}`,
      };
    },
  },
  browser: {
    what: 'login and a scenario in the browser pass 50 times without a flake, and give their memory back',
    run: async (_, scenario) => {
      const figures = await proveBrowser({ scenario, repeat: REPEAT, say: console.log });
      return {
        holds: holdsInBrowser(figures, REPEAT),
        figures: `browser: ${JSON.stringify(figures)}`,
      };
    },
  },
};

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seed: { type: 'string', default: '1' },
    scenario: { type: 'string', default: 'order-confirmation' },
  },
});
const [name = ''] = positionals;
const proof = PROOFS[name];
const seed = Number(values.seed);
if (proof === undefined || !Number.isSafeInteger(seed)) {
  const names = Object.entries(PROOFS).map(([proofName, { what }]) => `  ${proofName}  ${what}`);
  console.error(`usage: npm run proof -- NAME [--seed N] [--scenario ID]\n\n${names.join('\n')}`);
  process.exit(2);
}
if (proof.withoutLab !== true) labUp();
const { holds, figures } = await proof.run(seed, values.scenario);
console.log(figures);
process.exitCode = holds ? 0 : 1;
