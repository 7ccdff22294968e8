/** Faults between us and Odoo: the ingress with its certificate, names, and the network itself. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { startIngress, stopIngress } from '../../deploy/lab/faults.ts';
import { type CertificateOptions, certificate } from './certificates.ts';
import { asItIs, type Fault, type Injected, ORDER, type Scene } from './fault.ts';
import { through } from './on-the-way.ts';

const INGRESS = {
  ...ORDER,
  expected: { blame: 'target', layer: 'ingress' },
  playedOnce: true,
} as const;
const NETWORK = {
  ...ORDER,
  expected: { blame: 'target', layer: 'network' },
  playedOnce: true,
} as const;

export const networkFaults: readonly Fault[] = [
  {
    ...INGRESS,
    id: 'ingress-stopped',
    what: 'the ingress is stopped',
    inject: async ({ mendBy }) => {
      mendBy(startIngress);
      await stopIngress();
      return asItIs;
    },
  },
  {
    ...INGRESS,
    id: 'wrong-host',
    what: 'the ingress sends the tenant’s requests to another server',
    inject: async (scene) => {
      const target = await otherServer(scene);
      return await through(scene, { way: { kind: 'elsewhere', target } });
    },
  },
  {
    ...INGRESS,
    expected: { warning: 'certificate' },
    id: 'certificate-expires',
    what: 'the certificate is valid for three days more',
    inject: (scene) => withCertificate(scene, { days: 3 }),
  },
  {
    ...INGRESS,
    id: 'certificate-expired',
    what: 'the certificate expired a month ago',
    inject: (scene) => withCertificate(scene, { days: 30, daysAgo: 60 }),
  },
  {
    ...INGRESS,
    id: 'certificate-of-another',
    what: 'the certificate is that of another name',
    inject: (scene) => withCertificate(scene, { days: 90, name: 'DNS:other.example' }),
  },
  {
    ...INGRESS,
    id: 'html-instead',
    what: 'every request is answered by a page with code 200',
    inject: (scene) => through(scene, { way: { kind: 'html' } }),
  },
  {
    ...NETWORK,
    id: 'unknown-name',
    what: 'the tenant’s name is not known to the name service',
    inject: () => Promise.resolve({ tenantChange: { url: 'http://north.invalid' } }),
  },
  {
    ...NETWORK,
    id: 'resets',
    what: 'every connection is reset',
    inject: (scene) => through(scene, { way: { kind: 'reset' } }),
  },
  {
    ...NETWORK,
    id: 'trickle',
    what: 'answers come a byte every half second',
    inject: (scene) => through(scene, { way: { kind: 'trickle' } }),
  },
  {
    ...NETWORK,
    id: 'endless',
    what: 'answers do not end',
    inject: (scene) => through(scene, { way: { kind: 'endless' } }),
  },
];

async function withCertificate(scene: Scene, options: CertificateOptions): Promise<Injected> {
  const { authority, ...tls } = await certificate(scene.folder, options);
  const injected = await through(scene, { tls });
  return { ...injected, env: { NODE_EXTRA_CA_CERTS: authority } };
}

/** Some application that knows nothing of Odoo. */
async function otherServer({ mendBy }: Scene): Promise<string> {
  const server = createServer((request, response) => {
    request.resume();
    response.writeHead(404, { 'content-type': 'text/html', server: 'nginx' });
    response.end('<html><head><title>404 Not Found</title></head><body>Not Found</body></html>');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  mendBy(() => {
    server.close();
    server.closeAllConnections();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
