import { describe, expect, it } from 'vitest';
import { failureSchema } from '../../../src/domain/failure.ts';
import { failureOfFault, isCommittedWithoutValue } from '../../../src/odoo/faults.ts';

const traceback = (last: string): string =>
  `Traceback (most recent call last):\n  File "/odoo/http.py", line 1, in dispatch\n    return f()\n${last}`;

// The table of odoo-facts.md A.7: code, text, then what it means to us.
const table = [
  [2, 'The order is locked.', 'odoo.refused', 'application'],
  [2, "Object no.such.model doesn't exist", 'odoo.refused', 'application'],
  [
    2,
    'L’enregistrement n’existe pas (Record: sale.order(999999,), User: 2)',
    'odoo.refused',
    'application',
  ],
  [2, 'The operation cannot be completed: NOT NULL', 'odoo.refused', 'application'],
  [4, 'Uh-oh! multi-company issue', 'odoo.access', 'access'],
  [4, 'Private methods (such as _x) cannot be called remotely.', 'odoo.access', 'access'],
  [
    1,
    traceback("AttributeError: The method 'sale.order.nope' does not exist"),
    'odoo.missing-capability',
    'application',
  ],
  [
    1,
    traceback("ValueError: Invalid field 'nope' on model 'sale.order'"),
    'odoo.missing-capability',
    'application',
  ],
  [
    1,
    traceback(
      'psycopg2.OperationalError: connection to server failed: FATAL:  database "x" does not exist\n',
    ),
    'odoo.database',
    'database',
  ],
  [
    1,
    traceback(
      'psycopg2.errors.SerializationFailure: could not serialize access due to concurrent update\n',
    ),
    'odoo.contention',
    'database',
  ],
  [
    1,
    traceback(
      'psycopg2.errors.LockNotAvailable: canceling statement due to lock timeout\nCONTEXT:  while locking tuple (0,1)\n',
    ),
    'odoo.contention',
    'database',
  ],
  [
    1,
    traceback('psycopg2.errors.DeadlockDetected: deadlock detected\nDETAIL:  Process 1 waits'),
    'odoo.contention',
    'database',
  ],
  [
    1,
    traceback('psycopg2.errors.QueryCanceled: canceling statement due to statement timeout\n'),
    'odoo.database',
    'database',
  ],
  [1, traceback('psycopg2.InterfaceError: connection already closed'), 'odoo.database', 'database'],
  [
    1,
    traceback(
      'psycopg2.errors.RaiseException: no\nCONTEXT:  PL/pgSQL function f() line 1 at RAISE\n',
    ),
    'odoo.database',
    'database',
  ],
  [1, traceback('KeyError: 42'), 'odoo.server-error', 'application'],
  [
    1,
    traceback("ValueError: could not convert string to float: ''"),
    'odoo.server-error',
    'application',
  ],
  [1, 'nothing that anybody could read', 'odoo.server-error', 'application'],
  [1, '', 'odoo.server-error', 'application'],
  [99, 'a code that there is not yet', 'odoo.refused', 'application'],
] as const;

describe('a fault of Odoo', () => {
  it.each(table)('%d %j is %s in layer %s', (code, text, expected, layer) => {
    expect(failureOfFault({ code, text })).toMatchObject({
      code: expected,
      blame: 'target',
      layer,
    });
  });

  it('3 is our own credential, never the tenant', () => {
    expect(failureOfFault({ code: 3, text: 'Access Denied' })).toEqual({
      code: 'credential.refused',
      blame: 'fleet',
      message: 'Odoo refused our credential',
    });
  });

  it.each(table)('%d %j makes a valid failure of one line', (code, text) => {
    const failure = failureOfFault({ code, text });
    expect(failureSchema.safeParse(failure).error).toBeUndefined();
    expect(failure.message).not.toMatch(/\n|Traceback/);
    expect(failure.message).not.toBe('');
  });

  it('is told by its last exception, not by what Python was handling before', () => {
    const text = `${traceback('KeyError: 1')}\n\nDuring handling of the above exception, another exception occurred:\n\n${traceback('psycopg2.OperationalError: server closed the connection unexpectedly\n')}`;
    expect(failureOfFault({ code: 1, text })).toMatchObject({
      code: 'odoo.database',
      message: 'psycopg2.OperationalError: server closed the connection unexpectedly',
    });
  });

  it('is not told by words that a customer may translate or type', () => {
    const text = 'psycopg2.errors.SerializationFailure: said a user';
    expect(failureOfFault({ code: 2, text }).code).toBe('odoo.refused');
  });
});

describe('a fault that is a success', () => {
  it.each([
    [1, traceback('TypeError: cannot marshal None unless allow_none is enabled'), true],
    [1, traceback("TypeError: cannot marshal <class 'odoo.api.sale.order'> objects"), true],
    [1, traceback("TypeError: cannot marshal <class 'set'> objects"), false],
    [2, 'cannot marshal None', false],
    [1, '', false],
  ])('%d %j: %s', (code, text, committed) => {
    expect(isCommittedWithoutValue({ code, text })).toBe(committed);
  });
});
