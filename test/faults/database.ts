/** Faults of PostgreSQL, and of what the tenants' queries wait for in it. */
import { labPaths, startPostgres, stopPostgres } from '../../deploy/lab/faults.ts';
import { asItIs, type Fault, type Injected, ORDER, type Scene } from './fault.ts';
import { atCall } from './on-the-way.ts';
import { exhaustConnections, holding, hurry, slowConfirmation } from './sql.ts';

const DATABASE = { ...ORDER, expected: { blame: 'target', layer: 'database' } } as const;

/** Longer than a call may take. */
const TOO_SLOW_S = 8;
/** A user would complain; a call is allowed it. */
const SLOW_S = 3;

export const databaseFaults: readonly Fault[] = [
  {
    ...DATABASE,
    id: 'postgres-stopped',
    what: 'PostgreSQL is stopped',
    inject: async ({ mendBy }) => {
      mendBy(startPostgres);
      await stopPostgres();
      return asItIs;
    },
  },
  {
    ...DATABASE,
    id: 'database-refuses',
    what: 'the tenant’s database takes no connections, its server does',
    inject: async ({ tenant, mendBy }) => {
      const { psql } = labPaths();
      mendBy(() => psql('postgres', `alter database ${tenant} allow_connections true`));
      await psql('postgres', `alter database ${tenant} allow_connections false`);
      // Odoo keeps the connections that it has.
      await psql(
        'postgres',
        `select pg_terminate_backend(pid) from pg_stat_activity where datname = '${tenant}'`,
      );
      return asItIs;
    },
  },
  {
    ...DATABASE,
    id: 'table-lock',
    what: 'somebody has locked the table of orders, as a careless migration does',
    inject: async ({ tenant, mendBy }) => {
      mendBy(await holding(tenant, 'lock table sale_order in access exclusive mode'));
      return asItIs;
    },
  },
  {
    ...DATABASE,
    id: 'row-lock',
    what: 'another transaction holds the row of the order that is to be confirmed',
    inject: (scene) =>
      atCall(scene, 'sale.order/action_confirm', async () => {
        const newest =
          'select id from sale_order where id = (select max(id) from sale_order) for update';
        scene.mendBy(await holding(scene.tenant, newest));
      }),
  },
  {
    ...DATABASE,
    id: 'sql-too-slow',
    what: `a trigger makes the confirmation take ${TOO_SLOW_S} s, longer than a call may`,
    inject: (scene) => slowedBy(scene, TOO_SLOW_S),
  },
  {
    ...DATABASE,
    expected: { ...DATABASE.expected, slow: true },
    id: 'sql-slow',
    what: `a trigger makes the confirmation take ${SLOW_S} s, and the run passes`,
    inject: (scene) => slowedBy(scene, SLOW_S),
  },
  {
    ...DATABASE,
    id: 'connections-exhausted',
    what: 'PostgreSQL has no connection left for Odoo',
    inject: async ({ mendBy }) => {
      mendBy(await exhaustConnections());
      return asItIs;
    },
  },
];

async function slowedBy({ tenant, mendBy }: Scene, seconds: number): Promise<Injected> {
  mendBy(() => hurry(tenant));
  await slowConfirmation(tenant, seconds);
  return asItIs;
}
