// Debian's part of the lab: installs what is missing and nothing else. Daemons that come with a
// package are kept from starting, because the lab starts its own.
import { chmodSync, existsSync, rmSync, writeFileSync } from 'node:fs';
import { execa } from 'execa';
import { withLock } from './lock.ts';
import type { Say } from './output.ts';
import { LAB_USER, stepLog } from './places.ts';
import { run } from './run.ts';

const words = (text: string): string[] => text.trim().split(/\s+/);

const SERVICES = words(
  `postgresql-15 nginx-light redis-server chromium fonts-liberation prometheus
  prometheus-alertmanager
  openssh-server openssh-sftp-server openssl faketime`,
);

const ODOO_PYTHON = words(`
  asn1crypto babel cbor2 chardet cryptography dateutil docutils freezegun geoip2 gevent greenlet
  idna jinja2 libsass lxml magic markupsafe num2words ofxparse openpyxl openssl passlib
  phonenumbers pil polib psutil psycopg2 pypdf qrcode reportlab requests rjsmin serial stdnum tz
  urllib3 usb vobject werkzeug xlrd xlsxwriter xlwt zeep`).map((name) => `python3-${name}`);

const ODOO_STATIC = words(`
  fonts-dejavu-core fonts-font-awesome fonts-glyphicons-halflings fonts-inconsolata
  libjs-jquery libjs-jquery-form libjs-underscore`);

const PACKAGES = [...SERVICES, ...ODOO_PYTHON, ...ODOO_STATIC];

const LOG = stepLog('apt');
const POLICY = '/usr/sbin/policy-rc.d';
const TEN_MINUTES = 600_000;

export async function ensurePackages(say: Say, packages = PACKAGES): Promise<void> {
  if ((await missing(packages)).length === 0) {
    say.done(`all ${packages.length} Debian packages are installed`);
    return;
  }
  await withLock('packages', say.starting, async () => {
    const wanted = await missing(packages);
    if (wanted.length > 0) {
      say.starting(`installing ${wanted.length} missing of ${packages.length} (log ${LOG})`);
      await withoutDaemons(() => install(wanted));
    }
    say.done(`installed ${wanted.length} Debian packages`);
  });
}

export async function ensureUser(say: Say): Promise<void> {
  await withLock('user', say.starting, async () => {
    const { exitCode } = await execa('id', ['-u', LAB_USER], { reject: false });
    if (exitCode === 0) {
      say.done(`system user ${LAB_USER} exists`);
      return;
    }
    await run([
      ...['useradd', '--system', '--user-group', '--no-create-home'],
      ...['--home-dir', '/nonexistent', '--shell', '/usr/sbin/nologin', LAB_USER],
    ]);
    say.done(`made the system user ${LAB_USER}, for PostgreSQL refuses to run as root`);
  });
}

export async function installedVersion(name: string): Promise<string | undefined> {
  const { stdout, exitCode } = await execa('dpkg-query', ['-W', '-f', '${Version}', name], {
    reject: false,
  });
  return exitCode === 0 && stdout !== '' ? stdout : undefined;
}

async function missing(packages: readonly string[]): Promise<string[]> {
  const format = '${Package} ${db:Status-Status}\n';
  const { stdout } = await execa('dpkg-query', ['-W', '-f', format, ...packages], {
    reject: false,
  });
  const installed = new Set(stdout.split('\n').filter((row) => row.endsWith(' installed')));
  return packages.filter((name) => !installed.has(`${name} installed`));
}

/** The package lists are fetched only when the ones on the machine do not serve. */
async function install(wanted: readonly string[]): Promise<void> {
  const attempt = (): Promise<string> =>
    apt(['install', '-y', '--no-install-recommends', ...wanted]);
  try {
    await attempt();
  } catch {
    await apt(['update']);
    await attempt();
  }
}

const apt = (args: readonly string[]): Promise<string> =>
  run(['apt-get', '-q', '-o', 'Dpkg::Use-Pty=0', '-o', 'DPkg::Lock::Timeout=300', ...args], {
    log: LOG,
    env: { DEBIAN_FRONTEND: 'noninteractive' },
    timeoutMs: TEN_MINUTES,
    remedy: 'see the log: a mirror out of reach, or dpkg interrupted (`dpkg --configure -a`)',
  });

async function withoutDaemons(work: () => Promise<void>): Promise<void> {
  if (existsSync(POLICY)) {
    await work();
    return;
  }
  writeFileSync(POLICY, '#!/bin/sh\n# orderwatch lab: for the time of one apt-get\nexit 101\n');
  chmodSync(POLICY, 0o755);
  try {
    await work();
  } finally {
    rmSync(POLICY, { force: true });
  }
}
