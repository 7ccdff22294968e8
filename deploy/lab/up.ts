// `up`: from a bare machine, or from wherever the last attempt stopped, to a ready lab. Every step
// looks first and then does only what is missing.
import { relative } from 'node:path';
import { placeAddOn } from './add-on.ts';
import { awaitTenants } from './answering.ts';
import { writeConfiguration } from './configuration.ts';
import { ensureDatabases } from './databases.ts';
import { ingress } from './ingress.ts';
import { type Lab, prepareLab, readRecord, saveRecord } from './lab.ts';
import { odoo } from './odoo.ts';
import { ensureOdooPackage } from './odoo-package.ts';
import { heading, line, step, timer } from './output.ts';
import { ensurePackages, ensureUser } from './packages.ts';
import { CLONE, CONFIG, SECRETS } from './places.ts';
import { choosePorts, ingressPortIsFree, odooPortsAreFree } from './ports.ts';
import { ensureOdooRole, postgres } from './postgres.ts';
import { provision } from './provision.ts';
import { redis } from './redis.ts';
import { pidOf, type Service, startService, stopService } from './service.ts';
import { PROBE_LOGIN, TENANTS, tenantUrl } from './tenants.ts';

export async function up(): Promise<void> {
  const took = timer();
  const tree = await prepareMachine();
  const lab = await step('folder', async (say) => {
    const { lab: prepared, why } = await prepareLab(tree);
    say.done(why);
    return prepared;
  });
  const placed = await step('ports', async (say) => {
    const { lab: kept, why } = await keepPorts(lab);
    say.done(why);
    return kept;
  });
  await startAll(placed);
  await step('config', (say) => writeConfiguration(placed, say));
  await step('provision', provision);
  summary(placed, took());
}

/** Packages and Odoo come over the network independently: fetched together. */
async function prepareMachine(): Promise<string> {
  const record = readRecord();
  const [packages, tree] = await Promise.allSettled([
    step('packages', ensurePackages),
    step('odoo-19', (say) => ensureOdooPackage(record?.odoo, say)),
  ]);
  if (packages.status === 'rejected') throw packages.reason;
  if (tree.status === 'rejected') throw tree.reason;
  await step('user', ensureUser);
  return tree.value;
}

async function startAll(lab: Lab): Promise<void> {
  await step('add-on', (say) => placeAddOn(lab, say));
  await step('postgres', async (say) => {
    say.done(await startService(postgres(lab)));
    await ensureOdooRole(lab);
  });
  await step('redis', async (say) => {
    say.done(await startService(redis(lab)));
  });
  await step('databases', (say) => ensureDatabases(lab, say));
  for (const service of [odoo(lab), ingress(lab)]) {
    await step(service.name, async (say) => {
      say.done(await startService(service));
    });
  }
  await step('tenants', (say) => awaitTenants(lab, say));
}

/** New ones only when another program has taken a port while ours were not in use. */
async function keepPorts(lab: Lab): Promise<{ lab: Lab; why: string }> {
  const usable =
    ((await isOurs(ingress(lab))) || (await ingressPortIsFree(lab.ports))) &&
    ((await isOurs(odoo(lab))) || (await odooPortsAreFree(lab.ports)));
  const describe = ({ ports }: Lab): string =>
    `ingress ${ports.ingress}, odoo ${ports.odoo} and ${ports.gevent}`;
  if (usable) return { lab, why: describe(lab) };
  await stopService(ingress(lab));
  await stopService(odoo(lab));
  const moved: Lab = { ...lab, ports: await choosePorts() };
  await saveRecord(moved);
  return { lab: moved, why: `${describe(moved)}: another program has taken the old ones` };
}

/** Children of a crashed service can still hold its port: they are ended here. */
async function isOurs(service: Service): Promise<boolean> {
  if (pidOf(service) !== undefined) return true;
  await stopService(service);
  return false;
}

function summary(lab: Lab, took: string): void {
  line();
  heading(`The lab is up (${took}).`);
  for (const tenant of TENANTS) {
    const url = tenantUrl(tenant, lab.ports.ingress);
    line(`  ${tenant.id.padEnd(8)} ${url}   database ${tenant.id}, log in as admin / admin`);
  }
  line(`  probes   log in as ${PROBE_LOGIN}, passwords in ${SECRETS}`);
  line(
    `  edi      ${lab.data}/edi/TENANT/in is imported from, ${lab.data}/edi/TENANT/out exported to`,
  );
  line(`  config   ${CONFIG}`);
  line(`  next     npx orderwatch run --config ${relative(CLONE, CONFIG)}`);
}
