import { describe, expect, it } from 'vitest';
import { Failed } from '../../../src/domain/failure.ts';
import type { WebOptions, WebSession } from '../../../src/engine/ports.ts';
import type { Scenario, ScenarioContext, WebClient } from '../../../src/scenario/index.ts';
import { failureIn, scenarioOf, tenantOf, World } from '../../support/unit/engine.ts';
import { COMPANY } from '../../support/unit/odoo.ts';

/** A web client whose "save" creates the order, with what was typed as its reference. */
function webOf(
  world: World,
  options: {
    readonly typesMark?: boolean;
    /** Nobody answers the save; the page asked for it then, or a moment later, or not at all. */
    readonly saveFails?: { readonly wrote: 'then' | 'later' | 'never' };
  } = {},
): WebSession {
  let typed = '';
  let uses = 0;
  let writes = 0;
  const used = <T>(value: T): Promise<T> => {
    uses += 1;
    return Promise.resolve(value);
  };
  const client = {
    fill: (_field: string, text: string) => used((typed = options.typesMark === false ? '' : text)),
    save: () => {
      const { wrote = 'then' } = options.saveFails ?? {};
      if (wrote === 'then') writes += 1;
      if (options.saveFails !== undefined) {
        return Promise.reject(new Failed(lateAnswer, { fate: 'unknown' }));
      }
      world.events.push('saved');
      const id = 501;
      const reference = typed === '' ? false : typed;
      world.odoo.add('sale.order', {
        id,
        name: 'S00501',
        state: 'draft',
        locked: false,
        invoice_ids: [],
        client_order_ref: reference,
        company_id: COMPANY,
        create_uid: 2,
        create_date: '2026-01-01 00:00:00',
      });
      return used(id);
    },
    click: () => used(world.events.push('clicked')),
  } as unknown as WebClient;
  return {
    client,
    load: () => used(undefined),
    usage: () => ({ uses, writes, serverMs: uses * 10, pending: [], waitingMs: 0, errors: [] }),
    evidence: () => {
      world.events.push('looked at');
      return Promise.resolve({ calls: [] });
    },
    silence: () => {
      world.events.push('silent');
      if (options.saveFails?.wrote === 'later') writes += 1;
      return Promise.resolve();
    },
    close: () => {
      world.events.push('web closed');
      return Promise.resolve();
    },
  };
}

const lateAnswer = {
  code: 'odoo.timeout',
  blame: 'target',
  layer: 'application',
  message: 'no answer',
} as const;

const noBrowser = (): Promise<never> =>
  Promise.reject(new Failed({ code: 'browser.unusable', blame: 'fleet', message: 'no' }));

const byHand = scenarioOf({
  transports: ['rpc', 'browser'],
  steps: ['create', 'confirm', 'read back'],
  run: async (ctx: ScenarioContext) => {
    const plan = await ctx.plan('sale.order');
    const order = await ctx.step('create', () =>
      plan.enter(async (web, mark) => {
        await web.fill('client_order_ref', mark);
        return await web.save();
      }),
    );
    await ctx.step('confirm', () => order.act((web) => web.click('action_confirm', 'sale')));
    await ctx.step('read back', async () => {
      await ctx.odoo.read('sale.order', [order.id], { state: 'text' });
    });
  },
});

function browserWorld(web: (world: World) => WebSession = webOf): World {
  const world = new World();
  world.tenant = tenantOf({ transports: ['rpc', 'browser'] });
  world.engine = { ...world.engine, openWeb: () => Promise.resolve(web(world)) };
  return world;
}

const inBrowser = { run: { transport: 'browser' } } as const;

