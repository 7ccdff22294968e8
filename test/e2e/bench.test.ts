import { expect, it } from 'vitest';
import { requireSameCalls } from '../bench/same-calls.ts';
import { subjectOf } from '../bench/subject.ts';

it('the bare script of the benchmark makes the calls of a run, and no other', async () => {
  expect(await requireSameCalls(await subjectOf('north'))).toBeGreaterThan(20);
});
