/** What a fault does to the lab's PostgreSQL: transactions that stay open, triggers that sleep, and connections without end. */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { labPaths } from '../../deploy/lab/faults.ts';
import type { LabTenant } from '../support/lab.ts';

/** Begins a transaction with this statement and keeps it open. Answers what rolls it back. */
export async function holding(database: string, statement: string): Promise<() => Promise<void>> {
  const { socketFolder, port, user } = labPaths().postgres;
  const at = ['-h', socketFolder, '-p', String(port), '-U', user, '-d', database];
  const child = spawn('psql', ['-XqAt', '-v', 'ON_ERROR_STOP=1', ...at]);
  child.stdin.write(`begin; ${statement};\n\\echo held\n`);
  await said(child, 'held');
  return () => ended(child, 'rollback;\n');
}

/** Has each order that is confirmed wait for so many seconds inside the database, until `hurry`. */
export async function slowConfirmation(tenant: LabTenant, seconds: number): Promise<void> {
  await labPaths().psql(
    tenant,
    `create or replace function fault_slow() returns trigger language plpgsql as $$
       begin perform pg_sleep(${seconds}); return new; end $$;
     create or replace trigger fault_slow before update on sale_order for each row
       when (new.state = 'sale' and old.state is distinct from 'sale') execute function fault_slow();`,
  );
}

export async function hurry(tenant: LabTenant): Promise<void> {
  await labPaths().psql(tenant, 'drop function if exists fault_slow() cascade');
}

/**
 * Takes every connection that roles without special rights can have, Odoo's own too, and each one that becomes free.
 * Answers what gives them back.
 */
export async function exhaustConnections(): Promise<() => Promise<void>> {
  const { socketFolder, port, user } = labPaths().postgres;
  const source = (role: string): string =>
    `host=${socketFolder} port=${port} dbname=postgres user=${role} application_name=fault`;
  const child = spawn('/usr/bin/python3', ['-c', TAKE_ALL, source('odoo'), source(user)]);
  await said(child, 'full');
  return () => ended(child, '\n');
}

/** Its standard input ends it. */
const TAKE_ALL = `
import select, sys, time, psycopg2
held = []

def take():
    while True:
        try:
            held.append(psycopg2.connect(sys.argv[1]))
        except psycopg2.OperationalError:
            return

take()
owner = psycopg2.connect(sys.argv[2])
owner.autocommit = True
owner.cursor().execute("select pg_terminate_backend(pid) from pg_stat_activity where application_name <> 'fault' and usename = 'odoo'")
until = time.monotonic() + 1
while time.monotonic() < until:
    take()
owner.close()
print('full', flush=True)
while not select.select([sys.stdin], [], [], 0.05)[0]:
    take()
`;

async function said(child: ChildProcessWithoutNullStreams, word: string): Promise<void> {
  let complaint = '';
  child.stderr.on('data', (chunk: Buffer) => (complaint += chunk.toString()));
  const over = once(child, 'exit').then(() => {
    throw new Error(`${child.spawnfile} ended: ${complaint}`);
  });
  const answered = new Promise<void>((resolve) => {
    child.stdout.on('data', (chunk: Buffer) => {
      if (chunk.toString().includes(word)) resolve();
    });
  });
  await Promise.race([answered, over]);
  over.catch(() => undefined);
}

async function ended(child: ChildProcessWithoutNullStreams, last: string): Promise<void> {
  if (child.exitCode !== null) return;
  const exit = once(child, 'exit');
  // Its server may be gone already.
  child.stdin.on('error', () => undefined);
  child.stdin.end(last);
  await exit;
}
