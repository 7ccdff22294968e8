/** What both sides of the bench work on: a tenant of the lab, its probe account, its fixtures, and new marks. */
import { randomInt } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { labPaths } from '../../deploy/lab/faults.ts';
import { type Slot, scenarioId, tenantId } from '../../src/domain/ids.ts';
import { markOf, runIdOf } from '../../src/domain/mark.ts';
import { unscheduledSlot } from '../../src/domain/slot.ts';
import type { Transport } from '../../src/domain/transport.ts';
import { findFixtures } from '../../src/engine/fixtures.ts';
import { type LabTenant, probe, tenantUrl } from '../support/lab.ts';
import type { Account } from './bare-odoo.ts';

export const SCENARIO = 'order-confirmation';

/** Longer than any sample takes: before it nobody sweeps what a bare script works on. */
const LONGEST_MS = 300_000;

export interface Subject {
  readonly tenant: LabTenant;
  readonly account: Account;
  readonly uid: number;
  readonly customerName: string;
  readonly productName: string;
}

export async function subjectOf(tenant: LabTenant): Promise<Subject> {
  const access = await probe(tenant);
  const search = await findFixtures(access);
  if (search.kind === 'missing') throw new Error(`${tenant} is not provisioned`);
  const secret = join(dirname(labPaths().config), `secrets/${tenant}-probe`);
  const password = (await readFile(secret, 'utf8')).trim();
  const login = 'orderwatch-probe';
  const { customerName, productName } = search.fixtures;
  const account = { url: tenantUrl(tenant), database: tenant, login, password };
  return { tenant, account, uid: access.uid, customerName, productName };
}

let counter = randomInt(1_000_000);

/** Both sides count here, so that no two runs share a mark. */
export function nextSlot(): Slot {
  counter += 1;
  return unscheduledSlot(Date.now(), counter);
}

/** A legal mark for an order that a bare script makes now. */
export function nextMark({ tenant }: Pick<Subject, 'tenant'>, transport: Transport): string {
  const key = { tenant: tenantId(tenant), scenario: scenarioId(SCENARIO), transport };
  return markOf(runIdOf({ ...key, slot: nextSlot() }), Date.now() + LONGEST_MS);
}
