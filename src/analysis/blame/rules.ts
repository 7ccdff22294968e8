/**
 * Whose trouble it is and where, as a table: the first rule whose conditions all hold decides. A rule holds a code of the
 * failure against its beginnings, and what was seen against words; what was not looked at holds against none.
 */
import type { Look, Seen } from '../../domain/evidence.ts';
import type { Layer } from '../../domain/failure.ts';

type Words = { readonly [L in Look]?: readonly Seen<L>[] };

interface Conditions {
  /** The failure's code begins with one of these; `slow` is a run that passed and waited long. Any when absent. */
  readonly code?: readonly string[];
  readonly seen?: Words;
}

type Answer =
  | {
      readonly blame: 'target';
      /** Most likely first; more than one where what was seen does not tell them apart. */
      readonly layers: readonly [Layer, ...Layer[]];
    }
  | { readonly blame: 'fleet' | 'scenario' }
  /** What the failure itself says stands. */
  | { readonly blame: 'as said' };

export interface Rule {
  readonly id: string;
  readonly when: Conditions;
  readonly then: Answer;
  /** One sentence for people. */
  readonly because: string;
}

const target = (...layers: readonly [Layer, ...Layer[]]): Answer => ({ blame: 'target', layers });
const asSaid: Answer = { blame: 'as said' };

/** Nothing came in time, and whoever waited may have been too slow itself. */
const TIMED = [
  'odoo.timeout',
  'odoo.unreachable',
  'channel.timeout',
  'channel.unreachable',
  'slow',
];
const WAITED = ['odoo.timeout', 'slow'];
/** The request was lost on its way or with whoever worked on it. */
const CUT = ['odoo.unreachable', 'odoo.gateway-error'];
/** Something answered, though not as Odoo does. */
const FOREIGN = ['odoo.foreign-answer', 'odoo.malformed-answer'];
/** Whatever may have a cause outside of the request itself: a dialog of the web client hides what it is about. */
const ANY = [...WAITED, ...CUT, ...FOREIGN, 'web.'];
const UNSTEADY = ['trickling', 'endless', 'cut'] as const;

