/**
 * Decides by the rule table whose trouble a failure is and where, and what would have changed the answer. What is ours, or
 * the scenario's, never becomes the tenant's here: only the other way round.
 */
import { type Look, looks, type Observation } from '../../domain/evidence.ts';
import type { Failure, Layer } from '../../domain/failure.ts';
import { type Rule, rules } from './rules.ts';

/** What is to be judged: a failure, or a run that passed and waited long for an answer. */
export type Trouble = Said | 'slow';

/** What a failure says of itself. */
export interface Said {
  readonly code: string;
  readonly blame: Failure['blame'];
  readonly layer?: Layer;
}

export interface Judgement {
  /** The id of the rule that decided. */
  readonly rule: string;
  readonly because: string;
  readonly blame: Failure['blame'];
  /** Most likely first; empty unless the blame is the target's. */
  readonly layers: readonly Layer[];
}

/** Had a look shown this, the answer would have been that. */
export interface Otherwise {
  readonly look: Look;
  readonly seen: string;
  readonly judgement: Judgement;
}

export function judge(trouble: Trouble, observations: readonly Observation[]): Judgement {
  const seen = new Map(observations.map((one) => [one.look, one.seen]));
  return judged(trouble, seen);
}

/** Every other word that one look could have shown and that would have changed blame or layer, one for each rule. */
export function otherwise(
  trouble: Trouble,
  observations: readonly Observation[],
): readonly Otherwise[] {
  const seen = new Map(observations.map((one) => [one.look, one.seen]));
  const actual = judged(trouble, seen);
  const found = new Map<string, Otherwise>();
  for (const look of Object.keys(looks) as Look[]) {
    for (const word of looks[look]) {
      if (word === seen.get(look)) continue;
      const judgement = judged(trouble, new Map([...seen, [look, word]]));
      if (answerOf(judgement) === answerOf(actual) || found.has(judgement.rule)) continue;
      found.set(judgement.rule, { look, seen: word, judgement });
    }
  }
  return [...found.values()];
}

const answerOf = ({ blame, layers }: Judgement): string => [blame, ...layers].join(' ');

function judged(trouble: Trouble, seen: ReadonlyMap<Look, string>): Judgement {
  const said = trouble === 'slow' ? slowSaid : trouble;
  // What is ours already can only stay so.
  const rule =
    said.blame === 'target'
      ? (rules.find((one) => holds(one, codeOf(trouble), seen)) ?? NOTHING_ELSE)
      : OURS[said.blame];
  const { id, because, then } = rule;
  if (then.blame === 'as said') return { rule: id, because, ...answerFrom(said) };
  const layers = then.blame === 'target' ? then.layers : [];
  return { rule: id, because, blame: then.blame, layers };
}

type Default = Pick<Rule, 'id' | 'then' | 'because'>;

const NOTHING_ELSE: Default = {
  id: 'as-said',
  then: { blame: 'as said' },
  because: 'nothing was seen that says otherwise',
};

const OURS: Readonly<Record<'fleet' | 'scenario', Default>> = {
  fleet: {
    id: 'ours',
    then: { blame: 'as said' },
    because: 'it is our own side’s trouble, or cannot be told from it',
  },
  scenario: {
    id: 'scenario',
    then: { blame: 'as said' },
    because:
      'the scenario assumes what is not so: it needs mending before it can say anything of the tenant',
  },
};

/** A run that passed blames nobody; where it waited is the question. */
const slowSaid = { blame: 'target', layer: 'application' } as const;

function answerFrom({ blame, layer }: Omit<Said, 'code'>): Pick<Judgement, 'blame' | 'layers'> {
  return { blame, layers: layer === undefined ? [] : [layer] };
}

const codeOf = (trouble: Trouble): string => (trouble === 'slow' ? trouble : trouble.code);

function holds({ when }: Rule, code: string, seen: ReadonlyMap<Look, string>): boolean {
  const codeHolds = when.code?.some((start) => code.startsWith(start)) ?? true;
  return (
    codeHolds &&
    Object.entries(when.seen ?? {}).every(([look, words]) =>
      (words as readonly string[]).includes(seen.get(look as Look) ?? ''),
    )
  );
}
