import { describe, expect, it } from 'vitest';
import { suspectsOf } from '../../../src/alerting/suspects.ts';
import { BEGAN, deploymentOf, MINUTE, slowTrouble } from '../../support/unit/incidents.ts';

const about = { beganMs: BEGAN, parts: [slowTrouble()] };
const versions = (...deployments: Parameters<typeof suspectsOf>[1]): readonly string[] =>
  suspectsOf(about, deployments).map(({ version }) => version);

describe('a suspect', () => {
  it('went out within a day before, or two minutes after by its own clock', () => {
    const at = (minutes: number, version: string) =>
      deploymentOf(BEGAN + minutes * MINUTE, ['north'], version);
    expect(versions(at(3, 'later'), at(-24 * 60 - 1, 'old'))).toEqual([]);
    expect(versions(at(2, 'just after'))).toEqual(['just after']);
    expect(versions(at(-24 * 60, 'a day'), at(-10, 'near'), at(-90, 'far'))).toEqual([
      ...['near', 'far', 'a day'],
    ]);
  });

  it('touched a tenant that is in trouble, and rather not many that are well', () => {
    const aimed = deploymentOf(BEGAN - 20 * MINUTE, ['north'], 'aimed');
    const wide = deploymentOf(BEGAN - 10 * MINUTE, ['north', 'a', 'b', 'c', 'd'], 'wide');
    expect(versions(wide, aimed, deploymentOf(BEGAN, ['south'], 'elsewhere'))).toEqual([
      ...['aimed', 'wide'],
    ]);
    const [first] = suspectsOf(about, [wide]);
    expect(first?.because).toBe(
      'wide went out to north, a and 3 others 10 minutes before; the 4 others that got it are normal',
    );
  });

  it('is less so for parts that it did not touch', () => {
    const parts = [slowTrouble(), slowTrouble({ tenant: 'south' })];
    const [half] = suspectsOf({ beganMs: BEGAN, parts }, [deploymentOf(BEGAN, ['north'])]);
    expect(half).toMatchObject({
      ...{ weight: 0.5, version: '19.0.3' },
      because: '19.0.3 went out to north just before; one tenant in trouble did not get it',
    });
  });

  it('is named once however often it was recorded, and not for what began before it', () => {
    const twice = [5, 6].map((minutes) => deploymentOf(BEGAN - minutes * MINUTE, ['north']));
    expect(versions(...twice)).toEqual(['19.0.3']);
    const parts = [slowTrouble({ sinceMs: BEGAN - 60 * MINUTE }), slowTrouble({ tenant: 'south' })];
    const late = deploymentOf(BEGAN - 58 * MINUTE + 1, ['north']);
    expect(suspectsOf({ beganMs: BEGAN - 60 * MINUTE, parts }, [late])).toEqual([]);
  });
});
