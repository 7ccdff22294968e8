/** `edi-exchange` by files, through the add-on that stands for a connector: each syntax, each fault, folder and SFTP. */
import { chmodSync, readdirSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { RunReport } from '../../src/domain/report.ts';
import type { Transport } from '../../src/domain/transport.ts';
import { PASSED_CLEAN } from '../support/books.ts';
import { EdiPartner, type Fault, type Syntax } from '../support/edi-partner.ts';
import { fileServer } from '../support/file-server.ts';
import { type LabTenant, tenants } from '../support/lab.ts';
import { stage } from '../support/runs.ts';
import { startSshd } from '../support/sshd.ts';
import { ownTemp } from '../support/temp.ts';

const MAILBOXES = { partner: 'ZZCUSTOMER', tenant: 'ZZORDERWATCH' };
const ALL_TIMES = ['ingestionMs', 'acknowledgementMs', 'roundTripMs'];

const partners = new Map<LabTenant, EdiPartner>();
const partnerOf = (tenant: LabTenant): EdiPartner => partners.get(tenant)!;

beforeAll(async () => {
  for (const tenant of tenants) partners.set(tenant, await EdiPartner.of(tenant));
});

afterAll(async () => {
  for (const partner of partners.values()) {
    await partner.cleanUp();
    await partner.leave();
  }
});

interface Exchange {
  readonly tenant: LabTenant;
  readonly syntax: Syntax;
  readonly transport?: Transport;
  readonly channel?: object;
  readonly answerWithin?: string;
}

function ediOf(syntax: Syntax, channel: object, answerWithin: string): object {
  const mailboxes = syntax === 'ubl' ? {} : { mailboxes: MAILBOXES };
  return { syntax, ...mailboxes, answerWithin, channel };
}

/** Plays one run while the connector works again and again; the channel holds nothing of it afterwards. */
async function exchanged(exchange: Exchange): Promise<RunReport> {
  const { tenant, syntax, transport = 'rpc', answerWithin = '30s' } = exchange;
  const partner = partnerOf(tenant);
  const channel = exchange.channel ?? { kind: 'folder', ...partner.folders };
  const edi = ediOf(syntax, channel, answerWithin);
  const { run } = await stage({
    tenants: [tenant],
    tenant: () => ({ transports: ['rpc', 'browser'], edi }),
  });
  const over = new AbortController();
  const working = (async () => {
    while (!over.signal.aborted) {
      await partner.exchange();
      await sleep(300);
    }
  })();
  const args = ['--scenario', 'edi-exchange', '--transport', transport];
  const { reports, stderr } = await run(args).finally(() => {
    over.abort();
  });
  await working;
  const [report] = reports;
  if (report === undefined) throw new Error(`nothing ran: ${stderr}`);
  expect([await partner.waiting(), await partner.exported()]).toEqual([[], []]);
  return report;
}

const failedBy = (code: string, step: string, compensation = 'clean'): object => ({
  outcome: {
    kind: 'failed',
    failure: { code, step, blame: 'target', layer: 'integration' },
  },
  compensation: { kind: compensation },
});

const syntaxes: readonly Syntax[] = ['ubl', 'x12', 'edifact'];

/** Each told apart from the others; syntaxes take turns. */
const FAULTS: Readonly<Record<LabTenant, readonly (readonly [Fault, Syntax, string, string])[]>> = {
  north: [
    ['no-acknowledgement', 'edifact', 'edi.missing-acknowledgement', 'order arrives'],
    ['duplicate-acknowledgement', 'x12', 'edi.duplicate-acknowledgement', 'match answers'],
    ['mixed-up-control-numbers', 'edifact', 'edi.mixed-up-control-numbers', 'match answers'],
    ['late', 'x12', 'edi.not-imported', 'order arrives'],
  ],
  south: [
    ['mixed-up-control-numbers', 'ubl', 'edi.wrong-reference', 'match answers'],
    ['wrong-quantity', 'x12', 'edi.wrong-quantity', 'check order'],
    ['wrong-price', 'ubl', 'edi.wrong-price', 'match answers'],
    ['no-answers', 'edifact', 'edi.missing-answer', 'collect answers'],
  ],
};

async function playFaults(tenant: LabTenant): Promise<void> {
  for (const [fault, syntax, code, step] of FAULTS[tenant]) {
    await partnerOf(tenant).inject(fault);
    const report = await exchanged({ tenant, syntax, answerWithin: '3s' });
    // Nobody has taken it, as far as we could see; whether somebody was about to, the sweep will see.
    const compensation = fault === 'late' ? 'pending' : 'clean';
    expect(report, fault).toMatchObject(failedBy(code, step, compensation));
  }
  await partnerOf(tenant).inject('');
}

// Each tenant beside the other: half of the time is waiting for the connector.
it.concurrent('in north: faults by folder are told apart, a browser goes on by hand, and HTTP passes', async () => {
  await playFaults('north');
  const partner = partnerOf('north');
  await partner.inject('late');
  const playing = exchanged({ tenant: 'north', syntax: 'ubl', answerWithin: '6s' });
  while ((await partner.waiting()).length === 0) await sleep(100);
  await sleep(7_500);
  await partner.inject('');
  expect(await playing).toMatchObject(failedBy('edi.late', 'order arrives'));
  const byHand = await exchanged({ tenant: 'north', syntax: 'ubl', transport: 'browser' });
  expect(byHand).toMatchObject(PASSED_CLEAN);
  const server = await fileServer(partner.folders);
  try {
    const channel = { kind: 'http', in: server.in, out: server.out };
    const report = await exchanged({ tenant: 'north', syntax: 'edifact', channel });
    expect(report).toMatchObject(PASSED_CLEAN);
    expect(Object.keys(report.exchange ?? {}).sort()).toEqual(ALL_TIMES.toSorted());
  } finally {
    await server.close();
  }
});

it.concurrent('in south: faults by folder are told apart, and each syntax passes by SFTP', async () => {
  await playFaults('south');
  const temp = await ownTemp();
  const sshd = await startSshd(temp.folder, 'unused');
  const partner = partnerOf('south');
  try {
    for (const folder of [sshd.in, sshd.out]) chmodSync(folder, 0o777);
    await partner.moveTo(sshd);
    const { port, login, hostKey } = sshd;
    const channel = {
      ...{ kind: 'sftp', host: '127.0.0.1', port, login, hostKey },
      ...{ in: sshd.in, out: sshd.out, privateKey: `file:${temp.folder}/user-key` },
    };
    for (const syntax of syntaxes) {
      const report = await exchanged({ tenant: 'south', syntax, channel });
      expect(report, syntax).toMatchObject(PASSED_CLEAN);
      expect(Object.keys(report.exchange ?? {}).sort()).toEqual(ALL_TIMES.toSorted());
      expect([readdirSync(sshd.in), readdirSync(sshd.out)]).toEqual([[], []]);
    }
  } finally {
    await partner.moveTo(partner.folders);
    await sshd.stop();
    await temp.remove();
  }
});

it('a burst is drained by Odoo’s own cron worker, and every order of it undone', async () => {
  const partner = partnerOf('north');
  const { run } = await stage({
    tenants: ['north'],
    tenant: () => ({ edi: ediOf('x12', { kind: 'folder', ...partner.folders }, '45s') }),
  });
  const args = ['--scenario', 'edi-exchange', '--transport', 'rpc', '--burst', '12'];
  const { reports } = await partner.whileScheduled(() => run(args));
  expect(reports).toMatchObject([PASSED_CLEAN]);
  const [report] = reports;
  expect(report?.documents).toHaveLength(12);
  expect(report?.exchange?.drainMs).toBeGreaterThanOrEqual(report?.exchange?.ingestionMs ?? 1e9);
});
