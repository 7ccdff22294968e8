/** Names of things as distinct types, so that a tenant's id is never passed for a scenario's. */

declare const brand: unique symbol;
type Branded<Name extends string> = string & { readonly [brand]: Name };

export type TenantId = Branded<'TenantId'>;
export type ScenarioId = Branded<'ScenarioId'>;
export type Slot = Branded<'Slot'>;
export type RunId = Branded<'RunId'>;
export type Mark = Branded<'Mark'>;
export type ShortMark = Branded<'ShortMark'>;
export type RunHash = Branded<'RunHash'>;

export const ID_PATTERN = /^[a-z0-9-]{1,40}$/;

/** Throws RangeError: ids are checked where they enter, so a bad one here is our own mistake. */
export function tenantId(text: string): TenantId {
  return checked(text, ID_PATTERN) as TenantId;
}

export function scenarioId(text: string): ScenarioId {
  return checked(text, ID_PATTERN) as ScenarioId;
}

function checked(text: string, pattern: RegExp): string {
  if (!pattern.test(text)) throw new RangeError(`"${text}" is not of the form ${pattern.source}`);
  return text;
}
