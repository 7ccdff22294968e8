import { InvalidArgumentError } from 'commander';
import { describe, expect, it } from 'vitest';
import {
  chooseTenants,
  collect,
  countArgument,
  durationArgument,
  UsageError,
} from '../../../src/cli/options.ts';
import { tenantId } from '../../../src/domain/ids.ts';
import { tenantOf } from '../../support/unit/engine.ts';

const tenants = ['north', 'south', 'west'].map((id) => tenantOf({ id: tenantId(id) }));

describe('options', () => {
  it('that are repeated become a list', () => {
    expect(collect('b', collect('a'))).toEqual(['a', 'b']);
  });

  it.each(['1', '5', '1000'])('a count may be %s', (text) => {
    expect(countArgument(text)).toBe(Number(text));
  });

  it.each(['0', '-1', '1.5', 'x', '', 'Infinity', '1e400'])('a count may not be %j', (text) => {
    expect(() => countArgument(text)).toThrow(InvalidArgumentError);
  });

  it('a duration is in milliseconds', () => {
    expect(durationArgument('90s')).toBe(90_000);
  });

  it.each(['90', 'soon', ''])('a duration may not be %j', (text) => {
    expect(() => durationArgument(text)).toThrow('write a number and a unit');
  });
});

describe('the chosen tenants', () => {
  it('are all when none is named', () => {
    expect(chooseTenants(tenants, undefined)).toBe(tenants);
  });

  it('come in the order of the configuration, each once', () => {
    expect(chooseTenants(tenants, ['west', 'north', 'west']).map(({ id }) => id)).toEqual([
      'north',
      'west',
    ]);
  });

  it('must be there', () => {
    const choose = (): unknown => chooseTenants(tenants, ['north', 'east']);
    expect(choose).toThrow(UsageError);
    expect(choose).toThrow('no tenant "east"; the configuration has: north, south, west');
  });
});
