/** The published JSON Schemas, judged by a validator that is not ours. */
import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { publishedSchemas } from '../../src/wire/schemas.ts';
import { gateResults, rolledBack } from '../support/unit/gate-results.ts';
import { contractPath } from '../support/unit/golden.ts';
import { reportOf } from '../support/unit/reports.ts';

const ajv = new Ajv2020({ strict: true, allowUnionTypes: true, allErrors: true });
formats.default(ajv);
const schemas = publishedSchemas();
const config = ajv.compile(schemas.config);
const reports = ajv.compile(schemas.reports);
const gate = ajv.compile(schemas.gate);

const goodConfig = (): Record<string, unknown> =>
  parse(readFileSync(contractPath('good/orderwatch.yaml'), 'utf8')) as Record<string, unknown>;

describe('the schema of a configuration', () => {
  it('accepts a good one', () => {
    config(goodConfig());
    expect(config.errors).toBeNull();
  });

  it.each([
    'unknown-key-top',
    'unknown-key-tenant',
    'unknown-key-fleet',
    'tier-unknown',
    'tier-missing',
    'id-in-capitals',
    'id-too-long',
    'id-number',
    'database-empty',
    'transports-none',
    'transports-unknown',
    'consent-unknown-level',
    'consent-without-who',
    'consent-text',
    'secret-in-plain',
    'provision-country',
    'provision-delivery-steps',
    'platform-incomplete',
    'fleet-missing',
    'tenants-not-a-list',
    'limit-not-a-duration',
    'schedule-unknown-key',
    'schedule-without-scenario',
    'calendar-unknown-weekday',
    'calendar-not-a-time',
    'calendar-name-in-capitals',
    'row-budget-below-zero',
    'redis-password-in-plain',
    'redis-a-number',
    'redis-cluster-empty',
    'redis-unknown-key',
    'policy-unknown-key',
    'policy-unknown-ground',
    'policy-nothing-named',
    'policy-numbers-out-of-bounds',
    'policy-name-in-capitals',
    'policies-a-list',
    'text',
    'list',
  ])('refuses what the command refuses: %s', (name) => {
    const value: unknown = parse(readFileSync(contractPath(`invalid/${name}.yaml`), 'utf8'));
    expect(config(value)).toBe(false);
  });

  it('explains each key of a tenant that needs explaining', () => {
    const text = JSON.stringify(schemas.config);
    expect(text).toContain('IANA name');
    expect(text).toContain('promised availability in per cent');
  });

  it('lets an editor complete the choices', () => {
    expect(JSON.stringify(schemas.config)).toContain('["ship_only","pick_ship","pick_pack_ship"]');
  });
});

describe('the schema of what `run --json` writes', () => {
  const target = {
    code: 'odoo.timeout',
    blame: 'target',
    layer: 'application',
    message: 'x',
  } as const;

  it.each([
    ['no run', []],
    ['a passed run', [reportOf()]],
    ['a failed run', [reportOf({ outcome: { kind: 'failed', failure: target } })]],
    ['a skipped run', [reportOf({ outcome: { kind: 'skipped', reason: 'x' } })]],
    [
      'a run of the fleet’s fault',
      [
        reportOf({
          outcome: {
            kind: 'inconclusive',
            failure: { code: 'a.b', blame: 'fleet', message: '', step: 's' },
          },
        }),
      ],
    ],
    [
      'a pending clean-up',
      [reportOf({ compensation: { kind: 'pending', actions: [], reason: 'x' } })],
    ],
  ])('accepts %s', (_, runs) => {
    reports(JSON.parse(JSON.stringify({ runs })));
    expect(reports.errors).toBeNull();
  });

  it.each<[string, object]>([
    ['another version', { v: 2 }],
    ['an outcome that there is not', { outcome: { kind: 'degraded' } }],
    [
      'a target without a layer',
      { outcome: { kind: 'failed', failure: { ...target, layer: undefined } } },
    ],
    [
      'a fleet with a layer',
      { outcome: { kind: 'inconclusive', failure: { ...target, blame: 'fleet' } } },
    ],
    ['a negative duration', { durationMs: -1 }],
    ['a start that is no instant', { startedAt: 'yesterday' }],
    ['a key that nobody knows', { mood: 'good' }],
    ['a key that is missing', { contaminated: undefined }],
  ])('refuses %s', (_, change) => {
    expect(reports(JSON.parse(JSON.stringify({ runs: [{ ...reportOf(), ...change }] })))).toBe(
      false,
    );
  });

  it('refuses a file without its list', () => {
    expect(reports([reportOf()])).toBe(false);
    expect(reports({})).toBe(false);
  });
});

describe('the schema of what `gate --json` writes', () => {
  it.each(gateResults)('accepts a gate: %s', (_, result) => {
    gate(JSON.parse(JSON.stringify(result)));
    expect(gate.errors).toBeNull();
  });

  const good = rolledBack;
  const [finding] = good.findings;

  it.each<[string, object]>([
    ['another version', { v: 2 }],
    ['a verdict that there is not', { verdict: { ...good.verdict, kind: 'maybe' } }],
    ['a reason that there is not', { verdict: { ...good.verdict, code: 'mood' } }],
    ['a finding without its reason', { findings: [{ ...finding, because: undefined }] }],
    ['a finding that promotes', { findings: [{ ...finding, says: 'promote' }] }],
    ['a gate id that is none', { gateId: 'last' }],
    ['a run that is none', { runs: [{ ...reportOf(), v: 2 }] }],
    ['a key that nobody knows', { mood: 'good' }],
    ['a key that is missing', { series: undefined }],
  ])('refuses %s', (_, change) => {
    expect(gate(JSON.parse(JSON.stringify({ ...good, ...change })))).toBe(false);
  });

  it('has a name for what it describes', () => {
    const $defs = { GateResult: { title: 'orderwatch gate --json' } };
    expect(schemas.gate).toMatchObject({ $defs });
  });
});

describe('all schemas', () => {
  it.each(Object.entries(schemas))('%s says which draft it is of', (_, schema) => {
    expect(schema).toMatchObject({ $schema: 'https://json-schema.org/draft/2020-12/schema' });
  });
});
