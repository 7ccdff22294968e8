// Free ports on loopback addresses, chosen once per lab and then kept, so that URLs stay the same
// and two clones never meet. They are below the range that the kernel gives to outgoing connections.
import { createServer } from 'node:net';
import { LabFailure } from './failure.ts';
import { TENANTS } from './tenants.ts';

export interface Ports {
  readonly ingress: number;
  readonly odoo: number;
  readonly gevent: number;
}

const LOWEST = 18_000;
const SPAN = 12_000;
const TRIES = 200;
const INGRESS_ADDRESSES = TENANTS.map(({ address }) => address);
export const ODOO_ADDRESS = '127.0.0.1';

export async function choosePorts(): Promise<Ports> {
  const ingress = await freePort(INGRESS_ADDRESSES, []);
  const odoo = await freePort([ODOO_ADDRESS], [ingress]);
  return { ingress, odoo, gevent: await freePort([ODOO_ADDRESS], [ingress, odoo]) };
}

export const ingressPortIsFree = (ports: Ports): Promise<boolean> =>
  isFree(INGRESS_ADDRESSES, ports.ingress);

export const odooPortsAreFree = async (ports: Ports): Promise<boolean> =>
  (await isFree([ODOO_ADDRESS], ports.odoo)) && (await isFree([ODOO_ADDRESS], ports.gevent));

async function freePort(addresses: readonly string[], taken: readonly number[]): Promise<number> {
  for (let attempt = 0; attempt < TRIES; attempt += 1) {
    const port = LOWEST + Math.floor(Math.random() * SPAN);
    if (!taken.includes(port) && (await isFree(addresses, port))) return port;
  }
  throw new LabFailure(`no free port between ${LOWEST} and ${LOWEST + SPAN}`, {
    remedy: 'stop other programs or labs on this machine',
  });
}

async function isFree(addresses: readonly string[], port: number): Promise<boolean> {
  for (const address of addresses) if (!(await canListen(address, port))) return false;
  return true;
}

const canListen = (host: string, port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => {
      resolve(false);
    });
    server.listen({ host, port, exclusive: true }, () => {
      server.close(() => {
        resolve(true);
      });
    });
  });
