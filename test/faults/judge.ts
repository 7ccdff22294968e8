/** Holds what a report says against what was really injected. */
import type { RunReport } from '../../src/domain/report.ts';
import type { Fault } from './fault.ts';

export interface Verdict {
  /** `none` where nobody is blamed. */
  readonly blame: string;
  /** The most likely one first. */
  readonly layers: readonly string[];
  readonly rule: string;
  /** What decided, in words. */
  readonly evidence: string;
  readonly blameRight: boolean;
  /** Undefined where no layer has to be named. */
  readonly layerRight: boolean | undefined;
}

/** Which of these two it is, only a look into the database tells for sure. */
const ALIKE = ['application', 'database'];

interface Named {
  readonly blame: string;
  readonly layers: readonly string[];
  readonly rule: string;
  readonly because: readonly string[];
}

/** `withDsn`: whether there was that look. */
export function judge(fault: Fault, report: RunReport | undefined, withDsn: boolean): Verdict {
  const named = namedBy(report);
  const { expected } = fault;
  const passed = report?.outcome.kind === 'passed';
  const blameRight =
    'warning' in expected
      ? passed && named.blame === 'none'
      : named.blame === expected.blame &&
        passed === (expected.blame === 'target' && expected.slow === true);
  const layer = 'layer' in expected ? expected.layer : undefined;
  const [first, second] = named.layers;
  const either = !withDsn && [first, second].toSorted().join() === ALIKE.join();
  const isRight = first === layer || (either && layer !== undefined && ALIKE.includes(layer));
  return {
    blame: named.blame,
    layers: named.layers,
    rule: named.rule,
    evidence: named.because.join('; '),
    blameRight,
    layerRight: layer === undefined ? undefined : blameRight && isRight,
  };
}

function namedBy(report: RunReport | undefined): Named {
  if (report === undefined) return { blame: 'none', layers: [], rule: '', because: ['no report'] };
  const { diagnosis } = report as { readonly diagnosis?: Named };
  if (diagnosis !== undefined) return { ...diagnosis, layers: diagnosis.layers };
  const { outcome } = report;
  if (outcome.kind === 'passed') return { blame: 'none', layers: [], rule: '', because: [] };
  if (outcome.kind === 'skipped') {
    return { blame: 'none', layers: [], rule: '', because: [`skipped: ${outcome.reason}`] };
  }
  const { failure } = outcome;
  return {
    blame: failure.blame,
    layers: failure.blame === 'target' ? [failure.layer] : [],
    rule: '',
    because: [`${failure.code}: ${failure.message}`],
  };
}
