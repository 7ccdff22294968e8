import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { scenarioId, tenantId } from '../../../src/domain/ids.ts';
import { runIdOf } from '../../../src/domain/mark.ts';
import { runRequestOf, runRequestSchema } from '../../../src/domain/run-request.ts';
import { runKeys } from '../../support/unit/arbitraries.ts';

const request = runRequestOf({
  tenant: tenantId('north'),
  scenario: scenarioId('login'),
  transport: 'rpc',
  slotMs: Date.UTC(2026, 6, 1, 10, 0, 5),
});

describe('a run request', () => {
  it('names the run and nothing else: this is what crosses releases', () => {
    expect(JSON.stringify(request)).toBe(
      '{"v":1,"tenant":"north","scenario":"login","transport":"rpc","slot":"20260701T100005Z"}',
    );
    expect(runIdOf(request)).toBe('SYN~north~login~rpc~20260701T100005Z');
  });

  it('is read back as it was written, whatever the run', () => {
    fc.assert(
      fc.property(runKeys, (key) => {
        const sent: unknown = JSON.parse(JSON.stringify({ v: 1, ...key }));
        expect(runRequestSchema.parse(sent)).toEqual({ v: 1, ...key });
      }),
    );
  });

  it('may say which run it confirms', () => {
    const confirms = { runId: 'SYN~north~login~rpc~20260701T100000Z', worker: 'one' };
    expect(runRequestSchema.parse({ ...request, confirms })).toEqual({ ...request, confirms });
  });

  it.each<[string, object]>([
    ['another version', { v: 2 }],
    ['a tenant that is no id', { tenant: 'North~' }],
    ['a scenario that is no id', { scenario: '' }],
    ['an unknown transport', { transport: 'fax' }],
    ['no slot', { slot: undefined }],
    ['a slot in another form', { slot: '2026-07-01T10:00:05Z' }],
    ['a slot that is no instant', { slot: '20261301T100005Z' }],
    ['more than there is', { password: 'hunter2' }],
  ])('is refused with %s', (_, change) => {
    expect(runRequestSchema.safeParse({ ...request, ...change }).success).toBe(false);
  });
});
