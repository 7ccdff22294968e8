// Every fixed place and name of the lab. What belongs to this clone is under `.lab/`, what all
// labs of a machine share is under the cache folder. A clone may have more labs than one, so that
// tests can be played on two at once: ORDERWATCH_LAB=2 is the one under `.lab-2/`.
import { createHash } from 'node:crypto';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

export const CLONE = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
const which = process.env['ORDERWATCH_LAB'] ?? '1';
export const STATE = join(CLONE, which === '1' ? '.lab' : `.lab-${which}`);
export const RECORD = join(STATE, 'lab.json');
export const SECRETS = join(STATE, 'secrets');
export const CONFIG = join(STATE, 'orderwatch.yaml');
export const COMMAND = join(CLONE, 'dist/src/cli/main.js');

export const CACHE = '/var/cache/orderwatch-lab';
export const LOCKS = '/run/lock';

/** Runs every service of every lab; owns nothing else on the machine. */
export const LAB_USER = 'orderwatch-lab';

export const stepLog = (name: string): string => join(STATE, 'log', `${name}.log`);

/** One lock per lab. */
export const labLock = (): string => createHash('sha256').update(STATE).digest('hex').slice(0, 12);
