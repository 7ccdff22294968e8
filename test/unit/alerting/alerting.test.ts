/** A turn after the other: what opens, grows, is held back, comes back and is told. */
import { describe, expect, it } from 'vitest';
import type { Incident } from '../../../src/domain/incident.ts';
import {
  BEGAN,
  deploymentOf,
  failing,
  MINUTE,
  PLACES,
  Played,
  place,
  silenceOf,
  slowTrouble,
} from '../../support/unit/incidents.ts';

const saidOf = ({ decisions }: Incident): readonly string[] =>
  decisions.map(({ stage, decision }) => `${stage}: ${decision}`);
const told = (result: ReturnType<Played['turn']>): readonly string[] =>
  result.notices.map(
    ({ incident, state }) => `${state} ${incident.scope.kind} ${incident.severity}`,
  );

describe('an incident', () => {
  it('is told once, with every stage and its reason', () => {
    const fleet = new Played();
    expect(told(fleet.turn([slowTrouble()]))).toEqual(['firing step ticket']);
    expect(told(fleet.after(1_000).turn([slowTrouble()]))).toEqual([]);
    const [incident] = fleet.open;
    expect(saidOf(incident!)).toEqual([
      'silence: let it through',
      'confirm: believe it',
      'correlate: one incident: picking-validation at north',
      'dedupe: a new incident',
      'route: a ticket for dba',
      'deliver: tell it as a ticket',
    ]);
    expect(incident).toMatchObject({
      scope: {
        kind: 'step',
        tenant: 'north',
        scenario: 'picking-validation',
        step: 'deliver part',
      },
      ...{ beganMs: BEGAN, foundMs: fleet.nowMs - 1_000, owner: 'dba', layers: ['database'] },
    });
  });

  it('stays while a run that failed alone still shows it, and 30 s after the last trouble', () => {
    const fleet = new Played();
    fleet.turn([failing()]);
    fleet.after(60_000).turn([failing({ score: 0.5 })]);
    expect(fleet.open).toHaveLength(1);
    fleet.after(1_000).turn([]);
    const overMs = fleet.nowMs;
    expect(told(fleet.after(29_000).turn([]))).toEqual([]);
    expect(told(fleet.after(1_000).turn([]))).toEqual(['resolved step page']);
    expect([...fleet.incidents.values()][0]).toMatchObject({ resolvedMs: overMs });
  });

  it('keeps the step that it was named after when runs fail at another one', () => {
    const fleet = new Played();
    fleet.turn([failing()]);
    fleet.after(60_000).turn([failing({ step: 'create invoice' })]);
    expect(fleet.open).toMatchObject([
      {
        scope: { step: 'post invoice' },
        title: 'Invoice posting at north fails at "create invoice"',
      },
    ]);
  });

  it('does not flap when its owner changes for a moment', () => {
    const fleet = new Played();
    fleet.turn([failing()]);
    fleet.after(1_000).turn([]);
    expect(fleet.after(20_000).turn([failing()])).toMatchObject({ incidents: [], notices: [] });
    fleet.after(20_000).turn([]);
    expect(fleet.open).toHaveLength(1);
  });

  it.each([
    [14, 1],
    [16, 2],
  ])('that comes back after %i minutes makes %i in all', (minutes, count) => {
    const fleet = new Played();
    fleet.turn([failing()]);
    fleet.after(1_000).turn([]);
    fleet.after(30_000).turn([]);
    expect(fleet.open).toEqual([]);
    const back = failing({ sinceMs: BEGAN + 60 * MINUTE });
    expect(told(fleet.after(minutes * MINUTE - 30_000).turn([back]))).toEqual(['firing step page']);
    expect(fleet.incidents.size).toBe(count);
    const said = saidOf(fleet.open[0]!);
    expect(said.includes('dedupe: open again')).toBe(count === 1);
  });

  it('is another one when it begins again after a deployment, which is suspected', () => {
    const fleet = new Played();
    fleet.turn([failing()]);
    fleet.after(1_000).turn([]);
    fleet.after(30_000).turn([]);
    const deployments = [deploymentOf(fleet.nowMs + MINUTE, ['north'])];
    const again = failing({ sinceMs: fleet.nowMs + 2 * MINUTE });
    expect(told(fleet.after(3 * MINUTE).turn([again], { deployments }))).toEqual([
      'firing step page',
    ]);
    expect(fleet.incidents.size).toBe(2);
    expect(fleet.open[0]?.suspects).toMatchObject([{ version: '19.0.3' }]);
  });

  it('grows from a step to the tenant, its database host and the fleet, and takes others in', () => {
    const fleet = new Played({ tenants: PLACES.filter(({ id }) => id !== 'hill') });
    const seen = [slowTrouble()];
    fleet.turn(seen);
    const [{ id }] = fleet.open as [Incident];
    fleet.turn([...seen, failing({ tenant: 'coast', sinceMs: BEGAN - 40 * MINUTE })]);
    seen.push(failing());
    expect(told(fleet.after(1_000).turn(seen))).toEqual(['firing tenant page']);
    seen.push(slowTrouble({ tenant: 'south', sinceMs: BEGAN + 5 * MINUTE }));
    expect(told(fleet.after(1_000).turn(seen))).toEqual(['firing platform page']);
    expect(fleet.incidents.get(id)?.scope).toEqual({
      ...{ kind: 'platform', part: 'databaseHost', name: 'pg-3' },
    });
    seen.push(failing({ tenant: 'coast', sinceMs: BEGAN + 6 * MINUTE }));
    expect(told(fleet.after(1_000).turn(seen))).toEqual([
      'resolved step page',
      'firing fleet page',
    ]);
    expect(fleet.open.map((one) => one.id)).toEqual([id]);
    const other = [...fleet.incidents.values()].find((one) => one.id !== id)!;
    expect(saidOf(other)).toContain(`dedupe: merged into ${id}`);
    expect(other.text).toContain(`Part of incident ${id} now.`);
  });

  it('of a cluster is one where its hosts differ', () => {
    const fleet = new Played();
    const began = { sinceMs: BEGAN, layers: ['network'] as const };
    fleet.turn(['north', 'hill', 'east'].map((tenant) => failing({ tenant, ...began })));
    expect(fleet.open.map(({ scope }) => scope)).toEqual([
      { kind: 'platform', part: 'cluster', name: 'eu-1' },
    ]);
  });

  it('is of the host that the detector names, although too few began together', () => {
    const tenants = [...PLACES, place('vale', ['eu-1', 'pg-3']), place('lake', ['eu-1', 'pg-3'])];
    const seen = ['north', 'south'].map((tenant, at) =>
      slowTrouble({ tenant, sinceMs: BEGAN + at * 20 * MINUTE }),
    );
    const apart = new Played({ tenants });
    apart.turn(seen);
    expect(apart.open).toHaveLength(2);
    const shared = new Played({ tenants });
    shared.turn(seen.map((one) => ({ ...one, sharedHost: 'pg-3' })));
    expect(shared.open.map(({ scope }) => scope.kind)).toEqual(['platform']);
  });

  it('of a host takes in who joins later, unless the evidence points elsewhere', () => {
    const fleet = new Played();
    const seen = ['north', 'south'].map((tenant) => slowTrouble({ tenant }));
    fleet.turn(seen);
    const late = { tenant: 'east', sinceMs: BEGAN + 25 * MINUTE };
    fleet.turn([...seen, slowTrouble({ ...late, layers: ['integration'] })]);
    expect(fleet.open.map(({ scope }) => scope.kind).toSorted()).toEqual(['platform', 'step']);
    const other = new Played();
    other.turn(seen);
    other.turn([...seen, slowTrouble(late)]);
    expect(other.open.map(({ scope }) => scope.kind)).toEqual(['platform']);
  });

  it('keeps its decisions few, the first and the last ones', () => {
    const fleet = new Played();
    for (let turn = 0; turn < 60; turn += 1) {
      const hush = silenceOf(fleet.nowMs, fleet.nowMs + 1_000, ['north']);
      fleet.turn([slowTrouble()], turn % 2 === 0 ? {} : { silences: [hush] });
      fleet.after(1_000);
    }
    const [{ decisions }] = fleet.open as [Incident];
    expect(decisions).toHaveLength(50);
    expect(decisions[0]?.stage).toBe('silence');
    expect(decisions.at(-1)?.atMs).toBe(fleet.nowMs - 1_000);
  });
});

