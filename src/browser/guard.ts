/**
 * Outlives us for a moment: a shell beside each browser that waits for our end, also by `kill -9`, and then ends the
 * browser and removes its folders. Without it they stay until the next browser starts on this machine.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Socket } from 'node:net';
import type { Clock } from '../lib/clock.ts';
import { atMost } from '../lib/deadline.ts';

/**
 * $1: a folder to remove. Each line read: the number of a browser, which leads a process group of its own, and its
 * profile; or `done`, after which nothing is to be done. Only a process whose command names the profile is ended, for its
 * number may be somebody else's by now. A folder is removed when nobody is left who writes into it: it looks ten times a
 * second, for a shell can wait only for children of its own.
 */
const SCRIPT = `
scratch=$1
shift
while read -r pid profile; do
  if [ "$pid" = done ]; then exit 0; fi
  set -- "$@" "$pid" "$profile"
done
while [ $# -gt 0 ]; do
  if grep -qaF -e "$2" "/proc/$1/cmdline"; then kill -s KILL -- "-$1"; fi
  tries=0
  while [ $tries -lt 30 ] && kill -s 0 -- "-$1"; do
    sleep 0.1
    tries=$((tries + 1))
  done
  rm -rf -- "$2"
  shift 2
done
rm -rf -- "$scratch"`;

/** It ends at once when it is told that it is over. */
const END_MS = 1_000;

export interface Guard {
  /** Of a browser that was started: the number of its process, and its profile folder. */
  readonly watch: (pid: number, profile: string) => void;
  /** Nothing is left to be guarded. Never throws. */
  readonly end: () => Promise<void>;
}

/** Where there is no shell nothing is guarded. */
export function startGuard(scratch: string, clock: Clock): Guard {
  // A session of its own: Ctrl-C in a terminal must not end it before us.
  const child = spawn('/bin/sh', ['-c', SCRIPT, 'orderwatch-guard', scratch], {
    detached: true,
    cwd: '/',
    env: { PATH: '/usr/local/bin:/usr/bin:/bin' },
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  const { stdin } = child;
  const exited = once(child, 'exit');
  exited.catch(() => undefined);
  // It ended before us, or never began.
  for (const one of [child, stdin]) one.on('error', () => undefined);
  child.unref();
  if (stdin instanceof Socket) stdin.unref();
  return {
    watch: (pid, profile) => {
      stdin.write(`${pid} ${profile}\n`);
    },
    end: async () => {
      stdin.end('done\n');
      await atMost(clock, END_MS, exited);
    },
  };
}
