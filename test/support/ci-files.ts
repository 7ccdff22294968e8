/** What deploy/ci holds, parsed and checked against the parts of each system's format that it uses, and no more. */
import { readdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { parseAllDocuments } from 'yaml';
import { z } from 'zod';
import { parseDuration } from '../../src/lib/duration.ts';

const FOLDER = fileURLToPath(new URL('../../deploy/ci/', import.meta.url));

/** Paths under deploy/ci. */
export async function ciFiles(): Promise<readonly string[]> {
  const entries = await readdir(FOLDER, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => `${parentPath}/${name}`.slice(FOLDER.length).replace(/^\//, ''))
    .sort();
}

/** All YAML documents of a file. Throws on errors and warnings. */
export async function documentsOf(
  path: string,
  version: '1.1' | '1.2' = '1.2',
): Promise<readonly unknown[]> {
  const parsed = parseAllDocuments(await readFile(FOLDER + path, 'utf8'), { version });
  const documents = [...parsed] as Extract<typeof parsed, readonly unknown[]>;
  return documents.map((document) => {
    const [problem] = [...document.errors, ...document.warnings];
    if (problem !== undefined) throw problem;
    return document.toJS() as unknown;
  });
}

/** The only document of a file. */
export async function readAs<T>(path: string, schema: z.ZodType<T>): Promise<T> {
  return schema.parse((await documentsOf(path))[0]);
}

/** Every command line in a document, wherever it stands and whatever the system. */
export function commandLines(document: unknown): readonly string[] {
  if (Array.isArray(document)) return document.flatMap(commandLines);
  if (typeof document !== 'object' || document === null) return [];
  return Object.entries(document).flatMap(([key, value]: [string, unknown]) => {
    if (key === 'run' && typeof value === 'string') return [value];
    if (/^(before_|after_)?script$|^command$|^args$/.test(key) && isTexts(value)) {
      return [value.join('\n')];
    }
    return commandLines(value);
  });
}

const isTexts = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.every((one) => typeof one === 'string');

const text = z.string().min(1);
const texts = z.array(text).readonly();
const values = z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]));

const stepBase = { name: text.optional(), id: text.optional(), if: text.optional() };
const runStep = z.strictObject({
  ...stepBase,
  shell: z.literal('bash').optional(),
  env: z.record(z.string(), z.string()).optional(),
  run: text,
});
const usesStep = z.strictObject({
  ...stepBase,
  uses: z.string().regex(/^[\w.-]+(\/[\w.-]+)+@v\d+(\.\d+)*$/),
  env: z.record(z.string(), z.string()).optional(),
  with: values.optional(),
});
const step = z.union([runStep, usesStep]);
export type Step = z.infer<typeof step>;

export const actionSchema = z.strictObject({
  name: text,
  description: text.max(125),
  inputs: z.record(
    z.string().regex(/^[a-z][a-z-]*$/),
    z.union([
      z.strictObject({ description: text, required: z.literal(true) }),
      z.strictObject({ description: text, default: z.string() }),
    ]),
  ),
  outputs: z.record(z.string(), z.strictObject({ description: text, value: text })),
  runs: z.strictObject({
    using: z.literal('composite'),
    // A composite action knows no default shell.
    steps: z.array(runStep.required({ shell: true })),
  }),
});

export const workflowSchema = z.strictObject({
  name: text,
  on: z.strictObject({
    workflow_dispatch: z.strictObject({
      inputs: z.record(z.string(), z.strictObject({ description: text, required: z.boolean() })),
    }),
  }),
  permissions: z.strictObject({ contents: z.literal('read') }),
  concurrency: z.strictObject({ group: text, 'cancel-in-progress': z.literal(false) }),
  jobs: z.record(
    z.string(),
    z.strictObject({
      'runs-on': text,
      'timeout-minutes': z.int().positive(),
      steps: z.array(step).min(1),
    }),
  ),
});

const gitlabJobSchema = z.strictObject({
  stage: text.optional(),
  extends: text.optional(),
  image: z.strictObject({ name: text, entrypoint: z.tuple([z.literal('')]) }).optional(),
  interruptible: z.boolean().optional(),
  timeout: text.optional(),
  variables: z.record(z.string().regex(/^[A-Z_]+$/), z.string()).optional(),
  needs: texts.optional(),
  when: z.enum(['on_success', 'on_failure', 'always', 'manual']).optional(),
  cache: z
    .strictObject({ key: text, paths: texts, when: z.enum(['on_success', 'on_failure', 'always']) })
    .optional(),
  script: texts.optional(),
  artifacts: z
    .strictObject({
      when: z.enum(['on_success', 'on_failure', 'always']),
      expire_in: text,
      paths: texts,
      reports: z.strictObject({ junit: text, dotenv: text }),
    })
    .optional(),
  allow_failure: z.strictObject({ exit_codes: z.array(z.int().min(1).max(255)) }).optional(),
});
export type GitlabJob = z.infer<typeof gitlabJobSchema>;
export const gitlabSchema = z
  .object({ stages: texts })
  .catchall(gitlabJobSchema)
  .transform(({ stages, ...jobs }) => ({ stages, jobs }));

