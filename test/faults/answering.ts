/** Whether the lab is whole: as a person sees it, and as a probe does. */
import { setTimeout as sleep } from 'node:timers/promises';
import { probe, tenants, tenantUrl } from '../support/lab.ts';

/** Waits until the login page and the probe user answer in both tenants, several times at once for every worker. */
export async function answering(untilMs: number): Promise<void> {
  for (;;) {
    try {
      await Promise.all([...tenants, ...tenants].map(answers));
      return;
    } catch (error) {
      if (Date.now() > untilMs)
        throw new Error('the lab does not answer any more', { cause: error });
      await sleep(500);
    }
  }
}

async function answers(tenant: (typeof tenants)[number]): Promise<void> {
  const page = await fetch(`${tenantUrl(tenant)}/web/login`, {
    signal: AbortSignal.timeout(10_000),
  });
  const html = await page.text();
  if (!html.includes('name="login"')) throw new Error(`${tenant} shows no login form`);
  await probe(tenant);
}