describe('a run in the browser', () => {
  it('passes, and each step tells the transport that it used', async () => {
    const report = await browserWorld().execute(byHand, inBrowser);
    expect(report.outcome).toEqual({ kind: 'passed' });
    const steps = report.steps.map(({ name, transport, serverMs }) => [name, transport, serverMs]);
    expect(steps).toEqual([
      ['sign in', 'rpc', undefined],
      ['set up', 'rpc', undefined],
      ['open browser', 'rpc', undefined],
      ['load web client', 'browser', 10],
      ['create', 'browser', 20],
      ['confirm', 'browser', 10],
      ['read back', 'rpc', undefined],
    ]);
  });

  it('tells its steps in the order in which they began, though the browser was there first', async () => {
    const world = browserWorld();
    world.odoo.on('res.users.read', async ({ proceed }) => {
      await world.clock.sleep(100);
      return proceed();
    });
    const report = await world.execute(byHand, inBrowser);
    expect(report.steps.slice(0, 4).map(({ name, transport }) => [name, transport])).toEqual([
      ['sign in', 'rpc'],
      ['set up', 'rpc'],
      ['open browser', 'rpc'],
      ['load web client', 'browser'],
    ]);
  });

  it('closes the browser that was opened while the tenant turned out to be broken', async () => {
    const world = browserWorld();
    world.odoo.on('res.users.read', () => Promise.reject(new Failed(lateAnswer)));
    const openWeb = async (): Promise<WebSession> => {
      await world.clock.sleep(100);
      return webOf(world);
    };
    world.engine = { ...world.engine, openWeb };
    const report = await world.execute(byHand, inBrowser);
    expect(failureIn(report)).toMatchObject({ code: 'odoo.timeout', step: 'set up' });
    expect(world.events).toContain('web closed');
  });

  it('is told as the tenant’s trouble first, when the browser failed as well', async () => {
    const world = browserWorld();
    world.odoo.on('res.users.read', () => Promise.reject(new Failed(lateAnswer)));
    world.engine = { ...world.engine, openWeb: noBrowser };
    const report = await world.execute(byHand, inBrowser);
    expect(failureIn(report)).toMatchObject({ code: 'odoo.timeout', step: 'set up' });
  });

  it('fails by its browser, when only that failed', async () => {
    const world = browserWorld();
    world.engine = { ...world.engine, openWeb: noBrowser };
    const report = await world.execute(byHand, inBrowser);
    expect(failureIn(report)).toMatchObject({ code: 'browser.unusable', step: 'open browser' });
  });

  it('lets nothing more out of the page before it undoes anything, and closes it', async () => {
    const world = browserWorld();
    await world.execute(byHand, inBrowser);
    const silent = world.events.indexOf('silent');
    expect(silent).toBeGreaterThan(world.events.indexOf('clicked'));
    expect(silent).toBeLessThan(world.events.indexOf('sale.order.action_cancel'));
    expect(world.events).toContain('web closed');
  });

  it('is the scenario’s fault when the record was entered without the mark', async () => {
    const world = browserWorld((own) => webOf(own, { typesMark: false }));
    const report = await world.execute(byHand, inBrowser);
    expect(failureIn(report)).toMatchObject({ code: 'scenario.unmarked', blame: 'scenario' });
  });

  it('does not enter anything once the tenant was given to somebody else', async () => {
    const world = browserWorld();
    world.checkLease = () => Promise.reject(new Error('lost'));
    await world.execute(byHand, inBrowser);
    expect(world.events).not.toContain('saved');
  });

  it('is looked at before it is left, when it did not pass', async () => {
    const world = browserWorld((own) => webOf(own, { typesMark: false }));
    let kept: unknown;
    const onTrouble = (_: unknown, evidence: unknown): Promise<void> => {
      kept = evidence;
      return Promise.resolve();
    };
    world.engine = { ...world.engine, onTrouble };
    await world.execute(byHand, inBrowser);
    expect(world.events.indexOf('looked at')).toBeLessThan(world.events.indexOf('silent'));
    expect(kept).toMatchObject({ web: { calls: [] } });
  });

  it('is the scenario’s fault when it wants the web client over rpc', async () => {
    const report = await browserWorld().execute(byHand);
    expect(failureIn(report)).toMatchObject({ code: 'scenario.no-browser', blame: 'scenario' });
  });

  it('is ours when there is no browser', async () => {
    const world = new World();
    world.tenant = tenantOf({ transports: ['browser'] });
    const report = await world.execute(byHand, inBrowser);
    expect(report.outcome.kind).toBe('inconclusive');
    expect(failureIn(report).blame).toBe('fleet');
  });
});

describe('an entry by hand that was cut', () => {
  it.each([
    ['is in doubt when the page had asked Odoo to write', 'then', 'pending'],
    ['is in doubt when the page asked before nothing more went out of it', 'later', 'pending'],
    ['has left nothing when the page never asked', 'never', 'clean'],
  ] as const)('%s', async (_, wrote, compensation) => {
    const world = browserWorld((own) => webOf(own, { saveFails: { wrote } }));
    expect((await world.execute(byHand, inBrowser)).compensation.kind).toBe(compensation);
  });
});

describe('a scenario that only looks around', () => {
  const looking = (work: (web: WebClient) => Promise<unknown>): Scenario =>
    scenarioOf({
      transports: ['browser'],
      consent: 'read-only',
      signedOut: true,
      steps: ['look'],
      run: (ctx) =>
        ctx.step('look', () =>
          ctx.browse(async (web) => {
            await work(web);
          }),
        ),
    });

  it('begins signed out where it says so, with nothing loaded for it', async () => {
    const world = browserWorld();
    const asked: WebOptions[] = [];
    const openWeb = (_: unknown, options: WebOptions): Promise<WebSession> => {
      asked.push(options);
      return Promise.resolve(webOf(world));
    };
    world.engine = { ...world.engine, openWeb };
    const report = await world.execute(
      looking((web) => web.fill('login', 'ada')),
      inBrowser,
    );
    expect(report.outcome).toEqual({ kind: 'passed' });
    expect(asked).toMatchObject([{ signedOut: true }]);
    expect(report.steps.map(({ name }) => name)).not.toContain('load web client');
  });

  it('is at fault itself when its page wrote', async () => {
    const report = await browserWorld().execute(
      looking((web) => web.save()),
      inBrowser,
    );
    expect(failureIn(report)).toMatchObject({
      code: 'scenario.unplanned-write',
      blame: 'scenario',
    });
  });

  it('has no web client over rpc', async () => {
    const scenario = looking((web) => web.fill('a', 'b'));
    const report = await browserWorld().execute({ ...scenario, transports: ['rpc'] });
    expect(failureIn(report)).toMatchObject({ code: 'scenario.no-browser', blame: 'scenario' });
  });
});
