/** deploy/ci against the lab: every file is what its system reads, and every command line in them does what it says. */
import { cp, mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { gateResultSchema } from '../../src/domain/gate.ts';
import {
  actionSchema,
  analysisSchema,
  ciFiles,
  commandLines,
  documentsOf,
  fluxJobSchema,
  type GitlabJob,
  gitlabSchema,
  hookSchema,
  type JobSpec,
  kustomizationSchema,
  readAs,
  secondsOf,
  workflowSchema,
} from '../support/ci-files.ts';
import {
  dotenv,
  mounted,
  type Played,
  playGitlab,
  playPod,
  playSteps,
  type StepsPlayed,
  type Uses,
  type UsesStep,
  withCommand,
} from '../support/ci-play.ts';
import { orderwatch } from '../support/cli.ts';
import { labConfig, probePassword, tenantUrl } from '../support/lab.ts';
import { freePort } from '../support/ports.ts';
import { type OwnTemp, ownTemp } from '../support/temp.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const MANIFESTS = [
  'argo-cd/post-sync-job.yaml',
  'argo-rollouts/analysis-template.yaml',
  'flux/gate-job.yaml',
  'flux/kustomizations.yaml',
];
const ACTION = 'your-organisation/orderwatch/deploy/ci/github@v0.1.0';

const executed = new Set<string>();
let temp: OwnTemp;
/** As a runner has the action's repository: what is kept in it, nothing installed or built. */
let checkout: string;
let command: Readonly<Record<string, string>>;
let closed: string;
/** It takes half a minute, so the other systems are played meanwhile, and the checkout stays the same for all gates. */
let installing: Promise<Played>;

beforeAll(async () => {
  temp = await ownTemp();
  checkout = join(temp.folder, 'checkout');
  const absent = ['node_modules', 'dist', 'dist.new', '.git', '.orderwatch', 'coverage'];
  const isLab = (name: string) => name === '.lab' || name.startsWith('.lab-');
  await cp(ROOT, checkout, {
    recursive: true,
    filter: (path) => path === ROOT || !(absent.includes(basename(path)) || isLab(basename(path))),
  });
  command = await withCommand(temp.folder);
  closed = `127.0.0.1:${await freePort()}`;
  installing = install();
});

afterAll(async () => {
  await installing;
  await temp.remove();
});

const actionPath = () => ({ GITHUB_ACTION_PATH: join(checkout, 'deploy/ci/github') });

/** The action's first step. */
async function install(): Promise<Played> {
  const { runs } = await readAs('github/action.yml', actionSchema);
  const folder = join(temp.folder, 'install', 'work');
  await mkdir(folder, { recursive: true });
  // What this clone's own installation has fetched is taken from npm's cache.
  const env = { ...actionPath(), npm_config_prefer_offline: 'true' };
  return await playSteps(runs.steps.slice(0, 1), { folder, executed, context: {}, env });
}

let places = 0;

/** A new folder with the configuration of a tenant `acme`, which is the lab's north or one that nobody serves. */
async function place(change: Readonly<Record<string, unknown>> = {}): Promise<string> {
  const until = new Date(Date.now() + 7 * 86_400_000).toISOString().slice(0, 10);
  const { file, folder: made } = await labConfig({
    tenants: ['north'],
    // No longer run than needed: what else there is wants more consent and is skipped.
    tenant: () => ({
      id: 'acme',
      consent: { level: 'reversible', by: 'the lab', until },
      ...change,
    }),
  });
  const folder = join(temp.folder, `place-${(places += 1)}`, 'work');
  await mkdir(folder, { recursive: true });
  const raw = parse(await readFile(file, 'utf8')) as { fleet: object };
  await rm(made, { recursive: true });
  const policies = { default: { runs: 1, coverage: { percent: 100 } } };
  const text = stringify({ ...raw, fleet: { ...raw.fleet, policies } });
  await writeFile(join(folder, 'orderwatch.yaml'), text);
  return folder;
}

const down = () => ({ url: `http://${closed}` });

