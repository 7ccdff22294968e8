/** Where the warnings that need no account at the tenant are connected, for `doctor` and for the sweeper's look. */
import type { OutsideWarnings } from '../engine/ports.ts';

// CONNECT: the certificate and the clock, as soon as something can look at them; until then nothing is known of both.
export const outside: OutsideWarnings = {
  certificate: () => Promise.resolve(undefined),
  clockSkewMs: () => Promise.resolve(undefined),
};
