/** Incidents as signed JSON: who gets it can tell that it is from us, is not old, and is not the same news again. */
import { createHmac } from 'node:crypto';
import { keyOfNotice, type Notice } from '../alerting/notice.ts';
import type { Sink } from '../alerting/sink.ts';
import type { SecretReference } from '../domain/secret-reference.ts';
import type { Clock } from '../lib/clock.ts';
import { post } from './post.ts';

interface Parts {
  readonly name: string;
  readonly url: string;
  readonly secret: SecretReference;
  readonly clock: Clock;
}

export class Webhook implements Sink {
  readonly name: string;
  readonly most = 1;
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.name = parts.name;
    this.#parts = parts;
  }

  /** `x-orderwatch-signature` is the HMAC of the timestamp (seconds since the epoch), a full stop and the body. */
  async send(notices: readonly Notice[], signal: AbortSignal): Promise<void> {
    // Read each time: it may have been replaced.
    const secret = await this.#parts.secret.read();
    for (const notice of notices) {
      const body = JSON.stringify({ v: 1, ...notice });
      const timestamp = String(Math.floor(this.#parts.clock.now() / 1_000));
      const signature = createHmac('sha256', secret.reveal())
        .update(`${timestamp}.${body}`)
        .digest('hex');
      const headers = {
        'x-orderwatch-timestamp': timestamp,
        'x-orderwatch-signature': `sha256=${signature}`,
        'idempotency-key': keyOfNotice(notice),
      };
      await post({ url: new URL(this.#parts.url), body, headers }, signal);
    }
  }
}
