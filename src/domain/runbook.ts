/** Where the pages lie that say what to do: one for each layer, one for when none is known, and two for our own alerts. */
import { layerSchema } from './failure.ts';

export const runbooks = [...layerSchema.options, 'unknown', 'monitor', 'budget'] as const;

export type Runbook = (typeof runbooks)[number];

/** In the repository; a wiki or the repository's web page is better where people read their alerts. */
export const RUNBOOKS = 'deploy/alerting/runbooks';

/** The address of a page, such as `https://wiki.example/runbooks/database.md`. */
export function runbookOf(base: string, name: Runbook): string {
  return `${base.replace(/\/+$/, '')}/${name}.md`;
}
