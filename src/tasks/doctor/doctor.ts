/** Examines one tenant as the probe user: can it be reached, may we work there, what would block or do harm. */
import { consentRefusal } from '../../domain/consent.ts';
import { scenarioId } from '../../domain/ids.ts';
import { judge, type Missing, missingText, sameNeeds } from '../../domain/readiness.ts';
import type { Tenant } from '../../domain/tenant.ts';
import type { Access } from '../../engine/access.ts';
import { assess, needsIn } from '../../engine/assess.ts';
import { Skip } from '../../engine/boundary.ts';
import { unmetConditions } from '../../engine/conditions.ts';
import { type FixtureSearch, findFixtures, missingFixtures } from '../../engine/fixtures.ts';
import type { Scenario } from '../../scenario/contract.ts';
import { channelFindings } from './channel.ts';
import { companyFindings, userFindings } from './findings.ts';
import type { Examination, Finding, Patient, ScenarioStatus } from './patient.ts';
import { accountFindings, outsideFindings } from './warnings.ts';

/** Never throws; what cannot be asked is a finding. Records what is ready. */
export async function examine(patient: Patient): Promise<Examination> {
  const examination = await examineOdoo(patient);
  // They are asked whatever Odoo said: the channel is another server's, and an expired certificate explains a silence.
  const others = [...(await outsideFindings(patient)), ...(await channelFindings(patient))];
  return { ...examination, findings: [...examination.findings, ...others] };
}

async function examineOdoo(patient: Patient): Promise<Examination> {
  const findings: Finding[] = [];
  try {
    const version = await patient.version();
    findings.push({
      check: 'reach',
      level: 'ok',
      message: `Odoo ${version} at ${patient.tenant.url}`,
    });
    const access = await patient.signIn();
    const { login } = patient.tenant.credentials;
    findings.push({ check: 'sign in', level: 'ok', message: `as ${login}` });
    findings.push(await urlFinding(patient));
    const search = await findFixtures(access);
    findings.push(fixtureFinding(search), ...(await userFindings(patient, access)));
    findings.push(...(await accountFindings(access, patient.nowMs)));
    if (search.kind === 'found') findings.push(...(await companyFindings(access, search.fixtures)));
    const scenarios = await statuses(patient, access, search);
    return { tenant: patient.tenant.id, findings, scenarios };
  } catch (thrown) {
    return broken(patient, findings, thrown);
  }
}

function broken(patient: Patient, findings: readonly Finding[], thrown: unknown): Examination {
  const withdrawn = thrown instanceof Skip;
  const failure = withdrawn ? undefined : patient.failureOf(thrown);
  const reason = failure?.message ?? (thrown as Skip).message;
  const level =
    failure === undefined ? 'warning' : failure.blame === 'target' ? 'problem' : 'unknown';
  const check = failure?.code ?? 'consent';
  const status = withdrawn ? 'skipped' : 'unknown';
  return {
    tenant: patient.tenant.id,
    findings: [...findings, { check, level, message: reason }],
    scenarios: patient.scenarios.map(({ id }) => ({ scenario: id, status, reason })),
  };
}

async function urlFinding({ tenant, acceptsWebLogin }: Patient): Promise<Finding> {
  const { url, database } = tenant;
  return (await acceptsWebLogin())
    ? { check: 'url', level: 'ok', message: `serves database ${database} to a web login` }
    : {
        check: 'url',
        level: 'problem',
        message: `${url} refuses a web login to database ${database}: correct url or database, or name a password, not an API key`,
      };
}

function fixtureFinding(search: FixtureSearch): Finding {
  return search.kind === 'found'
    ? { check: 'provisioned', level: 'ok', message: 'company, customer and product are there' }
    : { check: 'provisioned', level: 'warning', message: missingText(search.missing) };
}

async function statuses(
  patient: Patient,
  access: Access,
  search: FixtureSearch,
): Promise<readonly ScenarioStatus[]> {
  const { tenant } = patient;
  const all: ScenarioStatus[] = [];
  for (const scenario of patient.scenarios) {
    const needs = needsIn(tenant, scenario.needs);
    const missing = [...missingFixtures(search, tenant, needs), ...(await assess(access, needs))];
    const status = await settle(patient, { ...scenario, needs }, missing);
    const ready = status.status === 'ready' && search.kind === 'found';
    const at = { timeZone: tenant.timeZone, edi: tenant.edi, nowMs: patient.nowMs };
    const reasons = ready
      ? await unmetConditions(access, needs, { fixtures: search.fixtures, ...at })
      : [];
    const skipped = { ...status, status: 'skipped', reason: reasons.join('; ') } as const;
    all.push(reasons.length === 0 ? status : skipped);
  }
  return all;
}

async function settle(
  { tenant, readiness, accept, nowMs }: Patient,
  scenario: Scenario,
  missing: readonly Missing[],
): Promise<ScenarioStatus> {
  const id = scenarioId(scenario.id);
  const known = accept ? undefined : sameNeeds(await readiness.get(tenant.id, id), scenario.needs);
  const judged = judge(known, scenario.needs, missing);
  await readiness.put(tenant.id, id, judged);
  if (missing.length > 0) {
    const reason = missingText(missing);
    return judged.everReady
      ? { scenario: scenario.id, status: 'lost', reason: `was ready before, now ${reason}` }
      : { scenario: scenario.id, status: 'skipped', reason };
  }
  const refusal = refusalOf(tenant, scenario, nowMs);
  return refusal === undefined
    ? { scenario: scenario.id, status: 'ready' }
    : { scenario: scenario.id, status: 'skipped', reason: refusal };
}

function refusalOf(tenant: Tenant, scenario: Scenario, nowMs: number): string | undefined {
  const common = tenant.transports.some((transport) => scenario.transports.includes(transport));
  if (!common) return `runs over ${scenario.transports.join(', ')} only`;
  return consentRefusal(tenant.consent, scenario.consent, nowMs);
}
