/** Holds what a report says against what was really injected. */
import type { RunReport } from '../../src/domain/report.ts';
import type { Fault } from './fault.ts';
import type { PlayedFault } from './play.ts';

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

/** `withDsn`: whether there was that look. */
export function judge(
  fault: Fault,
  { report, warnings }: Pick<PlayedFault, 'report' | 'warnings'>,
  withDsn: boolean,
): Verdict {
  const named = namedBy(report);
  const { expected } = fault;
  const passed = report?.outcome.kind === 'passed';
  const blameRight =
    'warning' in expected
      ? passed && named.blame === 'none' && warnings.includes(expected.warning)
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
    evidence: [named.evidence, ...warnings.map((one) => `doctor warns: ${one}`)]
      .filter((text) => text !== '')
      .join(', '),
    blameRight,
    layerRight: layer === undefined ? undefined : blameRight && isRight,
  };
}

type Named = Pick<Verdict, 'blame' | 'layers' | 'rule' | 'evidence'>;

function namedBy(report: RunReport | undefined): Named {
  const nobody = { blame: 'none', layers: [], rule: '' };
  if (report === undefined) return { ...nobody, evidence: 'no report' };
  const { diagnosis, outcome } = report;
  if (diagnosis !== undefined) {
    const { blame, layers, rule } = diagnosis;
    return { blame, layers, rule, evidence: evidenceIn(report) };
  }
  return { ...nobody, evidence: outcome.kind === 'skipped' ? `skipped: ${outcome.reason}` : '' };
}

/** What people would look at: the failure's code, and whatever was not well. */
function evidenceIn({ outcome, diagnosis }: RunReport): string {
  const said = 'failure' in outcome ? [outcome.failure.code] : [];
  const seen = (diagnosis?.observations ?? [])
    .filter(({ seen: word }) => !WELL.includes(word))
    .map(({ look, seen: word }) => `${look} ${word}`);
  return [...said, ...seen].join(', ');
}

const WELL = ['ok', 'clean', 'passed'];
