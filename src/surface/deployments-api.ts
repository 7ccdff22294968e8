/** `POST /api/v1/deployments`: who may, what was told, of whom, and whether it is known already. */
import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { ApiToken } from '../domain/api-token.ts';
import type { Deployment } from '../domain/deployment.ts';
import { unscheduledSlot } from '../domain/slot.ts';
import type { Tenant } from '../domain/tenant.ts';
import type { Clock } from '../lib/clock.ts';
import { isA } from '../lib/thrown.ts';
import { bearerOf } from './bearer.ts';
import { type DeploymentNotice, noticeOf } from './deployment-notices.ts';
import type { Answer } from './http.ts';
import { jsonBody } from './json-body.ts';
import { jsonAnswer, Refused, refusal } from './refused.ts';

/** So far may the clocks of two machines be apart. */
const CLOCKS_MS = 60_000;
const OLDEST_MS = 7 * 86_400_000;
/** Each holds up to 256 kB; nobody deploys as often as that. */
const MOST_AT_ONCE = 16;

interface Parts {
  readonly tokens: () => readonly ApiToken[];
  readonly tenants: () => readonly Pick<Tenant, 'id' | 'platform'>[];
  /** They reject when nothing can be kept now. */
  readonly deployments: {
    readonly record: (deployment: Deployment) => Promise<void>;
    readonly list: (sinceMs: number) => Promise<readonly Deployment[]>;
  };
  readonly clock: Clock;
  readonly onTrouble: (error: unknown) => void;
}

/** Answers 201 with what was recorded, 200 with what was known, 202 with why it is no deployment, else a refusal. */
export function deploymentsApi(parts: Parts): (request: IncomingMessage) => Promise<Answer> {
  let now = 0;
  return async (request) => {
    now += 1;
    try {
      if (now > MOST_AT_ONCE) {
        throw new Refused(429, 'too many at once', 'send it again in a second', RETRY_SOON);
      }
      return await answerTo(request, parts);
    } catch (error) {
      if (isA(error, Refused)) return refusal(error);
      parts.onTrouble(error);
      const remedy = 'send it again in a minute; the log of the fleet says why';
      return refusal(new Refused(503, 'nothing can be kept now', remedy, { 'retry-after': '60' }));
    } finally {
      now -= 1;
    }
  };
}

const RETRY_SOON = { 'retry-after': '1' };

async function answerTo(request: IncomingMessage, parts: Parts): Promise<Answer> {
  if (request.method !== 'POST') {
    throw new Refused(405, 'only POST', 'send the deployment with POST', { allow: 'POST' });
  }
  // Before anything is read of what a stranger sends.
  const token = await bearerOf(request, parts.tokens(), parts.onTrouble);
  const notice = noticeOf(await jsonBody(request), eventOf(request));
  if ('ignored' in notice) return jsonAnswer(202, notice);
  const tenants = touched(notice, token, parts.tenants());
  if (tenants.length === 0) {
    const environments = [...(token.environments?.keys() ?? [])].join(', ');
    return jsonAnswer(202, { ignored: `the token has only these environments: ${environments}` });
  }
  const deployment = deploymentOf(notice, tenants, { token, nowMs: parts.clock.now() });
  const known = (await parts.deployments.list(parts.clock.now() - OLDEST_MS)).find((one) =>
    isSame(one, deployment, notice),
  );
  if (known !== undefined) return jsonAnswer(200, known);
  await parts.deployments.record(deployment);
  return jsonAnswer(201, deployment);
}

function eventOf({ headers }: IncomingMessage): string | undefined {
  const event = headers['x-github-event'];
  return typeof event === 'string' ? event : event?.[0];
}

/** In the configuration's order; none where the token does not have the environment. Throws Refused (403). */
function touched(
  { tenants, clusters = [], environment }: DeploymentNotice,
  token: ApiToken,
  known: Parts['tenants'] extends () => infer T ? T : never,
): readonly string[] {
  if (tenants === undefined && clusters.length === 0) {
    const { environments } = token;
    return environments === undefined || environment === undefined
      ? token.tenants
      : (environments.get(environment) ?? []);
  }
  const wanted = known.filter(
    ({ id, platform }) => tenants?.includes(id) === true || clusters.includes(platform.cluster),
  );
  const ids = wanted.map(({ id }): string => id);
  const stray = [...(tenants ?? []), ...ids].find((id) => !token.tenants.includes(id));
  if (stray !== undefined) throw outOfScope(token, `tenant ${stray}`);
  const empty = clusters.find((name) => !wanted.some(({ platform }) => platform.cluster === name));
  if (empty !== undefined) throw outOfScope(token, `cluster ${empty}`);
  return ids;
}

const outOfScope = ({ name, tenants }: ApiToken, what: string): Refused =>
  new Refused(403, `the token ${name} is not for ${what}`, `name only: ${tenants.join(', ')}`);

/** Its id follows from what it says, so that two deliveries at once are one record. Throws Refused (400). */
function deploymentOf(
  { version, commit, source, atMs: saidMs }: DeploymentNotice,
  tenants: readonly string[],
  { token, nowMs }: { readonly token: ApiToken; readonly nowMs: number },
): Deployment {
  const atMs = saidMs ?? nowMs;
  if (atMs > nowMs + CLOCKS_MS) {
    throw new Refused(400, 'at: lies in the future', 'send a deployment when it begins');
  }
  if (atMs < nowMs - OLDEST_MS) {
    throw new Refused(400, 'at: lies more than 7 days back', 'send a deployment when it begins');
  }
  const told = {
    version,
    ...(commit === undefined ? {} : { commit }),
    source: source ?? token.name,
    tenants,
  };
  const hash = createHash('sha256').update(JSON.stringify(told)).digest();
  const id = unscheduledSlot(atMs, hash.readUIntBE(0, 6) % 1_000_000);
  return { v: 1, id, atMs, ...told };
}

function isSame(one: Deployment, other: Deployment, { once }: DeploymentNotice): boolean {
  const { version, commit, source, tenants, atMs } = other;
  return (
    one.version === version &&
    one.commit === commit &&
    one.source === source &&
    one.tenants.length === tenants.length &&
    one.tenants.every((id) => tenants.includes(id)) &&
    (once === true || one.atMs === atMs)
  );
}
