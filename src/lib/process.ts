/** Processes: whether one of this machine lives, and the name of this one. */
import { hostname } from 'node:os';
import { codeOf } from './thrown.ts';

/** Apart from those of other machines and containers too. */
export const processName = (): string => `${hostname()}-${process.pid}`;

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it lives and belongs to somebody else.
    return codeOf(error) === 'EPERM';
  }
}
