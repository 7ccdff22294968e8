/** One sample of what a PostgreSQL server is doing for one database, by statistics that a member of `pg_monitor` may read. */
import { z } from 'zod';

const waitSchema = z.object({
  seconds: z.number(),
  /** Nobody holds it any more, or it cannot be told. */
  holder: z
    .object({
      pid: z.number(),
      application: z.string().nullable(),
      state: z.string().nullable(),
      seconds: z.number().nullable(),
    })
    .nullable(),
  relation: z.string().nullable(),
});
const runningSchema = z.object({
  seconds: z.number(),
  keyword: z.string().nullable(),
  event: z.string().nullable(),
});

const sampleSchema = z.object({
  /** Whether we may see what others do. */
  may_look: z.boolean(),
  /** Absent where there is no such database. */
  allowed: z.boolean().nullable(),
  connections: z.number(),
  most: z.number(),
  own_connections: z.number(),
  own_most: z.number().nullable(),
  odoo: z.number(),
  lag_seconds: z.number().nullable(),
  waits: z.array(waitSchema),
  running: z.array(runningSchema),
});

export type Sample = z.infer<typeof sampleSchema>;
export type Wait = z.infer<typeof waitSchema>;

/** Throws where the row is not what `SAMPLE` answers. */
export const sampleIn = (row: unknown): Sample => sampleSchema.parse(row);

/** What a session of ours may do: look, and not for long. */
export const CAREFUL = `set default_transaction_read_only = on; set statement_timeout = 2000`;

/** Of the database `$1`, longest first. Of queries it reads no more than the first word, of tables the name. */
export const SAMPLE = `
with clients as (
  select *, extract(epoch from clock_timestamp() - query_start) as running_s
  from pg_stat_activity
  where backend_type = 'client backend'
), tenant as (
  select * from clients where datname = $1 and pid <> pg_backend_pid()
), waiting as materialized (
  -- The column is there since PostgreSQL 14, and empty for a moment.
  select pid, extract(epoch from clock_timestamp() - coalesce((
    select min((to_jsonb(l) ->> 'waitstart')::timestamptz) from pg_locks l
    where l.pid = tenant.pid and not l.granted
  ), state_change)) as waiting_s
  from tenant where wait_event_type = 'Lock' order by 2 desc limit 5
)
select
  pg_has_role(current_user, 'pg_read_all_stats', 'usage') as may_look,
  (select datallowconn from pg_database where datname = $1) as allowed,
  (select count(*)::int from clients) as connections,
  current_setting('max_connections')::int
    - current_setting('superuser_reserved_connections')::int
    - coalesce(current_setting('reserved_connections', true)::int, 0) as most,
  (select count(*)::int from clients where datname = $1) as own_connections,
  (select nullif(datconnlimit, -1) from pg_database where datname = $1) as own_most,
  (select count(*)::int from clients where application_name like 'odoo%') as odoo,
  (select max(extract(epoch from replay_lag))::float8 from pg_stat_replication) as lag_seconds,
  (select coalesce(json_agg(json_build_object(
    'seconds', w.waiting_s::float8,
    'holder', (
      select json_build_object('pid', h.pid, 'state', h.state,
        'application', coalesce(nullif(h.application_name, ''), h.backend_type),
        'seconds', extract(epoch from clock_timestamp() - h.xact_start)::float8)
      from unnest(pg_blocking_pids(w.pid)) as blocking(pid) join pg_stat_activity h using (pid)
      order by h.wait_event_type is not distinct from 'Lock', h.xact_start limit 1
    ),
    'relation', (
      select c.relname from pg_locks l join pg_class c on c.oid = l.relation
      where l.pid = w.pid and current_database() = $1
        and l.database = (select oid from pg_database where datname = $1)
        and (not l.granted or l.locktype = 'tuple')
      limit 1
    )) order by w.waiting_s desc), '[]') from waiting w) as waits,
  (select coalesce(json_agg(json_build_object(
    'seconds', r.running_s::float8,
    'keyword', upper(substring(r.query from '^[[:space:]]*([A-Za-z]{1,20})')),
    'event', r.wait_event_type || ' ' || r.wait_event) order by r.running_s desc), '[]')
  from (
    select * from tenant where state = 'active' and running_s >= 1 order by running_s desc limit 5
  ) r) as running`;
