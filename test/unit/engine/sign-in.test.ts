import { describe, expect, it } from 'vitest';
import { Failed } from '../../../src/domain/failure.ts';
import type { TenantId } from '../../../src/domain/ids.ts';
import type { Tenant } from '../../../src/domain/tenant.ts';
import type { TenantSession } from '../../../src/engine/ports.ts';
import { type Refusals, signInWith } from '../../../src/engine/sign-in.ts';
import { Secret } from '../../../src/lib/secret.ts';
import { tenantOf } from '../../support/unit/engine.ts';
import { FakeOdoo } from '../../support/unit/odoo.ts';

const call = { timeoutMs: 1_000, signal: new AbortController().signal };
const refusedCredential = { code: 'credential.refused', blame: 'fleet', message: 'no' } as const;
const down = {
  code: 'odoo.unreachable',
  blame: 'target',
  layer: 'network',
  message: 'down',
} as const;

/** Odoo's door: knows one password, counts every try. */
class Door {
  tries: string[] = [];
  password = 'right';
  /** What it says instead, if it says anything else. */
  answer: Failed | undefined;

  readonly open = (
    _tenant: Tenant,
    { secret }: { readonly secret: Secret },
  ): Promise<TenantSession> => {
    this.tries.push(secret.reveal());
    if (this.answer !== undefined) return Promise.reject(this.answer);
    return secret.reveal() === this.password
      ? Promise.resolve(new FakeOdoo().session())
      : Promise.reject(new Failed(refusedCredential));
  };
}

/** Counts refusals in a row of one secret, as the store does. */
function refusalsInMemory(): Refusals {
  const counts = new Map<TenantId, { readonly secret: string; readonly count: number }>();
  const of = (tenant: TenantId, secret: Secret): number => {
    const known = counts.get(tenant);
    return known?.secret === secret.reveal() ? known.count : 0;
  };
  return {
    isStopped: (tenant, secret) => Promise.resolve(of(tenant, secret) >= 2),
    add: (tenant, secret) => {
      counts.set(tenant, { secret: secret.reveal(), count: of(tenant, secret) + 1 });
      return Promise.resolve();
    },
    clear: (tenant) => {
      counts.delete(tenant);
      return Promise.resolve();
    },
  };
}

function setUp() {
  const door = new Door();
  const refusals = refusalsInMemory();
  let password = 'wrong';
  const read = () => Promise.resolve(new Secret(password));
  const tenant = tenantOf({
    credentials: { login: 'probe', password: { name: 'env:PROBE', read } },
  });
  const signIn = signInWith(door.open, refusals);
  const insist = signInWith(door.open, refusals, { insist: true });
  return {
    door,
    try: async () => codeOf(signIn(tenant, call)),
    insist: async () => codeOf(insist(tenant, call)),
    tryOther: async () => codeOf(signIn({ ...tenant, id: 'south' as TenantId }, call)),
    setPassword: (text: string) => {
      password = text;
    },
  };
}

async function codeOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
    return 'in';
  } catch (error) {
    return error instanceof Failed ? error.failure.code : 'something else';
  }
}

describe('signing in', () => {
  it('works with the right credential', async () => {
    const it = setUp();
    it.setPassword('right');
    expect(await it.try()).toBe('in');
  });

  it('stops after two refusals, so that the account does not lock', async () => {
    const it = setUp();
    expect([await it.try(), await it.try(), await it.try(), await it.try()]).toEqual([
      'credential.refused',
      'credential.refused',
      'credential.stopped',
      'credential.stopped',
    ]);
    expect(it.door.tries).toHaveLength(2);
  });

  it('says what is stopped and how to go on, without the secret, and blames the fleet', async () => {
    const it = setUp();
    await it.try();
    await it.try();
    const tenant = tenantOf({
      credentials: {
        login: 'probe',
        password: { name: 'env:PROBE', read: () => Promise.resolve(new Secret('wrong')) },
      },
    });
    const refusals: Refusals = { ...refusalsInMemory(), isStopped: () => Promise.resolve(true) };
    const stopped = signInWith(it.door.open, refusals)(tenant, call);
    await expect(stopped).rejects.toMatchObject({
      failure: { code: 'credential.stopped', blame: 'fleet' },
      message: expect.stringMatching(/^env:PROBE .*orderwatch doctor --tenant north$/) as unknown,
    });
  });

  it('goes on at once when the secret was replaced', async () => {
    const it = setUp();
    await it.try();
    await it.try();
    it.setPassword('right');
    expect(await it.try()).toBe('in');
  });

  it('counts anew for a replaced secret that is wrong too', async () => {
    const it = setUp();
    await it.try();
    await it.try();
    it.setPassword('wrong again');
    expect([await it.try(), await it.try(), await it.try()]).toEqual([
      'credential.refused',
      'credential.refused',
      'credential.stopped',
    ]);
  });

  it('counts refusals in a row: a success between them starts anew', async () => {
    const it = setUp();
    await it.try();
    it.door.password = 'wrong';
    await it.try();
    it.door.password = 'right';
    expect([await it.try(), await it.try(), await it.try()]).toEqual([
      'credential.refused',
      'credential.refused',
      'credential.stopped',
    ]);
  });

  it('does not count a tenant that is down: that locks nothing', async () => {
    const it = setUp();
    it.door.answer = new Failed(down);
    for (let n = 0; n < 5; n += 1) expect(await it.try()).toBe('odoo.unreachable');
    expect(it.door.tries).toHaveLength(5);
  });

  it('stops one tenant and no other', async () => {
    const it = setUp();
    await it.try();
    await it.try();
    expect(await it.tryOther()).toBe('credential.refused');
  });

  it('is tried once more by a person who insists, and then is free again', async () => {
    const it = setUp();
    await it.try();
    await it.try();
    it.door.password = 'wrong';
    expect(await it.insist()).toBe('in');
    expect(await it.try()).toBe('in');
  });

  it('stays stopped when insisting is refused too', async () => {
    const it = setUp();
    await it.try();
    await it.try();
    expect(await it.insist()).toBe('credential.refused');
    expect(await it.try()).toBe('credential.stopped');
  });

  it('asks nothing of Odoo when the secret is missing', async () => {
    const { door } = setUp();
    const missing = new Failed({ code: 'secret.missing', blame: 'fleet', message: 'x' });
    const tenant = tenantOf({
      credentials: {
        login: 'probe',
        password: { name: 'env:X', read: () => Promise.reject(missing) },
      },
    });
    await expect(signInWith(door.open, refusalsInMemory())(tenant, call)).rejects.toBe(missing);
    expect(door.tries).toEqual([]);
  });
});
