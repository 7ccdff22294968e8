/**
 * A real OpenSSH server on the loopback with a folder, a host key and a user of its own. Its accounts lie in a mount
 * namespace that ends with it, so nothing of the machine is changed. Needs root.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  chownSync,
  copyFileSync,
  mkdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { execa } from 'execa';
import { freePort } from './ports.ts';
import { processesUnder } from './processes.ts';

const USER_ID = 64_990;
const LOGIN = 'partner';

export interface Sshd {
  readonly port: number;
  /** As ssh-keygen prints it. */
  readonly hostKey: string;
  readonly login: string;
  /** The text of the private key that the server accepts. */
  readonly privateKey: string;
  /** Absolute paths, seen alike from both sides. */
  readonly in: string;
  readonly out: string;
  /** To the server and all its sessions. */
  signal(name: 'SIGKILL' | 'SIGSTOP' | 'SIGCONT'): void;
  /** Kills it, and waits for its end. */
  stop(): Promise<void>;
}

/** What it needs is made in `folder`, which is to be removed by the caller. */
export async function startSshd(folder: string, password: string): Promise<Sshd> {
  const port = await freePort();
  const at = (name: string): string => join(folder, name);
  // The way to the folders is free for its user.
  chmodSync(folder, 0o755);
  for (const name of ['in', 'out']) {
    mkdirSync(at(name));
    chownSync(at(name), USER_ID, USER_ID);
  }
  const hostKey = await newKey(at('host-key'));
  await newKey(at('user-key'));
  copyFileSync(at('user-key.pub'), at('authorized'));
  const { stdout: hash } = await execa('openssl', ['passwd', '-6', '-stdin'], { input: password });
  const account = `${LOGIN}:x:${USER_ID}:${USER_ID}::${folder}:/bin/sh\n`;
  writeFileSync(at('passwd'), readFileSync('/etc/passwd', 'utf8') + account);
  writeFileSync(at('shadow'), `${LOGIN}:${hash}:20000:0:99999:7:::\n`, { mode: 0o600 });
  writeFileSync(at('sshd_config'), configuration(port, at));
  const script = [
    'mount --make-rprivate /',
    `mount --bind ${at('passwd')} /etc/passwd`,
    `mount --bind ${at('shadow')} /etc/shadow`,
    'mount -t tmpfs none /run',
    'mkdir /run/sshd',
    `exec /usr/sbin/sshd -D -e -f ${at('sshd_config')} -E ${at('log')}`,
  ].join(' && ');
  const server = spawn('unshare', ['--mount', 'sh', '-c', script], { stdio: 'ignore' });
  const ended = once(server, 'exit');
  const signal = (name: NodeJS.Signals): void => {
    const { pid, exitCode, signalCode } = server;
    if (pid === undefined || exitCode !== null || signalCode !== null) return;
    // The server first: it starts no session any more. Each session is a group of its own.
    const sessions = processesUnder(pid, 'sshd');
    process.kill(pid, name);
    for (const session of sessions) process.kill(session.pid, name);
  };
  const stop = async (): Promise<void> => {
    signal('SIGKILL');
    await ended;
  };
  try {
    await answering(port);
  } catch (error) {
    await stop();
    throw error;
  }
  const privateKey = readFileSync(at('user-key'), 'utf8');
  return { port, hostKey, login: LOGIN, privateKey, in: at('in'), out: at('out'), signal, stop };
}

const configuration = (port: number, at: (name: string) => string): string => `
ListenAddress 127.0.0.1
Port ${port}
HostKey ${at('host-key')}
PidFile none
UsePAM no
StrictModes no
PasswordAuthentication yes
KbdInteractiveAuthentication no
AuthorizedKeysFile ${at('authorized')}
AllowUsers ${LOGIN}
Subsystem sftp internal-sftp
ForceCommand internal-sftp
`;

/** Answers its fingerprint. */
async function newKey(file: string): Promise<string> {
  await execa('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', file]);
  const { stdout } = await execa('ssh-keygen', ['-l', '-f', file]);
  return stdout.split(' ')[1] ?? '';
}

async function answering(port: number): Promise<void> {
  for (let tries = 0; ; tries += 1) {
    const socket = connect(port, '127.0.0.1');
    try {
      await once(socket, 'data');
      return;
    } catch (error) {
      if (tries === 100) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    } finally {
      socket.destroy();
    }
  }
}
