import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadConfig } from '../../../src/config/load.ts';
import { CATALOGUE, configFile, tenantYaml } from '../../support/unit/config.ts';

const HOST_KEY = 'SHA256:uNiVztksCsDhcc0u9e8BgrJXVGDLdgE0cHYKPwZyrLk';
const SFTP = `kind: sftp, host: h, login: acme, hostKey: ${HOST_KEY}, in: in, out: out`;

function ediOf(channel: string, env: NodeJS.ProcessEnv = {}) {
  const file = configFile(tenantYaml({ edi: `edi: { syntax: ubl, channel: { ${channel} } }` }));
  const config = loadConfig(file, CATALOGUE, env);
  return { ...config, folder: dirname(file), edi: config.tenants[0]!.edi! };
}

describe('edi', () => {
  it('is absent where nothing is said of it', () => {
    expect(loadConfig(configFile(tenantYaml()), CATALOGUE).tenants[0]).not.toHaveProperty('edi');
  });

  it('by attachment is no more than that', () => {
    expect(ediOf('kind: attachment').edi).toEqual({
      syntax: 'ubl',
      answerWithinMs: 60_000,
      channel: { kind: 'attachment' },
    });
  });

  it('names the mailboxes of both sides where the syntax has an envelope', () => {
    const places = 'kind: folder, in: edi/in, out: edi/out';
    const more = 'mailboxes: { partner: ACME, tenant: NORTH }, answerWithin: 30s';
    const yaml = tenantYaml({ edi: `edi: { syntax: x12, ${more}, channel: { ${places} } }` });
    expect(loadConfig(configFile(yaml), CATALOGUE).tenants[0]!.edi).toMatchObject({
      syntax: 'x12',
      mailboxes: { partner: 'ACME', tenant: 'NORTH' },
      answerWithinMs: 30_000,
    });
  });

  it('by folder begins at the folder of the file that names it', () => {
    const { edi, folder } = ediOf('kind: folder, in: edi/in, out: /srv/out');
    expect(edi.channel).toEqual({ kind: 'folder', in: join(folder, 'edi/in'), out: '/srv/out' });
  });

  it('by SFTP uses the port of SSH where none is named', () => {
    const { channel } = ediOf(`${SFTP}, password: "env:SFTP"`).edi;
    expect(channel).toMatchObject({ kind: 'sftp', host: 'h', port: 22, hostKey: HOST_KEY });
    expect(channel).not.toHaveProperty('password');
  });

  it('by HTTP has URLs without their last slashes, and credentials only where they are named', () => {
    const places = 'kind: http, in: "https://h.example/in/", out: "https://h.example/out"';
    expect(ediOf(places).edi.channel).toEqual({
      kind: 'http',
      in: 'https://h.example/in',
      out: 'https://h.example/out',
    });
    const { channel } = ediOf(`${places}, login: acme, password: "env:EDI"`).edi;
    expect(channel).toMatchObject({
      credentials: { login: 'acme', password: { name: 'env:EDI' } },
    });
  });

  it('reads of a password its first line, of a private key the whole file, and knows both as secrets', async () => {
    const password = ediOf(`${SFTP}, password: "env:SFTP"`, { SFTP: 'hunter22' });
    const key = ediOf(`${SFTP}, privateKey: "file:key"`);
    writeFileSync(join(key.folder, 'key'), '-----BEGIN-----\nhunter22\n-----END-----\n');
    for (const { edi } of [password, key]) {
      if (edi.channel.kind === 'sftp') await edi.channel.credential.secret.read();
    }
    expect([...password.secrets].map((secret) => secret.reveal())).toEqual(['hunter22']);
    expect([...key.secrets].map((secret) => secret.reveal())).toEqual([
      '-----BEGIN-----\nhunter22\n-----END-----\n',
    ]);
  });
});
