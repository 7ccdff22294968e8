// Whether a tenant answers as a person would see it: the login form, not Odoo's list of databases,
// which is what it shows with code 200 when the database is out of reach.
import { setTimeout as sleep } from 'node:timers/promises';
import { LabFailure } from './failure.ts';
import type { Lab } from './lab.ts';
import type { Say } from './output.ts';
import { type LabTenant, TENANTS, tenantUrl } from './tenants.ts';

const WORKERS = 2;
const PATIENCE_MS = 60_000;

export interface Answer {
  readonly ok: boolean;
  readonly ms: number;
  readonly said: string;
}

export async function askTenant(
  lab: Pick<Lab, 'ports'>,
  tenant: LabTenant,
  withinMs: number,
): Promise<Answer> {
  const since = performance.now();
  const answer = (ok: boolean, said: string): Answer => ({
    ok,
    said,
    ms: Math.round(performance.now() - since),
  });
  try {
    const url = `${tenantUrl(tenant, lab.ports.ingress)}/web/login`;
    const response = await fetch(url, { signal: AbortSignal.timeout(withinMs) });
    const page = await response.text();
    if (!response.ok) return answer(false, `HTTP ${response.status}`);
    return page.includes('name="login"')
      ? answer(true, 'login form')
      : answer(false, `no login form at ${response.url}`);
  } catch (thrown) {
    return answer(false, thrown instanceof Error ? thrown.message : String(thrown));
  }
}

/** Asks several times at once, so that every worker has loaded every tenant when the lab is ready. */
export async function awaitTenants(lab: Lab, say: Say): Promise<void> {
  const since = performance.now();
  const first = await Promise.all(TENANTS.map((tenant) => askUntil(lab, tenant)));
  const askAll = TENANTS.flatMap((tenant) =>
    Array.from({ length: WORKERS * 2 }, () => askTenant(lab, tenant, PATIENCE_MS)),
  );
  await Promise.all(askAll);
  const warm = `every worker warm after ${Math.round(performance.now() - since)} ms`;
  say.done(`${first.join(', ')}; ${warm}`);
}

async function askUntil(lab: Lab, tenant: LabTenant): Promise<string> {
  const end = performance.now() + PATIENCE_MS;
  for (;;) {
    const answer = await askTenant(lab, tenant, PATIENCE_MS);
    if (answer.ok) return `${tenant.id} answers`;
    if (performance.now() > end) {
      throw new LabFailure(`${tenant.id} does not answer: ${answer.said}`, {
        log: `${lab.data}/log/odoo.log`,
        remedy: 'read the log; `npm run lab -- down` and `npm run lab -- up` start all anew',
      });
    }
    await sleep(200);
  }
}
