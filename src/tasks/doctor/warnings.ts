/** What harms nothing yet and will: keys and certificates that end, scheduled actions that wait, clocks that drift. */
import type { Access } from '../../engine/access.ts';
import { accountWarnings } from '../../engine/warnings.ts';
import { formatDuration } from '../../lib/duration.ts';
import { EXPIRY_NOTICE_MS } from './findings.ts';
import type { Finding, Patient } from './patient.ts';

const DAY_MS = 86_400_000;
/** Odoo looks for what is due once a minute; what is this late is not being run. */
const LATEST_ACTION_MS = 600_000;
const LARGEST_SKEW_MS = 5_000;

/** What the probe user can tell; none of what it may not read. Rejects with Failed. */
export async function accountFindings(access: Access, nowMs: number): Promise<readonly Finding[]> {
  const seen = await accountWarnings(access, nowMs);
  const renewal = 'make a new one, and revoke the old one';
  return [
    ...findingOf(seen.apiKeyExpiresMs, (ms) => expiry('api key', renewal, ms - nowMs, ms)),
    ...findingOf(seen.scheduledActionLagMs, lagFinding),
  ];
}

/** What can be told without an account. Never throws; what cannot be asked is a warning. */
export async function outsideFindings(patient: Patient): Promise<readonly Finding[]> {
  const { nowMs, certificate, clockSkewMs } = patient;
  const ofCertificate = async (): Promise<readonly Finding[]> =>
    findingOf((await certificate())?.expiresMs, (ms) =>
      expiry('certificate', 'renew it', ms - nowMs, ms),
    );
  const ofClock = async (): Promise<readonly Finding[]> =>
    findingOf(await clockSkewMs(), skewFinding);
  return [
    ...(await ofCertificate().catch(untold(patient, 'certificate'))),
    ...(await ofClock().catch(untold(patient, 'clock'))),
  ];
}

const findingOf = (
  seen: number | undefined,
  judge: (seen: number) => Finding,
): readonly Finding[] => (seen === undefined ? [] : [judge(seen)]);

function untold({ failureOf }: Patient, check: string): (thrown: unknown) => readonly Finding[] {
  return (thrown) => {
    const { message, code } = failureOf(thrown);
    return [{ check, level: 'warning', message: `could not be looked at: ${message} (${code})` }];
  };
}

function expiry(check: string, remedy: string, leftMs: number, endMs: number): Finding {
  const day = new Date(endMs).toISOString().slice(0, 10);
  if (leftMs <= 0) return { check, level: 'problem', message: `expired on ${day}: ${remedy}` };
  const left = leftMs < 2 * DAY_MS ? formatDuration(leftMs) : `${Math.floor(leftMs / DAY_MS)} days`;
  const message = `expires in ${left}, on ${day}`;
  return leftMs < EXPIRY_NOTICE_MS
    ? { check, level: 'warning', message: `${message}: ${remedy}` }
    : { check, level: 'ok', message };
}

function lagFinding(lagMs: number): Finding {
  const check = 'scheduled actions';
  if (lagMs === 0) return { check, level: 'ok', message: 'none is late' };
  const message = `the latest is late by ${formatDuration(lagMs)}`;
  return lagMs > LATEST_ACTION_MS
    ? {
        check,
        level: 'warning',
        message: `${message}: Odoo cannot keep up with them, or runs none`,
      }
    : { check, level: 'ok', message };
}

function skewFinding(skewMs: number): Finding {
  const check = 'clock';
  const far = formatDuration(Math.abs(skewMs));
  const message =
    skewMs < 0
      ? `ours is ahead of the tenant's by ${far}`
      : `the tenant's is ahead of ours by ${far}`;
  return Math.abs(skewMs) > LARGEST_SKEW_MS
    ? {
        check,
        level: 'warning',
        message: `${message}: deadlines of marks depend on it, set it right`,
      }
    : { check, level: 'ok', message };
}
