/** Incidents in the log of the process, one line each time that something is to be told. */
import type { Logger } from 'pino';
import type { Notice } from '../alerting/notice.ts';
import type { Sink } from '../alerting/sink.ts';

export class AlertLog implements Sink {
  readonly name = 'log';
  readonly most = 100;
  readonly #log: Logger;

  constructor(log: Logger) {
    this.#log = log;
  }

  send(notices: readonly Notice[]): Promise<void> {
    for (const { incident, state } of notices) {
      const { id, scope, severity, owner, layers, title, text, beganMs, resolvedMs } = incident;
      this.#log[state === 'firing' && severity === 'page' ? 'error' : 'warn'](
        {
          ...{ incident: id, state, severity, owner, layers, scope, title, text },
          beganAt: new Date(beganMs).toISOString(),
          ...(resolvedMs === undefined ? {} : { resolvedAt: new Date(resolvedMs).toISOString() }),
        },
        'incident',
      );
    }
    return Promise.resolve();
  }
}
