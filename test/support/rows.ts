/** Rows of a tenant's database, counted in all its tables but those that Odoo empties itself: wizards' and the bus. */
import { labPaths } from '../../deploy/lab/faults.ts';
import type { LabTenant } from './lab.ts';

const COUNT = `
  select sum((xpath('/row/n/text()', query_to_xml(
           format('select count(*) as n from %I', c.relname), false, true, '')))[1]::text::bigint)
    from pg_class c join pg_namespace s on s.oid = c.relnamespace
   where c.relkind = 'r' and s.nspname = 'public' and c.relname <> 'bus_bus' and not exists (
           select from ir_model m join ir_model_fields f on f.model_id = m.id
            where m.transient and c.relname in (replace(m.model, '.', '_'), f.relation_table))`;

export async function rowsOf(tenant: LabTenant): Promise<number> {
  return Number(await labPaths().psql(tenant, COUNT));
}
