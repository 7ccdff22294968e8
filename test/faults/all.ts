/** Every fault of the kit, those of one side beside each other. */
import { applicationFaults } from './application.ts';
import { databaseFaults } from './database.ts';
import type { Fault } from './fault.ts';
import { networkFaults } from './network.ts';
import { ownFaults } from './own-side.ts';
import { tenantFaults } from './tenant.ts';

export const faults: readonly Fault[] = [
  ...databaseFaults,
  ...applicationFaults,
  ...networkFaults,
  ...tenantFaults,
  ...ownFaults,
];
