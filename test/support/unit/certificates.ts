/** Certificates of an authority of our own, made with openssl, and servers that show them. */
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { temporaryFolder } from './folder.ts';

export interface Authority {
  /** Its own certificate, for NODE_EXTRA_CA_CERTS. */
  readonly file: string;
  /** A server on 127.0.0.1 with a certificate for the name that ends in so many days; answers its URL. */
  serve(name: string, days: number): Promise<string>;
}

export function authority(): Authority {
  const folder = temporaryFolder();
  const at = (name: string): string => join(folder, name);
  const openssl = (...args: readonly string[]): void => {
    execFileSync('openssl', args, { cwd: folder, stdio: 'pipe' });
  };
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
  openssl(
    ...['req', '-x509', ...key, '-keyout', 'ca.key', '-out', 'ca.crt', '-days', '3650'],
    ...['-subj', '/CN=test authority'],
  );
  let made = 0;
  const make = (name: string, days: number): { readonly key: Buffer; readonly cert: Buffer } => {
    made += 1;
    const [keyFile, request, certificate, names] = ['key', 'csr', 'crt', 'names'].map(
      (kind) => `${made}.${kind}`,
    ) as [string, string, string, string];
    writeFileSync(at(names), `subjectAltName=${name}\n`);
    openssl('req', ...key, '-keyout', keyFile, '-out', request, '-subj', '/CN=lab server');
    openssl(
      ...['x509', '-req', '-in', request, '-CA', 'ca.crt', '-CAkey', 'ca.key', '-CAcreateserial'],
      ...['-out', certificate, '-days', String(days), '-extfile', names],
    );
    return { key: readFileSync(at(keyFile)), cert: readFileSync(at(certificate)) };
  };
  return { file: at('ca.crt'), serve: (name, days) => httpsServer(make(name, days)) };
}

async function httpsServer(identity: {
  readonly key: Buffer;
  readonly cert: Buffer;
}): Promise<string> {
  const server = https.createServer(identity, (_, response) => {
    response.end('{"status": "pass"}');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });
  return `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
