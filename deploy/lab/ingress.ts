// nginx in front of Odoo. Each tenant has its own address here; the Host that Odoo sees is set
// from it and chooses the database.
import { connect } from 'node:net';
import { join } from 'node:path';
import type { Lab } from './lab.ts';
import { ODOO_ADDRESS } from './ports.ts';
import { runAsLab } from './run.ts';
import type { Service } from './service.ts';
import { type LabTenant, TENANTS } from './tenants.ts';
import { until } from './wait.ts';
import { writeForLab } from './write.ts';

export function ingress(lab: Lab): Service {
  const home = join(lab.data, 'ingress');
  const conf = join(home, 'nginx.conf');
  const pidFile = join(home, 'nginx.pid');
  const log = join(lab.data, 'log/ingress.log');
  return {
    name: 'ingress',
    where: TENANTS.map(({ address }) => `${address}:${lab.ports.ingress}`).join(', '),
    data: lab.data,
    home,
    pidFile,
    log,
    stopSignal: 'SIGTERM',
    leftovers: [pidFile],
    configure: () => writeForLab(conf, nginxConf(lab, home)),
    launch: async () => {
      await runAsLab(lab.data, ['/usr/sbin/nginx', '-p', home, '-e', log, '-c', conf], {
        cwd: home,
        log: join(lab.data, 'log/ingress-start.log'),
      });
    },
    isReady: (withinMs) => until(() => accepts(lab.ports.ingress), withinMs),
  };
}

const accepts = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect({ host: TENANTS[0]?.address ?? ODOO_ADDRESS, port });
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => {
      resolve(false);
    });
  });

const nginxConf = (lab: Lab, home: string): string => `# written by the lab; do not edit
daemon on;
pid ${home}/nginx.pid;
worker_processes 1;
events { worker_connections 512; }
http {
  access_log off;
  client_max_body_size 64m;
  # As long as Odoo's own limits allow: the prober's deadlines must be the shorter ones.
  proxy_read_timeout 720s;
  proxy_connect_timeout 5s;
${TEMP_FOLDERS.map((kind) => `  ${kind}_temp_path ${home}/${kind};`).join('\n')}
  map $http_upgrade $connection_upgrade { default upgrade; '' ''; }
  upstream odoo { server ${ODOO_ADDRESS}:${lab.ports.odoo}; }
  upstream odoo_websocket { server ${ODOO_ADDRESS}:${lab.ports.gevent}; }
${TENANTS.map((tenant) => server(tenant, lab.ports.ingress)).join('')}}
`;

const TEMP_FOLDERS = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];

// A location that sets one header inherits none, so each repeats them all.
const server = (tenant: LabTenant, port: number): string => `  server {
    listen ${tenant.address}:${port};
    location /websocket {
${FORWARDED(tenant)}
      proxy_set_header Upgrade $http_upgrade;
      proxy_set_header Connection $connection_upgrade;
      # Odoo serves a websocket as a stranger when its origin is not the host.
      proxy_set_header Origin $scheme://${tenant.host};
      proxy_http_version 1.1;
      proxy_pass http://odoo_websocket;
    }
    location / {
${FORWARDED(tenant)}
      proxy_set_header Connection "";
      proxy_http_version 1.1;
      proxy_pass http://odoo;
    }
  }
`;

const FORWARDED = (tenant: LabTenant): string => `      proxy_set_header Host ${tenant.host};
      proxy_set_header X-Forwarded-Host ${tenant.host};
      proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
      proxy_set_header X-Forwarded-Proto $scheme;
      proxy_set_header X-Real-IP $remote_addr;`;
