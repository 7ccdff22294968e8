/** Where a tenant is to be found from outside, without the secrets that an address may carry. */
import type { LookupAddress } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';

export interface Target {
  readonly host: string;
  readonly port: number;
  readonly secure: boolean;
  /** In front of every path, without a trailing slash. */
  readonly prefix: string;
  /** As a request names it: with the port where that is not the usual one. */
  readonly authority: string;
  /** Known addresses of the host; asked anew by every connection where absent. */
  readonly lookup?: LookupFunction;
}

/** Undefined where the URL is none, or is not of the web. */
export function targetOf(url: string): Target | undefined {
  if (!URL.canParse(url)) return undefined;
  const { protocol, hostname, port, host, pathname } = new URL(url);
  const secure = protocol === 'https:';
  if (!secure && protocol !== 'http:') return undefined;
  return {
    host: hostname.replace(/^\[(.*)\]$/, '$1'),
    port: port === '' ? (secure ? 443 : 80) : Number(port),
    secure,
    prefix: pathname.replace(/\/$/, ''),
    authority: host,
  };
}

/** What every connection to the target is told, of TCP and TLS alike. */
export function connectionTo({ host, port, lookup }: Target): {
  readonly host: string;
  readonly port: number;
  readonly autoSelectFamilyAttemptTimeout: number;
  readonly lookup?: LookupFunction;
} {
  return {
    host,
    port,
    // With Node's 250 ms a host of several addresses that is far away looks unreachable.
    autoSelectFamilyAttemptTimeout: 1_000,
    ...(lookup === undefined ? {} : { lookup }),
  };
}

/** TLS names a host by its name only, never by its address. */
export const serverNameOf = ({ host }: Target): string => (isIP(host) === 0 ? host : '');

/** Answers addresses that are known already, so that all looks mean the same ones and none waits for a resolver. */
export const knownAddresses =
  (addresses: readonly LookupAddress[]): LookupFunction =>
  (_, options, done) => {
    const [first] = addresses;
    if (options.all === true || first === undefined) done(null, [...addresses]);
    else done(null, first.address, first.family);
  };
