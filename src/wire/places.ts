/** How many runs a worker plays at once: by its processors, by its memory, or as the configuration says. */
import type { Transport } from '../domain/transport.ts';
import type { Machine } from '../lib/cgroup.ts';
import type { Places } from '../queue/places.ts';

/**
 * Runs at once for each core. One over RPC waits for Odoo nearly all of its time; one in the browser keeps a core
 * busy with its page.
 */
const RUNS_PER_CORE: Readonly<Record<Transport, number>> = { rpc: 8, browser: 1 };

/** For each run that is played so many more may wait for an answer that does not come. */
const WAITING_PER_PLACE = 15;

const MIB = 1_024 * 1_024;
/** Measured as shares of memory in use (PSS) with Odoo 19 open in Debian's Chromium: ARCHITECTURE.md, "The size of a worker". */
const NODE_BYTES = 150 * MIB;
const BROWSER_BYTES = 150 * MIB;
const CONTEXT_BYTES = 190 * MIB;

export interface WorkerPlaces {
  readonly places: Readonly<Record<Transport, Places>>;
  /** What was asked for, or would be usual, and does not fit into the memory. */
  readonly note?: string;
}

/** `wanted` is what the configuration asks for. */
export function placesOf(
  { cores, memoryBytes }: Machine,
  wanted: Readonly<Partial<Record<Transport, number>>> = {},
): WorkerPlaces {
  const count = (transport: Transport): number =>
    wanted[transport] ?? Math.max(1, Math.floor(RUNS_PER_CORE[transport] * cores));
  const free = memoryBytes - NODE_BYTES - BROWSER_BYTES;
  const fit = Math.max(0, Math.floor(free / CONTEXT_BYTES));
  const browser = Math.min(count('browser'), fit);
  const places = {
    rpc: placesFor(count('rpc'), Infinity),
    browser: placesFor(browser, fit),
  };
  if (browser === count('browser')) return { places };
  const need = NODE_BYTES + BROWSER_BYTES + CONTEXT_BYTES * count('browser');
  const note =
    `${browser} of ${count('browser')} runs in the browser at once: ` +
    `${Math.floor(memoryBytes / MIB)} MiB of memory, and they need ${need / MIB} MiB`;
  return { places, note };
}

const placesFor = (count: number, fit: number): Places => ({
  count,
  most: Math.min(count * (1 + WAITING_PER_PLACE), fit),
});
