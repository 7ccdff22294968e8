/** What a tenant's owner allowed us to write, in four levels; each includes the ones before it. */

export const consentLevels = ['read-only', 'draft', 'reversible', 'full'] as const;
export type ConsentLevel = (typeof consentLevels)[number];

export type Consent =
  | { readonly level: 'read-only' }
  | {
      readonly level: Exclude<ConsentLevel, 'read-only'>;
      /** Who agreed. */
      readonly by: string;
      /** Epoch milliseconds of the end of the last agreed day, UTC. */
      readonly untilMs: number;
    };

/** Undefined when allowed, else the exact reason why not. */
export function consentRefusal(
  consent: Consent,
  needed: ConsentLevel,
  nowMs: number,
): string | undefined {
  if (needed === 'read-only') return undefined;
  if (consentLevels.indexOf(consent.level) < consentLevels.indexOf(needed)) {
    return `consent is ${consent.level}, this scenario needs ${needed}`;
  }
  if (consent.level !== 'read-only' && nowMs > consent.untilMs) {
    return `consent ended ${new Date(consent.untilMs).toISOString().slice(0, 10)}`;
  }
  return undefined;
}
