/** Certificates for 127.0.0.1 by an authority of the kit's own, made by the command openssl. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';

export interface Certificate {
  /** PEM, both. */
  readonly key: string;
  readonly cert: string;
  /** File with the certificate of the authority, for NODE_EXTRA_CA_CERTS. */
  readonly authority: string;
}

export interface CertificateOptions {
  /** How long it was valid when it was made. */
  readonly days: number;
  /** How long ago it was made, 0 when absent. */
  readonly daysAgo?: number;
  /** `IP:127.0.0.1` when absent. */
  readonly name?: string;
}

const KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];

/** Makes a new authority in the folder, and one certificate by it. */
export async function certificate(
  folder: string,
  { days, daysAgo = 0, name = 'IP:127.0.0.1' }: CertificateOptions,
): Promise<Certificate> {
  const at = (file: string): string => join(folder, file);
  const made = (...args: readonly string[]): Promise<unknown> =>
    execa('faketime', [`${daysAgo + 1} days ago`, 'openssl', ...args]);
  const authority = at('authority.crt');
  const long = ['-days', '400', '-subj', '/CN=orderwatch faults', '-keyout', at('authority.key')];
  await made('req', '-x509', ...KEY, ...long, '-out', authority);
  const request = ['-subj', '/CN=tenant', '-keyout', at('tenant.key'), '-out', at('tenant.csr')];
  await made('req', ...KEY, ...request);
  await writeFile(at('extensions'), `subjectAltName=${name}\n`);
  const signing = ['-CA', authority, '-CAkey', at('authority.key'), '-CAcreateserial'];
  const more = ['-days', String(days + 1), '-extfile', at('extensions'), '-out', at('tenant.crt')];
  await made('x509', '-req', '-in', at('tenant.csr'), ...signing, ...more);
  const [key, cert] = await Promise.all(['tenant.key', 'tenant.crt'].map((it) => text(at(it))));
  return { key: key ?? '', cert: cert ?? '', authority };
}

const text = (file: string): Promise<string> => readFile(file, 'utf8');
