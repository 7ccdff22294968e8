/** Configuration files for a moment, from one good tenant with some lines changed. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Catalogue } from '../../../src/config/schedule-entries.ts';
import { temporaryFolder } from './folder.ts';

/** Scenarios that schedules and policies may name; what a run of them leaves is not the built-in ones' business. */
export const CATALOGUE: Catalogue = [
  {
    id: 'login',
    rows: { browser: 6 },
    transports: ['browser'],
    consent: 'read-only',
    steps: ['open login page', 'sign in'],
  },
  {
    id: 'order-confirmation',
    rows: { rpc: 12, browser: 27 },
    transports: ['rpc', 'browser'],
    consent: 'reversible',
    steps: ['create quotation', 'confirm order'],
  },
];

const LINES = {
  id: 'id: north',
  url: 'url: https://north.example',
  database: 'database: north',
  tier: 'tier: 99.9',
  timeZone: 'timeZone: Europe/Paris',
  platform: 'platform: { cluster: a, databaseHost: b, hostingModel: shared }',
  credentials: "credentials: { login: probe, password: 'env:PROBE' }",
  provision: 'provision: { country: FR, currency: EUR, language: fr_FR, deliverySteps: ship_only }',
};

/** One item of `tenants`; a change replaces the line of its key or adds one. */
export function tenantYaml(change: Readonly<Record<string, string>> = {}): string {
  const lines = Object.values({ ...LINES, ...change });
  return `  - ${lines.join('\n    ')}`;
}

/** The path of a file that holds these tenants. */
export function configFile(tenants: string, fleet = ''): string {
  const file = join(temporaryFolder(), 'orderwatch.yaml');
  writeFileSync(
    file,
    `fleet:\n  name: test\n${fleet === '' ? '' : `  ${fleet.replaceAll('\n', '\n  ')}\n`}tenants:\n${tenants}\n`,
  );
  return file;
}