const container = z.strictObject({
  name: text,
  image: z.string().regex(/^[\w./-]+:\d+\.\d+\.\d+$/),
  command: texts,
  args: texts,
  env: z.array(z.strictObject({ name: text, value: z.string() })).optional(),
  terminationMessagePolicy: z.literal('FallbackToLogsOnError'),
  securityContext: z.strictObject({
    allowPrivilegeEscalation: z.literal(false),
    readOnlyRootFilesystem: z.literal(true),
    capabilities: z.strictObject({ drop: z.tuple([z.literal('ALL')]) }),
  }),
  resources: z.strictObject({
    requests: z.strictObject({ cpu: text, memory: text }),
    limits: z.strictObject({ memory: text }),
  }),
  volumeMounts: z.array(
    z.strictObject({
      name: text,
      mountPath: z.string().startsWith('/'),
      readOnly: z.boolean().optional(),
    }),
  ),
});
const volume = z.union([
  z.strictObject({ name: text, configMap: z.strictObject({ name: text }) }),
  z.strictObject({ name: text, secret: z.strictObject({ secretName: text }) }),
  z.strictObject({ name: text, emptyDir: z.strictObject({}) }),
]);
const jobSpecSchema = z.strictObject({
  backoffLimit: z.literal(0),
  activeDeadlineSeconds: z.int().positive(),
  template: z.strictObject({
    spec: z.strictObject({
      restartPolicy: z.literal('Never'),
      terminationGracePeriodSeconds: z.int().min(61),
      automountServiceAccountToken: z.literal(false),
      securityContext: z.strictObject({
        runAsNonRoot: z.literal(true),
        runAsUser: z.int().positive(),
        runAsGroup: z.int().positive(),
        seccompProfile: z.strictObject({ type: z.literal('RuntimeDefault') }),
      }),
      containers: z.tuple([container]),
      volumes: z.array(volume),
    }),
  }),
});
export type JobSpec = z.infer<typeof jobSpecSchema>;

const metadata = {
  name: z.string().regex(/^[a-z0-9-]+$/),
  namespace: z.string().optional(),
};
const job = <T extends z.core.$ZodLooseShape>(more: T) =>
  z.strictObject({
    apiVersion: z.literal('batch/v1'),
    kind: z.literal('Job'),
    metadata: z.strictObject({ ...metadata, ...more }),
    spec: jobSpecSchema,
  });
export const fluxJobSchema = job({});
export const hookSchema = job({
  annotations: z.strictObject({
    'argocd.argoproj.io/hook': z.literal('PostSync'),
    'argocd.argoproj.io/hook-delete-policy': z.literal('BeforeHookCreation'),
  }),
});

export const analysisSchema = z.strictObject({
  apiVersion: z.literal('argoproj.io/v1alpha1'),
  kind: z.literal('AnalysisTemplate'),
  metadata: z.strictObject(metadata),
  spec: z.strictObject({
    args: z.array(z.strictObject({ name: text, value: z.string().optional() })),
    metrics: z.tuple([
      z.strictObject({
        name: text,
        provider: z.strictObject({ job: z.strictObject({ spec: jobSpecSchema }) }),
      }),
    ]),
  }),
});

const fluxDuration = z.string().regex(/^([0-9]+(\.[0-9]+)?(ms|s|m|h))+$/);
export const kustomizationSchema = z.strictObject({
  apiVersion: z.literal('kustomize.toolkit.fluxcd.io/v1'),
  kind: z.literal('Kustomization'),
  metadata: z.strictObject(metadata),
  spec: z.strictObject({
    dependsOn: z.array(z.strictObject({ name: text })).optional(),
    interval: fluxDuration,
    retryInterval: fluxDuration,
    timeout: fluxDuration,
    sourceRef: z.strictObject({ kind: z.literal('GitRepository'), name: text }),
    path: z.string().startsWith('./'),
    prune: z.boolean(),
    wait: z.literal(true),
    force: z.boolean().optional(),
  }),
});

/** Seconds of a duration as orderwatch and Flux write it. */
export function secondsOf(duration: string): number {
  const ms = parseDuration(duration);
  if (ms === undefined) throw new Error(`no duration: ${duration}`);
  return ms / 1000;
}