describe('the files', () => {
  it('are these and no more', async () => {
    expect(await ciFiles()).toEqual([
      'README.md',
      'argo-cd/notifications.yaml',
      'argo-cd/post-sync-job.yaml',
      'argo-rollouts/analysis-template.yaml',
      'flux/gate-job.yaml',
      'flux/kustomizations.yaml',
      'github/action.yml',
      'github/workflow.yml',
      'gitlab/orderwatch.gitlab-ci.yml',
    ]);
  });

  it.each(MANIFESTS)('means the same to every reader of YAML: %s', async (path) => {
    expect(await documentsOf(path, '1.1')).toEqual(await documentsOf(path, '1.2'));
  });

  it('put nothing from outside into a command line', async () => {
    for (const path of ['github/action.yml', 'github/workflow.yml']) {
      const lines = (await documentsOf(path)).flatMap(commandLines);
      expect(lines.length).toBeGreaterThan(0);
      expect(lines.filter((line) => line.includes('${{'))).toEqual([]);
    }
  });

  it('give a Job the time that its gate may take', async () => {
    for (const spec of Object.values(await jobs())) {
      const { args } = spec.template.spec.containers[0];
      const option = (name: string): number =>
        secondsOf(args.find((arg) => arg.startsWith(`--${name}=`))?.split('=')[1] ?? '');
      expect(option('timeout')).toBeGreaterThan(option('wait-ready'));
      const { terminationGracePeriodSeconds: grace } = spec.template.spec;
      expect(spec.activeDeadlineSeconds).toBeGreaterThan(option('timeout') + grace);
    }
    const [application, gate] = await kustomizations();
    const { activeDeadlineSeconds } = (await jobs()).flux;
    expect(secondsOf(gate!.spec.timeout)).toBeGreaterThan(activeDeadlineSeconds);
    expect(gate!.spec).toMatchObject({ force: true, dependsOn: [{ name: 'odoo' }] });
    expect(application!.metadata.name).toBe('odoo');
  });

  it('mount what they name, and write to nothing else', async () => {
    for (const spec of Object.values(await jobs())) {
      const { containers, volumes } = spec.template.spec;
      const { args, volumeMounts } = containers[0];
      expect(volumeMounts.map(({ name }) => name)).toEqual(volumes.map(({ name }) => name));
      const writable = volumes.filter((one) => 'emptyDir' in one).map(({ name }) => name);
      expect(volumeMounts.filter((one) => one.readOnly !== true).map(({ name }) => name)).toEqual(
        writable,
      );
      const paths = args.flatMap((arg) => /=(\/.*)$/.exec(arg)?.[1] ?? []);
      const outside = paths.filter(
        (path) => !volumeMounts.some(({ mountPath }) => `${path}/`.startsWith(`${mountPath}/`)),
      );
      expect(outside).toEqual([]);
    }
  });
});

describe('GitLab', () => {
  async function playJob(
    name: string,
    { folder, env = {}, shell = ['bash', '-eo', 'pipefail'] }: GitlabPlace,
  ): Promise<Played> {
    const job = merged((await readAs('gitlab/orderwatch.gitlab-ci.yml', gitlabSchema)).jobs, name);
    const own = { CI_COMMIT_SHA: 'c0ffee00', CI_COMMIT_SHORT_SHA: 'c0ffee' };
    return await playGitlab(job, {
      folder,
      executed,
      shell,
      env: { ...command, ...own, ...env },
    });
  }

  it('promotes what works, and hands the verdict on', async () => {
    const folder = await place();
    expect((await playJob('deploy', { folder })).log).toBe('deploy c0ffee here');
    const { code, log } = await playJob('gate', { folder });
    const result = await resultIn(folder);
    expect(result.verdict, log).toMatchObject({ kind: 'promote' });
    expect(code).toBe(0);
    const { script: _, artifacts, cache, allow_failure: allowed } = await gate();
    for (const path of [...artifacts!.paths, ...cache!.paths]) {
      expect((await readdir(join(folder, path))).length).toBeGreaterThan(0);
    }
    expect((await stat(join(folder, artifacts!.reports.junit))).size).toBeGreaterThan(0);
    const env = await dotenv(join(folder, artifacts!.reports.dotenv));
    expect(env).toEqual({ GATE_VERDICT: 'promote', GATE_CODE: 'sound', GATE_ID: result.gateId });
    const promoted = await playJob('promote', { folder, env });
    expect(promoted).toEqual({
      code: 0,
      log: 'promote c0ffee here; orderwatch said promote (sound)',
    });
    expect(allowed?.exit_codes).toEqual([6]);
  });

  it('rolls back what fails, in a plain shell too', async () => {
    const folder = await place(down());
    const env = { GATE_OPTIONS: '--wait-ready=1s' };
    const { code, log } = await playJob('gate', { folder, env, shell: ['sh', '-e'] });
    expect(code, log).toBe(1);
    const { artifacts } = await gate();
    const said = await dotenv(join(folder, artifacts!.reports.dotenv));
    const after = await playJob('roll-back', { folder, env: said });
    expect(after.log).toMatch(/^take c0ffee back here, because of \S+$/);
  });

  it('takes nothing back where the gate could not start', async () => {
    const folder = await place();
    const { code } = await playJob('gate', { folder, env: { GATE_TENANTS: 'nobody' } });
    expect(code).toBe(2);
    const { log } = await playJob('roll-back', { folder });
    expect(log).toBe('nothing is known about c0ffee: wrong usage; mend that and retry the gate');
  });

  async function gate(): Promise<GitlabJob> {
    return merged((await readAs('gitlab/orderwatch.gitlab-ci.yml', gitlabSchema)).jobs, 'gate');
  }
});

