/** What went wrong, whose it is and where: the one shape in which failures cross from room to room. */
import { z } from 'zod';

export const layers = [
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
};

/** `layer` says where in the tenant's platform, so it goes with blame `target` only. */
export const failureSchema = z
  .discriminatedUnion('blame', [
    z.strictObject({ ...common, blame: z.literal('target'), layer: z.enum(layers) }).readonly(),
    z.strictObject({ ...common, blame: z.literal('scenario') }).readonly(),
    z.strictObject({ ...common, blame: z.literal('fleet') }).readonly(),
  ])
  .meta({ id: 'Failure' });

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
