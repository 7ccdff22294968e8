/** The ways to people, against real servers: what they are told, and what happens when they do not listen. */
import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { Notice } from '../../../src/alerting/notice.ts';
import { Refused } from '../../../src/alerting/sink.ts';
import type { Incident } from '../../../src/domain/incident.ts';
import { Secret } from '../../../src/lib/secret.ts';
import { AlertLog } from '../../../src/surface/alert-log.ts';
import { AlertManager } from '../../../src/surface/alert-manager.ts';
import { alertingSamples } from '../../../src/surface/alerting.ts';
import { openLog } from '../../../src/surface/log.ts';
import { metricsPage } from '../../../src/surface/metrics.ts';
import { Webhook } from '../../../src/surface/webhook.ts';
import { FakeClock } from '../../support/unit/clock.ts';
import {
  BEGAN,
  deploymentOf,
  failing,
  MINUTE,
  PLACES,
  Played,
  slowTrouble,
} from '../../support/unit/incidents.ts';
import { httpServer, type Reply, rawServer } from '../../support/unit/server.ts';

const NOW = BEGAN + 30 * MINUTE;
const { signal } = new AbortController();
const ok: Reply = (response) => response.writeHead(200).end('{"status":"success"}');

function incidentOf(...troubles: Parameters<Played['turn']>[0]): Incident {
  const fleet = new Played({ deployments: [deploymentOf(BEGAN - MINUTE, ['north'])] });
  fleet.turn(troubles);
  return fleet.open[0]!;
}

const firing = (incident: Incident): Notice => ({ incident, state: 'firing' });

interface Alert {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly startsAt: string;
  readonly endsAt: string;
}

async function alertManager(reply: Reply = ok) {
  const server = await httpServer(reply);
  const clock = new FakeClock(NOW);
  const sink = new AlertManager({
    ...{ name: 'alertmanager-1', url: `${server.url}/am/`, clock },
    runbooks: 'https://wiki.example/runbooks/',
    placeOf: (tenant) => PLACES.find(({ id }) => id === tenant),
  });
  const alerts = (): readonly (readonly Alert[])[] =>
    server.bodies.map((body) => JSON.parse(body) as readonly Alert[]);
  return { server, clock, sink, alerts };
}

describe('Alertmanager', () => {
  it('is told of a step with all that routes it, until three times the time of a resend', async () => {
    const { server, sink, alerts } = await alertManager();
    const incident = incidentOf(slowTrouble());
    await sink.send([firing(incident)], signal);
    expect(server.paths).toEqual(['/am/api/v2/alerts']);
    expect(alerts()).toEqual([
      [
        {
          labels: {
            ...{ alertname: 'OrderwatchIncident', incident: incident.id, severity: 'ticket' },
            ...{ scope: 'step', owner: 'dba', layer: 'database' },
            ...{ tenant: 'north', scenario: 'picking-validation', step: 'deliver part' },
            ...{ cluster: 'eu-1', database_host: 'pg-3' },
          },
          annotations: {
            ...{ summary: incident.title, description: incident.text, kind: 'latency' },
            suspects: '19.0.3 went out to north 1 minute before',
            runbook_url: 'https://wiki.example/runbooks/database.md',
          },
          startsAt: new Date(BEGAN).toISOString(),
          endsAt: new Date(NOW + 3 * MINUTE).toISOString(),
        },
      ],
    ]);
  });

  it('is told of a platform by its part alone', async () => {
    const { sink, alerts } = await alertManager();
    const incident = incidentOf(failing(), failing({ tenant: 'south' }));
    await sink.send([firing(incident)], signal);
    const [[alert]] = alerts() as [[Alert]];
    expect(alert.labels).toMatchObject({
      scope: 'platform',
      database_host: 'pg-3',
      severity: 'page',
    });
    for (const label of ['tenant', 'scenario', 'step', 'cluster']) {
      expect(alert.labels).not.toHaveProperty(label);
    }
  });

  it('knows one by labels that stay while it fires, whatever is learned of it', async () => {
    const { sink, alerts, clock } = await alertManager();
    const incident = incidentOf(slowTrouble());
    await sink.send([firing(incident)], signal);
    clock.pass(MINUTE);
    const later = { ...incident, title: 'later', parts: [slowTrouble({ kind: 'tail' })] };
    await sink.send([firing(later)], signal);
    const [[first], [second, ...others]] = alerts() as [[Alert], [Alert]];
    expect(others).toEqual([]);
    expect(second.labels).toEqual(first.labels);
    expect(second.annotations['summary']).toBe('later');
    expect(second.startsAt).toBe(first.startsAt);
  });

  it('is told that the old labels are over when it gets graver, and in the end of the new ones', async () => {
    const { sink, alerts, clock } = await alertManager();
    const incident = incidentOf(slowTrouble());
    await sink.send([firing(incident)], signal);
    const graver: Incident = { ...incident, severity: 'page', scope: { kind: 'fleet' } };
    await sink.send([firing(graver)], signal);
    clock.pass(MINUTE);
    const over = { ...graver, resolvedMs: NOW + 1_000 };
    await sink.send([{ incident: over, state: 'resolved' }], signal);
    const [[first], [old, now], [end]] = alerts() as [[Alert], [Alert, Alert], [Alert]];
    expect(old.labels).toEqual(first.labels);
    expect(Date.parse(old.endsAt)).toBe(NOW);
    expect(now.labels).toMatchObject({ severity: 'page', scope: 'fleet' });
    expect(end.labels).toEqual(now.labels);
    expect(Date.parse(end.endsAt)).toBe(NOW + 1_000);
  });

  it('is not believed to know what it did not take', async () => {
    let status = 500;
    const { sink, alerts } = await alertManager((response) => response.writeHead(status).end());
    const incident = incidentOf(slowTrouble());
    await expect(sink.send([firing(incident)], signal)).rejects.toThrow('answers with HTTP 500');
    status = 200;
    await sink.send([firing({ ...incident, severity: 'page' })], signal);
    expect(alerts()[1]).toHaveLength(1);
  });
});

