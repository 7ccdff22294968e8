import { describe, expect, it } from 'vitest';
import orderConfirmation from '../../../scenarios/order-confirmation.ts';
import { scenarioSchema } from '../../../src/scenario/contract.ts';

const issuesOf = (value: unknown): readonly string[] =>
  (scenarioSchema.safeParse(value).error?.issues ?? []).map(({ path }) => path.join('.'));

describe('the scenario contract', () => {
  it('accepts the built-in order confirmation', () => {
    expect(issuesOf(orderConfirmation)).toEqual([]);
  });

  it.each<[string, object, string]>([
    ['another version of the contract', { sdk: 2 }, 'sdk'],
    ['an id in capitals', { id: 'Order' }, 'id'],
    ['an id that is too long', { id: 'x'.repeat(41) }, 'id'],
    ['no title', { title: '' }, 'title'],
    ['a title without an end', { title: 'x'.repeat(61) }, 'title'],
    ['a revision of 0', { revision: 0 }, 'revision'],
    ['a revision of 1.5', { revision: 1.5 }, 'revision'],
    ['less than no rows', { rows: { rpc: -1, browser: 1 } }, 'rows.rpc'],
    ['half a row', { rows: { rpc: 0.5, browser: 1 } }, 'rows.rpc'],
    ['no rows for a transport', { rows: {} }, 'rows'],
    ['a consent that there is not', { consent: 'everything' }, 'consent'],
    ['no transport', { transports: [] }, 'transports'],
    ['a transport that there is not', { transports: ['carrier pigeon'] }, 'transports.0'],
    ['a page outside the web client', { opens: '/web/login' }, 'opens'],
    ['no step', { steps: [] }, 'steps'],
    ['a step without a name', { steps: [''] }, 'steps.0'],
    ['two steps of one name', { steps: ['confirm', 'confirm'] }, 'steps'],
    ['no needs', { needs: undefined }, 'needs'],
    ['needs without rights', { needs: { modules: [], fields: {} } }, 'needs.access'],
    [
      'a right that there is not',
      { needs: { modules: [], fields: {}, access: { m: ['admin'] } } },
      'needs.access.m.0',
    ],
    [
      'a need that nobody knows',
      { needs: { modules: [], fields: {}, access: {}, menus: [] } },
      'needs',
    ],
    ['no run', { run: undefined }, 'run'],
    ['a run that is no function', { run: 'later' }, 'run'],
    ['a misspelt key', { transport: ['rpc'] }, ''],
  ])('refuses %s', (_, change, path) => {
    expect(issuesOf({ ...orderConfirmation, ...change })).toEqual([path]);
  });

  it.each<[string, unknown]>([
    ['undefined', undefined],
    ['null', null],
    ['a function', () => undefined],
    ['a list', [orderConfirmation]],
    ['a class', class Scenario extends Map {}],
  ])('refuses a module that exports %s', (_, value) => {
    expect(issuesOf(value)).toEqual(['']);
  });

  it('names every fault of a module at once', () => {
    expect(issuesOf({ sdk: 1 }).toSorted()).toEqual([
      'consent',
      'id',
      'needs',
      'revision',
      'rows',
      'run',
      'steps',
      'title',
      'transports',
    ]);
  });
});
