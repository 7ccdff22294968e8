// The two tenants of the lab. Each has a loopback address of its own, because browsers keep
// cookies per address and ignore the port.

export interface LabTenant {
  readonly id: string;
  readonly address: string;
  /** The Host that Odoo sees: its first label chooses the database. */
  readonly host: string;
  readonly timeZone: string;
  readonly provision: {
    readonly country: string;
    readonly currency: string;
    readonly language: string;
    readonly deliverySteps: string;
  };
}

export const TENANTS: readonly LabTenant[] = [
  {
    id: 'north',
    address: '127.0.1.1',
    host: 'north.lab',
    timeZone: 'America/New_York',
    provision: { country: 'US', currency: 'USD', language: 'en_US', deliverySteps: 'ship_only' },
  },
  {
    id: 'south',
    address: '127.0.1.2',
    host: 'south.lab',
    timeZone: 'Europe/Paris',
    provision: {
      country: 'FR',
      currency: 'EUR',
      language: 'fr_FR',
      deliverySteps: 'pick_pack_ship',
    },
  },
];

export const PROBE_LOGIN = 'orderwatch-probe';

export const probeSecret = (tenant: LabTenant): string => `${tenant.id}-probe`;

export const tenantUrl = (tenant: LabTenant, port: number): string =>
  `http://${tenant.address}:${port}`;