describe('a webhook', () => {
  const reading = (url: string, clock = new FakeClock(NOW)) =>
    new Webhook({
      ...{ name: 'webhook-1', url, clock },
      secret: { name: 'env:HOOK', read: () => Promise.resolve(new Secret('hunter22')) },
    });

  it('gets signed JSON with a key that is the same for the same news', async () => {
    const heads: Record<string, unknown>[] = [];
    const server = await httpServer((response, { headers }) => {
      heads.push(headers);
      response.writeHead(204).end();
    });
    const notice = firing(incidentOf(failing()));
    const sink = reading(server.url);
    await sink.send([notice], signal);
    await sink.send([firing({ ...notice.incident, title: 'seen again' })], signal);
    const over = { ...notice.incident, resolvedMs: NOW };
    await sink.send([{ incident: over, state: 'resolved' }], signal);
    const [body = ''] = server.bodies;
    expect(JSON.parse(body)).toEqual({ v: 1, ...notice });
    const [head] = heads;
    const timestamp = String(NOW / 1_000);
    const signed = createHmac('sha256', 'hunter22').update(`${timestamp}.${body}`).digest('hex');
    expect(head).toMatchObject({
      ...{ 'x-orderwatch-timestamp': timestamp, 'x-orderwatch-signature': `sha256=${signed}` },
      'content-type': 'application/json',
    });
    const [first, again, end] = heads.map((one) => one['idempotency-key']);
    expect(again).toBe(first);
    expect(end).not.toBe(first);
  });

  it.each([400, 413, 422])('that answers %i will never take it', async (status) => {
    const server = await httpServer((response) => response.writeHead(status).end('no'));
    const sending = reading(server.url).send([firing(incidentOf(failing()))], signal);
    await expect(sending).rejects.toBeInstanceOf(Refused);
  });

  it.each([302, 401, 404, 429, 503])('that answers %i may take it later', async (status) => {
    const server = await httpServer((response) =>
      response.writeHead(status, { location: 'http://127.0.0.1:1/' }).end(),
    );
    const error: unknown = await reading(server.url)
      .send([firing(incidentOf(failing()))], signal)
      .catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(Error);
    expect(error).not.toBeInstanceOf(Refused);
  });

  it('that never ends its answer is not listened to', async () => {
    const server = await httpServer((response) => {
      response.writeHead(200);
      const more = (): void => {
        if (!response.destroyed) response.write('x'.repeat(65_536), more);
      };
      more();
    });
    await reading(server.url).send([firing(incidentOf(failing()))], signal);
    expect(server.bodies).toHaveLength(1);
  });

  it('that says nothing, or no HTTP, or is not there, fails when it is told to', async () => {
    const notice = firing(incidentOf(failing()));
    const silent = await rawServer(() => undefined);
    const own = new AbortController();
    const sending = reading(silent.url).send([notice], own.signal);
    setTimeout(() => {
      own.abort();
    }, 50);
    await expect(sending).rejects.toThrow(/abort/);
    const foreign = await rawServer((socket) => socket.end('SSH-2.0-nothing\r\n'));
    await expect(reading(foreign.url).send([notice], signal)).rejects.toThrow(/Parse Error|HTTP/);
    await expect(reading('http://127.0.0.1:1').send([notice], signal)).rejects.toThrow(
      'ECONNREFUSED',
    );
  });
});

describe('the log', () => {
  it('has a line for each notice', async () => {
    const lines: string[] = [];
    const log = openLog({ write: (line) => lines.push(line) });
    const incident = incidentOf(failing());
    const over = { ...incident, resolvedMs: NOW };
    await new AlertLog(log).send([firing(incident), { incident: over, state: 'resolved' }]);
    expect(lines.map((line) => JSON.parse(line) as unknown)).toMatchObject([
      { level: 50, event: 'incident', incident: incident.id, state: 'firing', severity: 'page' },
      { level: 40, state: 'resolved', resolvedAt: new Date(NOW).toISOString() },
    ]);
  });
});

describe('the metrics of alerting', () => {
  it('count what is open, what sinks took, and what was played again', async () => {
    const incident = incidentOf(failing());
    const { text } = await metricsPage(
      alertingSamples({
        open: [incident, { ...incident, silenced: true }],
        sinks: [{ sink: 'log', delivered: 3, failed: 2, dropped: 1 }],
        confirmations: 4,
        turnedMs: 1_790_000_000_500,
      }),
    );
    for (const line of [
      'orderwatch_incidents_open{severity="page",scope="step"} 1',
      'orderwatch_incidents_open{severity="none",scope="step"} 1',
      'orderwatch_sink_deliveries_total{sink="log",result="dropped"} 1',
      'orderwatch_confirmations_total 4',
      'orderwatch_alerting_turn_timestamp_seconds 1790000000.5',
    ]) {
      expect(text).toContain(`${line}\n`);
    }
  });
});