/** In the order in which they are asked: our own side, then what the answer itself says, then from the outside in. */
export const rules: readonly Rule[] = [
  {
    id: 'own-process-stalled',
    when: { code: TIMED, seen: { 'event-loop': ['stalled'] } },
    then: { blame: 'fleet' },
    because: 'our own process stood still meanwhile, so nothing can be said of the tenant',
  },
  {
    id: 'own-cpu-throttled',
    when: { code: TIMED, seen: { cpu: ['throttled'] } },
    then: { blame: 'fleet' },
    because: 'our own cgroup was throttled meanwhile, so nothing can be said of the tenant',
  },
  {
    id: 'own-clock-jumped',
    when: { code: TIMED, seen: { clock: ['jumped'] } },
    then: { blame: 'fleet' },
    because: 'our own clock jumped meanwhile, and certificates and deadlines are held against it',
  },
  {
    id: 'own-resolver',
    when: { code: TIMED, seen: { dns: ['no-resolver'] } },
    then: { blame: 'fleet' },
    because: 'nobody resolves names for us',
  },
  {
    id: 'own-network',
    when: { code: TIMED, seen: { connect: ['no-route'] } },
    then: { blame: 'fleet' },
    because: 'our own machine cannot open a connection',
  },
  {
    id: 'said-by-step',
    when: {
      code: [
        ...['edi.', 'channel.', 'reservation.', 'delivery.', 'stock.', 'invoice.', 'sale.'],
        ...['capability.', 'odoo.access', 'odoo.missing-capability', 'odoo.refused'],
      ],
    },
    then: asSaid,
    because: 'Odoo answered, and what it answered is what is wrong',
  },
  {
    id: 'storage-full',
    when: { code: ['odoo.storage-full'] },
    then: target('application'),
    because: 'Odoo has no room left to write a file: look at the disk of its filestore',
  },
  {
    id: 'database-said',
    when: { code: ['odoo.database', 'odoo.contention', 'web.no-database'] },
    then: target('database'),
    because: 'Odoo answered, and named PostgreSQL as what failed it',
  },
  {
    id: 'name-unknown',
    when: { code: ANY, seen: { dns: ['unknown-name'] } },
    then: target('network'),
    because: 'the name in the tenant’s URL is not known to the DNS',
  },
  {
    id: 'connection-refused',
    when: { code: ANY, seen: { connect: ['refused'] } },
    then: target('ingress'),
    because: 'the machine is there, and nothing listens where the ingress should',
  },
  {
    id: 'no-connection',
    when: { code: ANY, seen: { connect: ['silent', 'reset', 'unreachable'] } },
    then: target('network'),
    because: 'no connection comes about on the way to the ingress',
  },
  {
    id: 'certificate',
    when: {
      code: ANY,
      seen: { tls: ['expired', 'not-yet-valid', 'wrong-name', 'untrusted', 'failed'] },
    },
    then: target('ingress'),
    because: 'the certificate that the ingress shows is not to be trusted',
  },
  {
    id: 'database-refuses',
    when: { code: ANY, seen: { postgres: ['refused', 'exhausted'] } },
    then: target('database'),
    because: 'PostgreSQL takes no connection for this tenant',
  },
  {
    id: 'database-away',
    when: { code: ANY, seen: { 'database-health': ['no-database'] } },
    then: target('database'),
    because: 'Odoo answers, and says that it reaches no database server',
  },
  {
    id: 'tenant-database-away',
    when: { code: ANY, seen: { read: ['no-database'] } },
    then: target('database'),
    because: 'Odoo answers, and does not reach the tenant’s own database',
  },
  {
    id: 'tenant-page-without-database',
    when: { code: ANY, seen: { page: ['no-database'] } },
    then: target('database'),
    because: 'Odoo offers its databases instead of the login page: it does not reach the tenant’s',
  },
  {
    id: 'lock',
    when: { code: [...WAITED, ...CUT], seen: { postgres: ['locked'] } },
    then: target('database'),
    because: 'a query of the tenant waited for a lock in PostgreSQL',
  },
  {
    id: 'slow-query',
    when: { code: [...WAITED, ...CUT], seen: { postgres: ['busy'] } },
    then: target('database'),
    because: 'PostgreSQL worked on a query of the tenant for a second and longer',
  },
  {
    id: 'odoo-not-running',
    when: {
      code: ANY,
      seen: { health: ['gateway'], postgres: ['unused'] },
    },
    then: target('application'),
    because:
      'the ingress says that nothing answers behind it, and Odoo holds no connection to PostgreSQL',
  },
  {
    id: 'nothing-behind-ingress',
    when: { code: ANY, seen: { health: ['gateway'] } },
    then: target('application', 'ingress'),
    because: 'the ingress answers, and says that nothing answers behind it',
  },
  {
    id: 'foreign-server',
    when: { code: ANY, seen: { health: ['foreign'] } },
    then: target('ingress'),
    because: 'something answers in Odoo’s place: a wrong route, or a page of maintenance',
  },
  {
    id: 'answers-broken-on-the-way',
    when: { code: ANY, seen: { health: UNSTEADY } },
    then: target('network', 'ingress'),
    because: 'answers begin and do not end as they should, the simplest one too',
  },
  {
    id: 'workers-busy',
    when: {
      code: ANY,
      seen: { connect: ['ok'], health: ['silent', 'slow'], postgres: ['idle', 'unused'] },
    },
    then: target('application'),
    because:
      'connections come about, requests that need no database wait, and PostgreSQL has nothing to do: no worker is free',
  },
  {
    id: 'workers-busy-database-unseen',
    when: { code: ANY, seen: { connect: ['ok'], health: ['silent', 'slow'] } },
    then: target('application', 'database'),
    because:
      'connections come about, and requests that need no database wait: no worker is free, by their own fault or the database’s',
  },
  {
    id: 'worker-ended',
    when: { code: ['odoo.gateway-error'], seen: { health: ['ok'] } },
    then: target('application', 'ingress'),
    because:
      'the ingress lost whoever worked on this request, and others are answered: a worker ended',
  },
  {
    id: 'diverted',
    when: { code: FOREIGN, seen: { health: ['ok', 'slow'] } },
    then: target('ingress', 'application'),
    because: 'this request was answered as Odoo never does, while Odoo answers others',
  },
  {
    id: 'connection-cut',
    when: { code: ['odoo.unreachable'], seen: { health: ['ok'] } },
    then: target('network', 'application'),
    because: 'the connection was cut in the middle of this request, and others are answered',
  },
  {
    id: 'transaction-slow',
    when: { code: WAITED, seen: { health: ['ok'], postgres: ['idle', 'unused'] } },
    then: target('application'),
    because: 'Odoo waits, and PostgreSQL has nothing to do for the tenant: Odoo itself is slow',
  },
  {
    id: 'tenant-slow-database-unseen',
    when: { code: WAITED, seen: { health: ['ok'], read: ['silent', 'slow', 'error'] } },
    then: target('database', 'application'),
    because:
      'whatever needs no database is answered at once, and a simple read of the tenant is not',
  },
  {
    id: 'transaction-slow-database-unseen',
    when: { code: WAITED, seen: { health: ['ok'] } },
    then: target('application', 'database'),
    because:
      'only this transaction waits: from outside a lock, a slow query and slow code look alike',
  },
  {
    id: 'web-client-alone',
    when: { code: ['web.'], seen: { 'other-transport': ['passed'] } },
    then: target('application'),
    because: 'the same step passes over RPC: it is the web client, or a view of it',
  },
];
