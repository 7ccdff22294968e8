/** Connects alerting: the sinks that are configured, and the role that leads it. */
import { Alerting } from '../alerting/alerting.ts';
import { Deliverer } from '../alerting/deliver.ts';
import type { Sink } from '../alerting/sink.ts';
import type { Clock } from '../lib/clock.ts';
import { Alerter, type AlerterParts } from '../roles/alerter.ts';
import { AlertManager } from '../surface/alert-manager.ts';
import { Webhook } from '../surface/webhook.ts';
import type { LiveConfig } from './live-config.ts';

type Given = Omit<AlerterParts, 'alerting' | 'deliverer' | 'tenants'> & {
  readonly live: LiveConfig;
  /** Where incidents are logged, if the configuration wants it. */
  readonly logSink: Sink;
};

/** Sinks are those of the configuration at the beginning: what waits for one is not lost by reading it anew. */
export function alerterOf(given: Given): {
  readonly alerter: Alerter;
  readonly deliverer: Deliverer;
  readonly alerting: Alerting;
} {
  const { live, clock, logSink, onTrouble } = given;
  const { runbooks } = live.now.fleet;
  const alerting = new Alerting({ runbooks });
  const deliverer = new Deliverer({
    sinks: sinksOf(live, clock, logSink),
    clock,
    onTrouble: (_, error) => {
      onTrouble(error);
    },
  });
  const alerter = new Alerter({ ...given, alerting, deliverer, tenants: live.tenants });
  return { alerter, deliverer, alerting };
}

function sinksOf(live: LiveConfig, clock: Clock, logSink: Sink): readonly Sink[] {
  const { alerting, fleet } = live.now;
  const named = <T>(name: string, all: readonly T[]): readonly (readonly [string, T])[] =>
    all.map((one, index) => [all.length === 1 ? name : `${name}-${index + 1}`, one]);
  return [
    ...named('alertmanager', alerting.alertmanagers).map(
      ([name, { url }]) =>
        new AlertManager({ name, url, clock, runbooks: fleet.runbooks, placeOf: live.tenantOf }),
    ),
    ...named('webhook', alerting.webhooks).map(
      ([name, { url, secret }]) => new Webhook({ name, url, secret, clock }),
    ),
    ...(alerting.log ? [logSink] : []),
  ];
}
