/** What went wrong, whose it is and where: the one shape in which failures cross from room to room. */
import { z } from 'zod';
import { observationSchema } from './evidence.ts';

const layers = [
  'network',
  'ingress',
  'application',
  'database',
  'integration',
  'access',
  'data',
] as const;
const common = {
  code: z.string().regex(/^[a-z0-9-]+\.[a-z0-9-]+$/),
  message: z.string(),
  step: z.string().exactOptional(),
  /** Of a server's traceback: the same for the same place in its code, whatever the values were. */
  trace: z
    .string()
    .regex(/^[0-9a-f]{12}$/)
    .exactOptional(),
};
const blameSchema = z.enum(['target', 'scenario', 'fleet']);
export const layerSchema = z.enum(layers);
export type Layer = z.infer<typeof layerSchema>;

/** `layer` says where in the tenant's platform, so it goes with blame `target` only. */
export const failureSchema = z
  .discriminatedUnion('blame', [
    z.strictObject({ ...common, blame: z.literal('target'), layer: layerSchema }).readonly(),
    z.strictObject({ ...common, blame: z.literal('scenario') }).readonly(),
    z.strictObject({ ...common, blame: z.literal('fleet') }).readonly(),
  ])
  .meta({ id: 'Failure' });

/** Whose trouble a failure or a slow run is and where, by which rule, and what was seen. */
export const diagnosisSchema = z
  .strictObject({
    /** The id of the rule that decided, and its reason in words. */
    rule: z.string(),
    because: z.string(),
    blame: blameSchema,
    /** What the failure itself said before anything was looked at; absent of a run that was only slow. */
    said: z
      .strictObject({ blame: blameSchema, layer: layerSchema.exactOptional() })
      .readonly()
      .exactOptional(),
    /** Most likely first, more than one where they cannot be told apart; none unless the blame is the target's. */
    layers: z.array(layerSchema).readonly(),
    observations: z.array(observationSchema).readonly(),
  })
  .readonly()
  .meta({ id: 'Diagnosis' });

export type Diagnosis = z.infer<typeof diagnosisSchema>;

export type Failure = z.infer<typeof failureSchema>;

/** What became of a request that failed: only `unknown` may still take effect. */
export type Fate = 'not-sent' | 'refused' | 'unknown';

/** A failure on its way to the engine's one catch. Adapters throw nothing else on purpose. */
export class Failed extends Error {
  override readonly name = 'Failed';
  readonly failure: Failure;
  readonly fate: Fate;

  constructor(failure: Failure, options: { readonly fate?: Fate; readonly cause?: unknown } = {}) {
    super(failure.message, options.cause === undefined ? {} : { cause: options.cause });
    this.failure = failure;
    this.fate = options.fate ?? 'refused';
  }
}