describe('a silence', () => {
  it('holds an incident back until it ends, and says whose it was', () => {
    const fleet = new Played();
    const silences = [silenceOf(fleet.nowMs, fleet.nowMs + 10_000, ['north'])];
    expect(told(fleet.turn([slowTrouble()], { silences }))).toEqual([]);
    expect(fleet.open).toMatchObject([{ silenced: true }]);
    expect(fleet.open[0]!.decisions[0]!.because).toContain('known slow report (anna)');
    expect(told(fleet.after(9_999).turn([slowTrouble()], { silences }))).toEqual([]);
    const after = fleet.after(1).turn([slowTrouble()], { silences });
    expect(told(after)).toEqual(['firing step ticket']);
    expect(after.notices[0]!.incident.decisions.at(-1)!.because).toBe('its silence is over');
  });

  it('that begins while it fires is told as its end, and its end is not told twice', () => {
    const fleet = new Played();
    fleet.turn([slowTrouble()]);
    const silences = [silenceOf(fleet.nowMs, fleet.nowMs + MINUTE, ['north'])];
    expect(told(fleet.turn([slowTrouble()], { silences }))).toEqual(['resolved step ticket']);
    fleet.after(1_000).turn([], { silences });
    expect(told(fleet.after(31_000).turn([], { silences }))).toEqual([]);
    expect(fleet.open).toEqual([]);
  });

  it('of another scenario or of some of the tenants only silences nothing', () => {
    const fleet = new Played();
    const hush = silenceOf(fleet.nowMs, fleet.nowMs + MINUTE, ['north']);
    const other = [{ ...hush, scenario: 'login' }];
    expect(told(fleet.turn([slowTrouble()], { silences: other }))).toEqual(['firing step ticket']);
    const both = new Played();
    const seen = [slowTrouble(), slowTrouble({ tenant: 'south' })];
    expect(told(both.turn(seen, { silences: [hush] }))).toEqual(['firing platform page']);
  });
});

