import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { configurationText } from '../../../deploy/lab/configuration.ts';
import { type Config, loadConfig } from '../../../src/config/load.ts';
import { loadScenarios } from '../../../src/config/scenarios.ts';
import { slotsBetween } from '../../../src/domain/schedule.ts';
import { temporaryFolder } from '../../support/unit/folder.ts';

const NOW_MS = Date.UTC(2026, 10, 22, 4);
const DEMO_MS = 120_000;
/** What a run takes on the lab, with some room. */
const RUN_MS = { login: 5_000, rpc: 1_500, browser: 8_500 } as const;

let config: Config;

beforeAll(async () => {
  const file = join(temporaryFolder(), 'orderwatch.yaml');
  const ports = { postgres: 1, odoo: 2, gevent: 3, ingress: 4 };
  writeFileSync(file, configurationText({ data: '/var/lib/lab', ports }));
  config = loadConfig(file, [...(await loadScenarios()).values()], {});
});

describe('the configuration of the lab', () => {
  it('names the lab’s own Redis', () => {
    expect(config.redis).toEqual({ kind: 'socket', path: '/var/lib/lab/run/redis.sock' });
  });

  it('shows in any two minutes each order three times both ways in both tenants, and each login', () => {
    expect(config.schedules).toHaveLength(6);
    for (const schedule of config.schedules) {
      const least = schedule.scenario === 'login' ? 1 : 3;
      for (let fromMs = NOW_MS; fromMs < NOW_MS + DEMO_MS; fromMs += 1_000) {
        const slots = [...slotsBetween(schedule, fromMs, fromMs + DEMO_MS)];
        expect(slots.length).toBeGreaterThanOrEqual(least);
      }
    }
  });

  it.each(['north', 'south'])('lets every run of %s end before the next is due', (tenant) => {
    const due = config.schedules
      .filter((schedule) => schedule.tenant === tenant)
      .flatMap((schedule) =>
        [...slotsBetween(schedule, NOW_MS, NOW_MS + 10 * DEMO_MS)].map((slotMs) => ({
          slotMs,
          endMs: slotMs + RUN_MS[schedule.scenario === 'login' ? 'login' : schedule.transport],
        })),
      )
      .sort((a, b) => a.slotMs - b.slotMs);
    for (const [index, { endMs }] of due.slice(0, -1).entries()) {
      expect(due[index + 1]!.slotMs).toBeGreaterThanOrEqual(endMs);
    }
  });
});
