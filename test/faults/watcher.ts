/** A role of the lab's PostgreSQL that may look at everything that goes on there, and change nothing. */
import { labPaths } from '../../deploy/lab/faults.ts';

const ROLE = 'orderwatch_faults';

/** Its DSN; to be dropped afterwards. */
export async function makeWatcher(): Promise<string> {
  const { psql, postgres } = labPaths();
  await dropWatcher();
  await psql('postgres', `create role ${ROLE} login in role pg_monitor`);
  const host = encodeURIComponent(postgres.socketFolder);
  return `postgresql://${ROLE}@/postgres?host=${host}&port=${postgres.port}`;
}

export async function dropWatcher(): Promise<void> {
  await labPaths().psql('postgres', `drop role if exists ${ROLE}`);
}
