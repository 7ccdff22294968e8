/** The shape of `fleet.alerting`: who is told of incidents. What signs a webhook is a secret like any other. */
import type { z } from 'zod';
import type { SecretReference } from '../domain/secret-reference.ts';
import { secretReference as readSecret } from './secrets.ts';
import { flag, listOf, plainUrl, secretReference, strict } from './terms.ts';

/** Who is told of incidents, and how. */
export interface AlertingPlaces {
  /** All of them are told, as those of one cluster want it. */
  readonly alertmanagers: readonly { readonly url: string }[];
  readonly webhooks: readonly { readonly url: string; readonly secret: SecretReference }[];
  readonly log: boolean;
}

export const alerting = strict({
  alertmanagers: listOf('Alertmanager', strict({ url: plainUrl.describe('without /api/v2') }))
    .exactOptional()
    .describe('each member of a cluster of them'),
  webhooks: listOf(
    'webhook',
    strict({ url: plainUrl, secret: secretReference.describe('signs what is sent') }),
  )
    .exactOptional()
    .describe('told as signed JSON'),
  log: flag.exactOptional().describe('whether the log is told too; true'),
});

/** Without any of it the log alone is told. */
export function compileAlerting(
  raw: z.infer<typeof alerting> | undefined,
  from: Parameters<typeof readSecret>[1],
): AlertingPlaces {
  const { alertmanagers = [], webhooks = [], log = true } = raw ?? {};
  return {
    alertmanagers,
    webhooks: webhooks.map(({ url, secret }) => ({ url, secret: readSecret(secret, from) })),
    log,
  };
}
