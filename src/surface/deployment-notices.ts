/** What pipelines tell of a deployment, each in its own form, as one: our JSON, GitHub's event, Argo CD's notification. */
import { z } from 'zod';
import { oneLine } from '../lib/thrown.ts';
import { Refused } from './refused.ts';

/** Those that are named are meant; the tenants of an environment; or all that the token is for. */
export interface DeploymentNotice {
  readonly version: string;
  readonly commit?: string;
  /** Absent where the sender does not say; then it is the token's name. */
  readonly source?: string;
  readonly tenants?: readonly string[];
  readonly clusters?: readonly string[];
  /** Of GitHub, or the application of Argo CD. */
  readonly environment?: string;
  /** Epoch milliseconds; now when absent. */
  readonly atMs?: number;
  /** Its source names this one deployment, so all that is told of it is one, whenever it is told. */
  readonly once?: true;
}

/** What was told is no deployment that goes out; why, in words. */
export interface Ignored {
  readonly ignored: string;
}

const LONGEST = 80;
const name = z
  .string()
  .min(1)
  .max(LONGEST)
  .refine((text) => oneLine(text) === text, 'holds what cannot be shown in a line');
const names = z.array(name).min(1).max(1_000);
const instant = z.iso
  .datetime({ offset: true, error: 'is no instant such as 2026-11-23T14:00:00Z' })
  .transform((text) => Date.parse(text));

const own = z
  .strictObject({
    version: name,
    commit: name.exactOptional(),
    source: name.exactOptional(),
    tenants: names.exactOptional(),
    clusters: names.exactOptional(),
    at: instant.exactOptional(),
  })
  .transform(({ at, ...rest }) => ({ ...rest, ...(at === undefined ? {} : { atMs: at }) }));

/** Of https://docs.github.com/webhooks/webhook-events-and-payloads#deployment_status what is needed. */
const gitHub = z.object({
  deployment_status: z.object({ state: z.string(), created_at: instant }),
  deployment: z.object({
    id: z.int(),
    sha: name,
    ref: z.string().min(1),
    environment: z.string().min(1),
    payload: z.unknown(),
  }),
  repository: z.object({ name: z.string() }),
});

/** As `deploy/ci/argo-cd/notifications.yaml` writes it. */
const argo = z.object({
  app: name,
  revision: name,
  version: name.optional(),
  phase: z.string(),
  startedAt: instant.optional(),
  finishedAt: instant.optional(),
});

/** As `{"app": {{toJson .app}}}` writes it: the application itself. */
const argoApplication = z
  .object({
    app: z.object({
      metadata: z.object({ name }),
      status: z.object({
        sync: z.object({ revision: z.string().optional() }).optional(),
        operationState: z.object({
          phase: z.string(),
          startedAt: z.string().optional(),
          finishedAt: z.string().optional(),
          syncResult: z.object({ revision: z.string().optional() }).optional(),
        }),
      }),
    }),
  })
  .transform(({ app: { metadata, status } }) => {
    const { syncResult, ...state } = status.operationState;
    return {
      app: metadata.name,
      revision: syncResult?.revision ?? status.sync?.revision,
      ...state,
    };
  })
  .pipe(argo);

/** `event` is the header X-GitHub-Event. Throws Refused (400), which names the place. */
export function noticeOf(body: unknown, event: string | undefined): DeploymentNotice | Ignored {
  if (event !== undefined && event !== 'deployment_status') {
    return { ignored: `only deployment_status is taken, not ${oneLine(event, LONGEST)}` };
  }
  if (event !== undefined || has(body, 'deployment_status')) return ofGitHub(parsed(gitHub, body));
  if (!has(body, 'app')) return parsed(own, body);
  return ofArgo(parsed(typeof body.app === 'string' ? argo : argoApplication, body));
}

/**
 * A deployment begins to work on its users with `in_progress`, and is done with `success`, which many only ever tell:
 * what is told first counts.
 */
function ofGitHub({
  deployment,
  deployment_status: { state, created_at: atMs },
  repository,
}: z.infer<typeof gitHub>): DeploymentNotice | Ignored {
  if (!['in_progress', 'success'].includes(state)) {
    return { ignored: `only in_progress and success are recorded, not ${oneLine(state, LONGEST)}` };
  }
  const { id, sha, ref, environment, payload } = deployment;
  return {
    version: versionIn(payload) ?? oneLine(ref.replace(/^refs\/(?:heads|tags)\//, ''), LONGEST),
    commit: sha,
    source: oneLine(`github #${id} ${repository.name}`, LONGEST),
    environment,
    atMs,
    once: true,
  };
}

/** Of the payload that whoever made the deployment gave it: a map, or the text of one. */
function versionIn(payload: unknown): string | undefined {
  if (typeof payload === 'string') {
    try {
      return versionIn(JSON.parse(payload));
    } catch {
      return undefined;
    }
  }
  return z.object({ version: name }).safeParse(payload).data?.version;
}

/** It works on its users from the start of the sync on. */
function ofArgo(told: z.infer<typeof argo>): DeploymentNotice | Ignored {
  const { app, revision, version = revision, phase, startedAt, finishedAt } = told;
  if (!['Running', 'Succeeded'].includes(phase)) {
    return { ignored: `only Running and Succeeded are recorded, not ${oneLine(phase, LONGEST)}` };
  }
  const atMs = startedAt ?? finishedAt;
  return {
    version,
    commit: revision,
    source: oneLine(`argo-cd ${app}`, LONGEST),
    environment: app,
    ...(atMs === undefined ? {} : { atMs }),
  };
}

/** Words for what the library says in its own. */
function plainMessage(issue: z.core.$ZodRawIssue): string | undefined {
  if (issue.code === 'invalid_type') {
    return issue.input === undefined ? 'is missing' : `is not of type ${issue.expected}`;
  }
  if (issue.code === 'too_big') return `is longer than ${String(issue.maximum)}`;
  return issue.code === 'too_small' ? 'is empty' : undefined;
}

const has = <Key extends string>(body: unknown, key: Key): body is Readonly<Record<Key, unknown>> =>
  typeof body === 'object' && body !== null && Object.hasOwn(body, key);

function parsed<T>(schema: z.ZodType<T>, body: unknown): T {
  const result = schema.safeParse(body, { error: plainMessage });
  if (result.success) return result.data;
  const said = result.error.issues.map(({ path, message }) => {
    const place = z.core.toDotPath(path);
    return oneLine(`${place === '' ? 'the body' : place}: ${message}`, 200);
  });
  throw new Refused(
    400,
    said.slice(0, 10).join('; '),
    'correct the body; the README shows each form',
  );
}