interface ActionPlace {
  readonly env?: Readonly<Record<string, string>>;
  readonly cancelOn?: string;
}

interface GitlabPlace {
  readonly folder: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly shell?: readonly string[];
}

/** As `extends` does it: maps are merged, the job's own come last. */
function merged(all: Readonly<Record<string, GitlabJob>>, name: string): GitlabJob {
  const job = all[name];
  if (job === undefined) throw new Error(`no job ${name}`);
  if (job.extends === undefined) return job;
  const base = merged(all, job.extends);
  return { ...base, ...job, variables: { ...base.variables, ...job.variables } };
}

describe('Kubernetes', () => {
  const north = () => tenantUrl('north').replace(/^http:\/\//, '');

  it.each(['argoCd', 'flux', 'argoRollouts'] as const)('promotes what works: %s', async (which) => {
    const spec = (await jobs())[which];
    const folder = await podFolder(spec, which === 'argoRollouts' ? '${TENANT_URL}' : undefined);
    const { code, log } = await playPod(spec, {
      folder,
      executed,
      env: command,
      fill: filling({ service: north(), version: '2026.11.1' }),
    });
    expect(code, log).toBe(0);
    expect(log).toMatch(/\bpromote\b/);
    expect((await readdir(join(folder, 'state'))).length).toBeGreaterThan(0);
  });

  it('fails for what is to be rolled back', async () => {
    const spec = (await jobs()).argoRollouts;
    const folder = await podFolder(spec, '${TENANT_URL}');
    const { code, log } = await playPod(spec, {
      folder,
      executed,
      env: command,
      fill: filling({ service: closed, version: '2026.11.2' }),
      change: (arg) => arg.replace(/^--wait-ready=.*$/, '--wait-ready=1s'),
    });
    expect(code, log).toBe(1);
    expect(log).toMatch(/\brollback\b/);
  });

  /** Each volume is a folder. The user of the pod can write only to the one for its state. */
  async function podFolder(spec: JobSpec, url?: string): Promise<string> {
    const work = await place(url === undefined ? {} : { url });
    const folder = join(work, '..');
    const { runAsUser, runAsGroup } = spec.template.spec.securityContext;
    for (const { name } of spec.template.spec.volumes) await mkdir(join(folder, name));
    await writeFile(join(folder, 'secrets/acme'), await probePassword('north'));
    const text = await readFile(join(work, 'orderwatch.yaml'), 'utf8');
    const config = text.replace(/file:\S+north-probe/, 'file:/run/secrets/orderwatch/acme');
    expect(config).not.toBe(text);
    await writeFile(join(folder, 'config/orderwatch.yaml'), mounted(config, spec, folder));
    await execa('chmod', ['755', temp.folder]);
    await execa('chown', [`${runAsUser}:${runAsGroup}`, join(folder, 'state')]);
    return folder;
  }

  /** As Argo Rollouts replaces arguments; what it was not given it refuses. */
  function filling(given: Readonly<Record<string, string>>): (text: string) => string {
    return (text) =>
      text.replace(/\{\{\s*args\.([\w-]+)\s*\}\}/g, (_, name: string) => {
        const value = given[name];
        if (value === undefined) throw new Error(`no argument ${name}`);
        return value;
      });
  }
});

describe('GitHub', () => {
  beforeAll(async () => {
    const { code, log } = await installing;
    expect(code, log).toBe(0);
  });

  async function playAction(
    inputs: Readonly<Record<string, string>>,
    folder: string,
    { env = {}, ...more }: ActionPlace = {},
  ): Promise<Uses> {
    const action = await readAs('github/action.yml', actionSchema);
    const unknown = Object.keys(inputs).filter((name) => !(name in action.inputs));
    expect(unknown).toEqual([]);
    const given = Object.fromEntries(
      Object.entries(action.inputs).map(([name, input]) => {
        const value = inputs[name] ?? ('default' in input ? input.default : undefined);
        if (value === undefined) throw new Error(`the action requires ${name}`);
        return [name, value];
      }),
    );
    const result = await playSteps(action.runs.steps.slice(1), {
      folder,
      executed,
      ...more,
      context: { inputs: given },
      env: { ...env, ...actionPath() },
    });
    const outputs = Object.fromEntries(
      Object.entries(action.outputs).map(([name, { value }]) => {
        const [, id = '', output = ''] =
          /^\$\{\{ steps\.([\w-]+)\.outputs\.([\w-]+) \}\}$/.exec(value) ?? [];
        expect(output).toBe(name);
        return [name, result.outputs[id]?.outputs[output] ?? ''];
      }),
    );
    return { ...result, outputs };
  }

  interface WorkflowPlayed extends StepsPlayed {
    readonly gate: Uses['outputs'];
    /** Of the actions of others: what they were given. */
    readonly used: readonly UsesStep[];
  }

  async function playWorkflow(
    folder: string,
    version: string,
    more: Readonly<Record<string, string>> = {},
  ): Promise<WorkflowPlayed> {
    const { on, jobs: all } = await readAs('github/workflow.yml', workflowSchema);
    expect(Object.keys(on.workflow_dispatch.inputs)).toEqual(['version']);
    const used: UsesStep[] = [];
    let gate: Uses['outputs'] = {};
    const played = await playSteps(all['deploy']!.steps, {
      folder,
      executed,
      env: {},
      context: {
        inputs: { version },
        github: { sha: 'c0ffee', run_id: 1, run_attempt: 1 },
        secrets: { ACME_PASSWORD: 'not used here' },
      },
      uses: async (step) => {
        if (step.uses !== ACTION) {
          used.push(step);
          return { code: 0, log: '', outputs: {} };
        }
        const result = await playAction({ ...step.with, ...more }, folder, { env: step.env });
        gate = result.outputs;
        return result;
      },
    });
    return { ...played, gate, used };
  }

  it('promotes what works, and keeps what it says', async () => {
    const folder = await place();
    const { code, gate, log, names, summary, used } = await playWorkflow(folder, '2026.11.1');
    expect(gate, log).toMatchObject({ verdict: 'promote', code: 'sound', 'exit-code': '0' });
    expect(code).toBe(0);
    const result = await resultIn(folder);
    expect(result).toMatchObject({
      gateId: gate['gate-id'],
      tenants: ['acme'],
      deployment: { version: '2026.11.1', commit: 'c0ffee' },
    });
    expect(await readFile(join(folder, 'orderwatch-gate/gate.xml'), 'utf8')).toContain('<testcase');
    expect(summary).toContain('promote');
    expect(log).toContain('deploy 2026.11.1 here');
    expect(names).toEqual(['Deploy']);
    // What other actions keep is there.
    const kept = used.flatMap(({ with: inputs }) => inputs['path'] ?? []).map(String);
    expect(kept).toEqual(['.orderwatch', '.orderwatch', 'orderwatch-gate/']);
    for (const path of kept) expect((await readdir(join(folder, path))).length).toBeGreaterThan(0);
  });

  it('rolls back what fails', async () => {
    const folder = await place(down());
    const played = await playWorkflow(folder, '2026.11.2', { 'wait-ready': '1s' });
    expect(played.gate, played.log).toMatchObject({ verdict: 'rollback', 'exit-code': '1' });
    expect(played.code).toBe(1);
    expect(played.names).toEqual(['Deploy', 'Roll back']);
    expect(played.log).toContain(
      `take 2026.11.2 back here, because of ${played.gate['code'] ?? ''}`,
    );
    expect(played.summary).toContain('rollback');
    expect(played.used.map(({ uses }) => uses)).toContain('actions/upload-artifact@v6');
  });

  it('holds what had failed alike before', async () => {
    const folder = await place(down());
    const config = ['--config', join(folder, 'orderwatch.yaml')];
    const state = ['--state', join(folder, '.orderwatch')];
    expect((await orderwatch(['run', ...config, ...state])).code).toBe(1);
    const played = await playWorkflow(folder, '2026.11.3', { 'wait-ready': '1s' });
    expect(played.gate, played.log).toMatchObject({
      verdict: 'hold',
      code: 'already-broken',
      'exit-code': '6',
    });
    expect(played.code).toBe(6);
    expect(played.names).toEqual(['Deploy', 'Ask somebody']);
    expect(played.log).toContain('::warning title=orderwatch holds 2026.11.3::already-broken');
  });

  it('says that nothing is known where nothing ran', async () => {
    const folder = await place({ consent: { level: 'read-only' } });
    const { code, gate, log, names } = await playWorkflow(folder, '2026.11.4');
    expect(gate, log).toMatchObject({ verdict: 'inconclusive', 'exit-code': '3' });
    expect(code).toBe(3);
    expect(names).toEqual(['Deploy', 'Say that nothing is known']);
    expect(log).toContain('(exit code 3)');
  });

  it('hands every input to the gate, and executes none', async () => {
    const folder = await place();
    const harm = '"; touch harm; $(touch harm) `touch harm` *';
    const { code, outputs, log } = await playAction(
      {
        config: 'orderwatch.yaml',
        tenants: ' acme,\n',
        scenarios: 'order-confirmation',
        policy: 'default',
        runs: '1',
        against: 'state',
        version: harm,
        commit: harm,
        hold: 'pass',
        timeout: '5m',
        'wait-ready': '30s',
        state: 'kept',
      },
      folder,
    );
    expect(outputs, log).toMatchObject({ verdict: 'promote' });
    expect(code).toBe(0);
    const { deployment, runs, against, policy } = await resultIn(folder);
    expect({ against, policy }).toEqual({ against: 'state', policy: 'default' });
    expect(deployment).toMatchObject({ version: harm, commit: harm });
    expect(runs.map(({ scenario }) => scenario)).toEqual(['order-confirmation']);
    expect((await readdir(folder)).sort()).toEqual(['kept', 'orderwatch-gate', 'orderwatch.yaml']);
  });

  it('lets a cancelled gate undo what it made', async () => {
    const folder = await place();
    const inputs = { config: 'orderwatch.yaml', tenants: 'acme', runs: '50' };
    const { code, outputs, log } = await playAction(inputs, folder, { cancelOn: 'passed acme' });
    expect(code, log).toBe(130);
    expect(outputs).toMatchObject({ verdict: 'inconclusive', code: 'interrupted' });
    const { runs } = await resultIn(folder);
    expect(runs.length).toBeLessThan(50);
    expect(runs.filter(({ compensation }) => compensation.kind !== 'clean')).toEqual([]);
  });

  it('fails with 2 and without a verdict when it is used wrongly', async () => {
    const folder = await place();
    const played = await playAction({ config: 'orderwatch.yaml', tenants: 'nobody' }, folder);
    expect(played.code).toBe(2);
    expect(played.outputs).toEqual({ verdict: '', code: '', 'gate-id': '', 'exit-code': '2' });
  });
});

// The last one: it looks back at all that the others did.
it('has executed every command line there is', async () => {
  const paths = (await ciFiles()).filter((path) => /\.ya?ml$/.test(path));
  const all = (await Promise.all(paths.map((path) => documentsOf(path)))).flat();
  const lines = all.flatMap(commandLines);
  expect(lines).toHaveLength(16);
  expect(lines.filter((line) => !executed.has(line))).toEqual([]);
});

async function resultIn(folder: string) {
  const text = await readFile(join(folder, 'orderwatch-gate/gate.json'), 'utf8');
  return gateResultSchema.parse(JSON.parse(text));
}

async function jobs(): Promise<Readonly<Record<'argoCd' | 'argoRollouts' | 'flux', JobSpec>>> {
  const analysis = await readAs('argo-rollouts/analysis-template.yaml', analysisSchema);
  expect(analysis.spec.args.map(({ name }) => name)).toEqual(['service', 'version']);
  return {
    argoCd: (await readAs('argo-cd/post-sync-job.yaml', hookSchema)).spec,
    argoRollouts: analysis.spec.metrics[0].provider.job.spec,
    flux: (await readAs('flux/gate-job.yaml', fluxJobSchema)).spec,
  };
}

async function kustomizations() {
  const documents = await documentsOf('flux/kustomizations.yaml');
  expect(documents).toHaveLength(2);
  return documents.map((document) => kustomizationSchema.parse(document));
}
