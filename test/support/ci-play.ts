/** Plays what deploy/ci says as each system would: GitHub's steps, GitLab's scripts, and pods without any rights. */
import { mkdir, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { execa } from 'execa';
import { type Context, filled, holds } from './ci-expressions.ts';
import type { GitlabJob, JobSpec, Step } from './ci-files.ts';
import { MAIN } from './cli.ts';

export interface Played {
  readonly code: number;
  /** Both streams, as a log of the system would show them. */
  readonly log: string;
}

interface Place {
  /** Where it runs. */
  readonly folder: string;
  readonly env: Readonly<Record<string, string>>;
  /** Every command line that was executed, as it stands in the file. */
  readonly executed: Set<string>;
  /** Once the log says this, the process is told to end, as a runner tells it: only that one, none it has started. */
  readonly cancelOn?: string;
}

async function played(
  command: readonly string[],
  { folder, env, cancelOn }: Place,
): Promise<Played> {
  const [file = '', ...args] = command;
  const child = execa(file, args, {
    cwd: folder,
    env,
    all: true,
    reject: false,
    stdin: 'ignore',
  });
  if (cancelOn !== undefined) {
    let said = '';
    const listen = (chunk: Buffer): void => {
      said += chunk.toString();
      if (!said.includes(cancelOn)) return;
      child.all.off('data', listen);
      child.kill('SIGINT');
    };
    child.all.on('data', listen);
  }
  const { exitCode, all } = await child;
  return { code: exitCode ?? -1, log: all };
}

/** With `orderwatch` on the PATH, as in the image. */
export async function withCommand(folder: string): Promise<Readonly<Record<string, string>>> {
  const bin = join(folder, 'bin');
  await mkdir(bin, { recursive: true });
  const shim = `#!/bin/sh\nexec ${process.execPath} ${MAIN} "$@"\n`;
  await writeFile(join(bin, 'orderwatch'), shim, { mode: 0o755 });
  return { PATH: `${bin}${delimiter}${process.env['PATH'] ?? ''}` };
}

type Outputs = Readonly<Record<string, string>>;
export interface StepsPlayed extends Played {
  /** Names of the steps with a command that were played. */
  readonly names: readonly string[];
  readonly outputs: Readonly<Record<string, { readonly outputs: Outputs }>>;
  readonly summary: string;
}
/** Of an action: `with` and `env` are filled in. */
export interface UsesStep {
  readonly uses: string;
  readonly with: Readonly<Record<string, string>>;
  readonly env: Readonly<Record<string, string>>;
}
export interface Uses extends Played {
  readonly outputs: Outputs;
  readonly summary?: string;
}

export interface StepsPlace extends Place {
  readonly context: Context;
  /** What an action does. */
  readonly uses?: (step: UsesStep) => Promise<Uses>;
}

/** GitHub's way: in order, a step without condition only as long as nothing failed. The code is of the first that did. */
export async function playSteps(steps: readonly Step[], place: StepsPlace): Promise<StepsPlayed> {
  let code = 0;
  let log = '';
  let summary = '';
  const names: string[] = [];
  const outputs: Record<string, { outputs: Outputs }> = {};
  for (const step of steps) {
    const context = { ...place.context, steps: outputs };
    if (!holds(step.if, context, code !== 0)) continue;
    const fill = <T>(map: Readonly<Record<string, T>> = {}): Record<string, string> =>
      Object.fromEntries(Object.entries(map).map(([k, v]) => [k, filled(String(v), context)]));
    const env = fill(step.env);
    const result =
      'run' in step
        ? await playRun(step.run, { ...place, env: { ...place.env, ...env } })
        : await place.uses?.({ uses: step.uses, env, with: fill(step.with) });
    if (result === undefined) throw new Error(`nobody plays ${step.name ?? 'a step'}`);
    if ('run' in step) names.push(step.name ?? step.run);
    if (step.id !== undefined) outputs[step.id] = { outputs: result.outputs };
    code = code === 0 ? result.code : code;
    log += result.log;
    summary += result.summary ?? '';
  }
  return { code, log, names, outputs, summary };
}

async function playRun(run: string, place: Place): Promise<Uses> {
  place.executed.add(run);
  const own = await mkdtemp(join(place.folder, '..', 'step-'));
  const [script, output, summary] = ['script.sh', 'output', 'summary'].map((name) =>
    join(own, name),
  ) as [string, string, string];
  await Promise.all([writeFile(script, run), writeFile(output, ''), writeFile(summary, '')]);
  const env = { ...place.env, GITHUB_OUTPUT: output, GITHUB_STEP_SUMMARY: summary };
  const command = ['bash', '--noprofile', '--norc', '-eo', 'pipefail', script];
  const result = await played(command, { ...place, env });
  const lines = (await readFile(output, 'utf8')).split('\n').filter((line) => line !== '');
  return {
    ...result,
    summary: await readFile(summary, 'utf8'),
    outputs: Object.fromEntries(lines.map((line) => assignment(line))),
  };
}

/** The script of a GitLab job. Its variables may name others. */
export async function playGitlab(
  { script = [], variables = {} }: GitlabJob,
  place: Place & { readonly shell: readonly string[] },
): Promise<Played> {
  const text = script.join('\n');
  place.executed.add(text);
  const env: Record<string, string> = { ...place.env };
  for (const [name, value] of Object.entries(variables)) {
    env[name] ??= value.replace(/\$([A-Z_]+)/g, (_, other: string) => env[other] ?? '');
  }
  return await played([...place.shell, '-c', text], { ...place, env });
}

/** NAME=VALUE lines, as GitLab reads a dotenv report. */
export async function dotenv(file: string): Promise<Readonly<Record<string, string>>> {
  const lines = (await readFile(file, 'utf8')).trim().split('\n');
  return Object.fromEntries(lines.map((line) => assignment(line)));
}

function assignment(line: string): readonly [string, string] {
  const [, name = '', value = ''] = /^([\w-]+)=(.*)$/.exec(line) ?? [];
  if (name === '') throw new Error(`no assignment: ${line}`);
  return [name, value];
}

/** The only container of a pod. Each volume is a folder of the place; `fill` is what the system replaces in texts. */
export async function playPod(
  spec: JobSpec,
  place: Place & {
    readonly fill: (text: string) => string;
    readonly change?: (arg: string) => string;
  },
): Promise<Played> {
  const pod = spec.template.spec;
  const [container] = pod.containers;
  const { command, args } = container;
  place.executed.add(command.join('\n')).add(args.join('\n'));
  const inPlace = (text: string): string => mounted(place.fill(text), spec, place.folder);
  const more = (container.env ?? []).map(({ name, value }) => [name, inPlace(value)] as const);
  const env = { ...place.env, ...Object.fromEntries(more), PLACE: place.folder };
  // Nothing but the mounted volumes can be written, and by this user only.
  const script = [
    'mount --bind "$PLACE" "$PLACE"',
    'mount -o remount,bind,ro /',
    `exec setpriv --reuid ${pod.securityContext.runAsUser} --regid ${pod.securityContext.runAsGroup} \
--clear-groups --inh-caps=-all --bounding-set=-all --no-new-privs "$@"`,
  ].join(' && ');
  const whole = [...command, ...args].map(place.change ?? ((arg) => arg)).map(inPlace);
  return await played(['unshare', '--mount', 'sh', '-c', script, 'sh', ...whole], {
    ...place,
    env,
  });
}

/** A text with the paths of the pod's volumes as they are in the place. */
export function mounted(text: string, spec: JobSpec, folder: string): string {
  const { volumeMounts } = spec.template.spec.containers[0];
  return volumeMounts.reduce(
    (now, { mountPath, name }) => now.replaceAll(mountPath, join(folder, name)),
    text,
  );
}
