/** Options that several commands share, and the parsing of their values. */
import { InvalidArgumentError, Option } from 'commander';
import { z } from 'zod';
import { MOST_DOCUMENTS } from '../domain/short-mark.ts';
import type { Tenant } from '../domain/tenant.ts';
import { transports } from '../domain/transport.ts';
import { parseDuration } from '../lib/duration.ts';

/** Wrong use of a command; the message says what to write instead. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

export const configOption = (): Option =>
  new Option('--config <file>', 'configuration file').makeOptionMandatory();

export const tenantOption = (): Option =>
  new Option('--tenant <id>', 'only this tenant; may be repeated').argParser(collect);

export const scenarioOption = (): Option =>
  new Option('--scenario <id>', 'only this scenario; may be repeated').argParser(collect);

export const transportOption = (): Option =>
  new Option(
    '--transport <name>',
    `only this transport (${transports.join(', ')}); may be repeated`,
  ).argParser(collect);

const STATE = '.orderwatch';

export const stateOption = (): Option =>
  new Option(
    '--state <folder>',
    'where journals, leases, readiness and past runs are kept',
  ).default(STATE);

export const jsonOption = (): Option => new Option('--json', 'print JSON instead of the table');

/** The options that lead another command to the same tenants and to what is kept of them. */
export function sameOptions({
  config,
  state = STATE,
}: {
  readonly config: string;
  readonly state?: string;
}): string {
  return state === STATE ? `--config ${config}` : `--config ${config} --state ${state}`;
}

/** Gathers a repeated option into a list. */
export function collect(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}

/** Longer than any command lasts, and short enough for a timer (2^31 ms). */
const LONGEST_MS = 24 * 86_400_000;

const LONGEST_NAME = 80;
const LONGEST_REASON = 200;

/** Milliseconds. */
export function durationArgument(text: string): number {
  const ms = parseDuration(text);
  if (ms === undefined) throw new InvalidArgumentError('write a number and a unit: 30s, 5m, 1h');
  if (ms === 0 || ms > LONGEST_MS)
    throw new InvalidArgumentError('write more than 0s, at most 24d');
  return ms;
}

/** Epoch milliseconds. */
export function instantArgument(text: string): number {
  const instant = z.iso.datetime({ offset: true }).safeParse(text);
  if (instant.success) return Date.parse(instant.data);
  throw new InvalidArgumentError('write an instant with its zone: 2026-11-23T14:00:00Z');
}

/** Of a version, a commit, a source: what deployments are told by. */
export function nameArgument(text: string): string {
  if (text !== '' && text.length <= LONGEST_NAME) return text;
  throw new InvalidArgumentError(`write 1 to ${LONGEST_NAME} characters`);
}

/** Why something is said. */
export function reasonArgument(text: string): string {
  if (text.trim() !== '' && text.length <= LONGEST_REASON) return text;
  throw new InvalidArgumentError(`write 1 to ${LONGEST_REASON} characters`);
}

/** `host:port`; an IPv6 address stands in brackets. */
export function addressArgument(text: string): { readonly host: string; readonly port: number } {
  const [, bracketed, plain, port] = /^(?:\[([^\]]+)\]|([^:]+)):(\d{1,5})$/.exec(text) ?? [];
  const host = bracketed ?? plain;
  if (host !== undefined && Number(port) < 65_536) return { host, port: Number(port) };
  throw new InvalidArgumentError('write an address and a port: 127.0.0.1:9464');
}

export function countArgument(text: string): number {
  const count = Number(text);
  if (Number.isSafeInteger(count) && count > 0) return count;
  throw new InvalidArgumentError('write a whole number from 1');
}

/** More tell nothing that these do not, and push the whole past out of memory. */
const MOST_RUNS = 200;

export function runsArgument(text: string): number {
  const count = countArgument(text);
  if (count <= MOST_RUNS) return count;
  throw new InvalidArgumentError(`write a whole number from 1 to ${MOST_RUNS}`);
}

export function burstArgument(text: string): number {
  const count = countArgument(text);
  if (count <= MOST_DOCUMENTS) return count;
  throw new InvalidArgumentError(`write a whole number from 1 to ${MOST_DOCUMENTS}`);
}

/** The named tenants in the configuration's order, or all. Throws UsageError for a name it does not have. */
export function chooseTenants(
  tenants: readonly Tenant[],
  names: readonly string[] | undefined,
): readonly Tenant[] {
  if (names === undefined) return tenants;
  const known = tenants.map(({ id }) => id as string);
  const unknown = names.find((name) => !known.includes(name));
  if (unknown !== undefined) {
    throw new UsageError(`no tenant "${unknown}"; the configuration has: ${known.join(', ')}`);
  }
  return tenants.filter(({ id }) => names.includes(id));
}
