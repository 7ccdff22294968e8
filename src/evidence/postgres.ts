/** Watches the PostgreSQL server of a tenant while a run waits for it, by the platform's read-only DSN. */
import net from 'node:net';
import { Client } from 'pg';
import { type Observation, observed } from '../domain/evidence.ts';
import type { Clock } from '../lib/clock.ts';
import { atMost } from '../lib/deadline.ts';
import { codeIn } from './looking.ts';
import { CAREFUL, SAMPLE, sampleIn } from './samples.ts';
import { type Verdict, verdictOf, verdictOn, worse } from './verdict.ts';

const CONNECT_MS = 3_000;
/** A statement ends by itself before. */
const QUERY_MS = 2_500;
const EVERY_MS = 500;
const MOST_SAMPLES = 40;
const LEAVE_MS = 2_500;
/** SQLSTATE of a statement that took too long. */
const CANCELED = '57014';

export interface DatabaseSamples {
  /** The worst that was seen, within three seconds; after a first sample, if there was none yet. Never throws. */
  end(): Promise<Observation>;
}

/**
 * Connects at once and samples every half second, forty times at most, or until `end`, which must be called.
 * Never throws; a connection that is lost ends the sampling.
 */
export function sampleDatabase(
  dsn: string,
  database: string,
  { clock }: { readonly clock: Clock },
): DatabaseSamples {
  const began = clock.monotonic();
  const sampling = new Sampling(dsn, database, clock);
  const done = sampling.run();
  return {
    end: async () => {
      sampling.stop();
      const inTime = await atMost(clock, LEAVE_MS, done);
      sampling.leave();
      const { seen, detail } = sampling.verdict(inTime);
      return observed('postgres', seen, { ms: Math.round(clock.monotonic() - began), detail });
    },
  };
}

class Sampling {
  readonly #dsn: string;
  readonly #database: string;
  readonly #clock: Clock;
  readonly #stop = new AbortController();
  // Ours, so that it can be closed also when the server does not answer any more.
  readonly #socket = new net.Socket();
  #worst: Verdict | undefined;
  #lost: Error | undefined;

  constructor(dsn: string, database: string, clock: Clock) {
    this.#dsn = dsn;
    this.#database = database;
    this.#clock = clock;
  }

  stop(): void {
    this.#stop.abort();
  }

  leave(): void {
    this.#socket.destroy();
  }

  verdict(inTime: boolean): Verdict {
    const detail = inTime ? 'no sample came about' : 'no answer in time';
    return this.#worst ?? { seen: 'unreachable', seconds: 0, detail };
  }

  /** Never rejects. */
  async run(): Promise<void> {
    let ownDatabase = false;
    try {
      // Of anything else the library makes a host and a database of its own accord.
      if (!/^postgres(?:ql)?:\/\//.test(this.#dsn)) throw new URIError();
      const client = this.#client();
      ownDatabase = client.database === this.#database;
      await client.connect();
      await client.query(CAREFUL);
      await this.#samples(client);
      if (this.#lost !== undefined) throw this.#lost;
      await client.end();
    } catch (error) {
      this.#saw(verdictOn(this.#lost ?? error, ownDatabase));
    } finally {
      this.leave();
    }
  }

  #client(): Client {
    const client = new Client({
      connectionString: this.#dsn,
      application_name: 'orderwatch',
      connectionTimeoutMillis: CONNECT_MS,
      query_timeout: QUERY_MS,
      stream: () => this.#socket,
    });
    // Nobody may be asking just then; without a listener it would end the process.
    client.on('error', (error) => (this.#lost ??= error));
    return client;
  }

  async #samples(client: Client): Promise<void> {
    for (let taken = 0; taken < MOST_SAMPLES && this.#wanted(); taken += 1) {
      await this.#sample(client);
      await this.#clock.sleep(EVERY_MS, this.#stop.signal).catch(() => undefined);
    }
  }

  /** Who ends it wants one sample all the same. */
  #wanted(): boolean {
    return !this.#stop.signal.aborted || this.#worst === undefined;
  }

  async #sample(client: Client): Promise<void> {
    try {
      const { rows } = await client.query(SAMPLE, [this.#database]);
      this.#saw(verdictOf(sampleIn(rows[0])));
    } catch (error) {
      // Our own statement took too long: the next one may not.
      if (codeIn(error) !== CANCELED) throw error;
    }
  }

  #saw(verdict: Verdict): void {
    this.#worst = worse(this.#worst, verdict);
  }
}
