/** Incidents as alerts of Alertmanager v2, which knows one by its labels, and forgets it unless it is sent again. */
import type { Notice } from '../alerting/notice.ts';
import type { Place } from '../alerting/scope.ts';
import type { Sink } from '../alerting/sink.ts';
import type { Incident } from '../domain/incident.ts';
import { runbookOf } from '../domain/runbook.ts';
import type { Clock } from '../lib/clock.ts';
import { post } from './post.ts';

const RESEND_MS = 60_000;
const MOST = 100;

type Labels = Readonly<Record<string, string>>;

interface Alert {
  readonly labels: Labels;
  readonly annotations: Labels;
  /** RFC 3339. */
  readonly startsAt: string;
  readonly endsAt: string;
}

interface Parts {
  readonly name: string;
  /** Of the Alertmanager, without `/api`. */
  readonly url: string;
  readonly clock: Clock;
  /** A URL to which a layer is appended. */
  readonly runbooks?: string | undefined;
  /** Where a tenant lies; undefined when it is configured no more. */
  readonly placeOf: (tenant: string) => Place | undefined;
}

/** What was last told of an incident: its labels, and what they were made for. */
interface Told {
  readonly identity: string;
  readonly labels: Labels;
}

export class AlertManager implements Sink {
  readonly name: string;
  readonly resendMs = RESEND_MS;
  readonly most = MOST;
  readonly #parts: Parts;
  readonly #url: URL;
  /** By id of an incident. */
  readonly #told = new Map<string, Told>();

  constructor(parts: Parts) {
    this.name = parts.name;
    this.#parts = parts;
    this.#url = new URL(`${parts.url.replace(/\/+$/, '')}/api/v2/alerts`);
  }

  /** One that reaches further or is graver has other labels: then those of before are said to be over. */
  async send(notices: readonly Notice[], signal: AbortSignal): Promise<void> {
    const planned = notices.map((notice) => this.#plan(notice));
    const alerts = planned.flatMap((one) => one.alerts);
    await post({ url: this.#url, body: JSON.stringify(alerts) }, signal);
    for (const { id, told } of planned) {
      if (told === undefined) this.#told.delete(id);
      else this.#told.set(id, told);
    }
  }

  #plan({ incident, state }: Notice): {
    readonly id: string;
    readonly told?: Told;
    readonly alerts: readonly Alert[];
  } {
    const { id, resolvedMs } = incident;
    const nowMs = this.#parts.clock.now();
    const before = this.#told.get(id);
    const told = { identity: identityOf(incident), labels: this.#labelsOf(incident) };
    const alert = (labels: Labels, endMs: number): Alert => this.#alertOf(incident, labels, endMs);
    if (state === 'resolved') {
      return { id, alerts: [alert((before ?? told).labels, Math.min(resolvedMs ?? nowMs, nowMs))] };
    }
    const endMs = nowMs + 3 * RESEND_MS;
    if (before === undefined) return { id, told, alerts: [alert(told.labels, endMs)] };
    if (before.identity === told.identity) {
      return { id, told: before, alerts: [alert(before.labels, endMs)] };
    }
    return { id, told, alerts: [alert(before.labels, nowMs), alert(told.labels, endMs)] };
  }

  #alertOf(incident: Incident, labels: Labels, endMs: number): Alert {
    const { beganMs, title, text, suspects, layers, parts } = incident;
    return {
      labels,
      annotations: {
        summary: title,
        description: text,
        // The gravest part may be another one tomorrow, and labels are what an alert is known by.
        kind: parts[0]?.kind ?? 'failures',
        suspects: suspects.map(({ because }) => because).join('\n') || 'no recorded change',
        ...(this.#parts.runbooks === undefined
          ? {}
          : { runbook_url: runbookOf(this.#parts.runbooks, layers[0] ?? 'unknown') }),
      },
      startsAt: timeOf(Math.min(beganMs, endMs)),
      endsAt: timeOf(endMs),
    };
  }

  #labelsOf(incident: Incident): Labels {
    const { id, severity, scope, owner, layers } = incident;
    return {
      alertname: 'OrderwatchIncident',
      incident: id,
      severity,
      scope: scope.kind,
      owner,
      layer: layers[0] ?? 'unknown',
      ...this.#whereOf(incident),
    };
  }

  #whereOf({ scope }: Incident): Labels {
    switch (scope.kind) {
      case 'fleet':
        return {};
      case 'platform':
        return scope.part === 'cluster' ? { cluster: scope.name } : { database_host: scope.name };
      case 'step': {
        const { scenario, step, tenant } = scope;
        return { tenant, scenario, step, ...this.#platformOf(tenant) };
      }
      case 'tenant':
        return { tenant: scope.tenant, ...this.#platformOf(scope.tenant) };
    }
  }

  #platformOf(tenant: string): Labels {
    const place = this.#parts.placeOf(tenant);
    if (place === undefined) return {};
    return { cluster: place.platform.cluster, database_host: place.platform.databaseHost };
  }
}

/** While none of these changes it keeps the labels that it has. */
const identityOf = ({ severity, scope, owner, layers }: Incident): string =>
  JSON.stringify([severity, scope, owner, layers[0]]);

const timeOf = (ms: number): string => new Date(ms).toISOString();
