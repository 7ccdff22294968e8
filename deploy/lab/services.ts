// The services of a lab in the order in which they depend on each other.
import { ingress } from './ingress.ts';
import type { Lab } from './lab.ts';
import { odoo } from './odoo.ts';
import { postgres } from './postgres.ts';
import { redis } from './redis.ts';
import type { Service } from './service.ts';

export const services = (lab: Lab): readonly Service[] => [
  postgres(lab),
  redis(lab),
  odoo(lab),
  ingress(lab),
];