describe('a run that failed alone', () => {
  const alone = failing({ score: 0.5, runs: { bad: 1, of: 1 } });

  it('is asked to be played again, at most once in ten minutes', () => {
    const fleet = new Played();
    const { confirmations, incidents } = fleet.turn([alone]);
    expect(incidents).toEqual([]);
    expect(confirmations).toEqual([
      {
        ...{ tenant: 'north', scenario: 'invoice-posting', transport: 'rpc' },
        because: 'one run failed at "post invoice" with odoo.server-error',
      },
    ]);
    const others = [{ ...alone, scenario: 'login' }, alone];
    expect(fleet.after(599_000).turn(others).confirmations).toEqual([]);
    expect(fleet.after(1_000).turn(others).confirmations).toHaveLength(1);
    expect(fleet.alerting.confirmations).toBe(2);
  });

  it.each([
    ['silenced', [alone], { silences: [silenceOf(0, Number.MAX_SAFE_INTEGER, ['north'])] }],
    ['slow', [slowTrouble({ score: 0.5, runs: { bad: 1, of: 1 } })], {}],
    ['no longer alone', [{ ...alone, runs: { bad: 2, of: 3 } }], {}],
    ['an alert', [{ ...alone, score: 1 }], {}],
  ])('is not asked for when it is %s', (_, troubles, change) => {
    expect(new Played().turn(troubles, change).confirmations).toEqual([]);
  });

  it('is not asked for where an incident is open', () => {
    const fleet = new Played();
    fleet.turn([failing()]);
    expect(fleet.turn([alone]).confirmations).toEqual([]);
  });
});

describe('the route', () => {
  const routeOf = (...[troubles, change]: Parameters<Played['turn']>) => {
    const fleet = new Played();
    fleet.turn(troubles, change);
    const [{ severity, owner, layers }] = fleet.open as [Incident];
    return [severity, owner, ...layers];
  };
  const secondary = { critical: () => false };
  const many = ['north', 'south'].map((tenant) => slowTrouble({ tenant, layers: [] }));

  it('says how urgent it is, and whose', () => {
    expect(routeOf([failing({ layers: ['integration'] })])).toEqual([
      ...['page', 'integration', 'integration'],
    ]);
    expect(routeOf([slowTrouble({ layers: ['ingress'] })])).toEqual([
      'ticket',
      'platform',
      'ingress',
    ]);
    expect(routeOf([slowTrouble({ kind: 'tail', layers: [] })])).toEqual(['info', 'erp-support']);
    expect(routeOf([failing({ layers: ['data'] })], secondary)).toEqual([
      'info',
      'erp-support',
      'data',
    ]);
    expect(routeOf(many)).toEqual(['page', 'platform']);
    expect(routeOf(many, secondary)).toEqual(['info', 'platform']);
  });

  it('weighs the layers of all parts', () => {
    const layers = [['application', 'database'], ['database'], ['access']] as const;
    const seen = layers.map((own, at) => slowTrouble({ tenant: PLACES[at]!.id, layers: [...own] }));
    expect(routeOf(seen)).toEqual(['page', 'dba', 'database', 'application', 'access']);
  });

  it('keeps owner and layers once they are known, and its severity never falls', () => {
    const fleet = new Played();
    fleet.turn([failing({ layers: [] })]);
    expect(fleet.open).toMatchObject([{ owner: 'erp-support', layers: [] }]);
    fleet.turn([failing({ layers: ['database'] })]);
    expect(fleet.open).toMatchObject([{ owner: 'dba', layers: ['database'] }]);
    fleet.turn([failing({ kind: 'tail', layers: ['network'] })]);
    expect(fleet.open).toMatchObject([{ severity: 'page', owner: 'dba', layers: ['database'] }]);
  });
});
