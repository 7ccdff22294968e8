// Every fixed place and name of the lab. What belongs to this clone is under `.lab/`, what all
// labs of a machine share is under the cache folder.
import { createHash } from 'node:crypto';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

export const CLONE = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
export const STATE = join(CLONE, '.lab');
export const RECORD = join(STATE, 'lab.json');
export const SECRETS = join(STATE, 'secrets');
export const CONFIG = join(STATE, 'orderwatch.yaml');
export const COMMAND = join(CLONE, 'dist/src/cli/main.js');

export const CACHE = '/var/cache/orderwatch-lab';
export const LOCKS = '/run/lock';

/** Runs every service of every lab; owns nothing else on the machine. */
export const LAB_USER = 'orderwatch-lab';

export const stepLog = (name: string): string => join(STATE, 'log', `${name}.log`);

/** One lock per clone. */
export const labLock = (): string => createHash('sha256').update(CLONE).digest('hex').slice(0, 12);
