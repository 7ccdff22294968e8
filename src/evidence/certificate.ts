/** The certificate of a tenant's web server: whether the probes and the users' browsers can trust it, and how long. */
import { type Observation, observed, type Seen } from '../domain/evidence.ts';
import { type Certificate, type HandshakeProgress, shakeHands } from './handshake.ts';
import {
  briefly,
  brokenBy,
  type LookOptions,
  type LookTime,
  lookInTime,
  timeOf,
} from './looking.ts';
import { type Target, targetOf } from './target.ts';

const DAY_MS = 86_400_000;
const EXPIRING_DAYS = 14;

/** Undefined where there is no TCP connection to speak TLS on, and when the signal aborted; never throws. */
export async function lookAtCertificate(
  target: Target,
  time: LookTime,
): Promise<Observation | undefined> {
  const progress: HandshakeProgress = { connected: false };
  const looked = await lookInTime(time, (signal) => shakeHands(target, signal, progress));
  if (looked === undefined) return undefined;
  const { ms } = looked;
  if ('value' in looked) {
    const nowMs = time.clock.now();
    const detail = describe(looked.value, nowMs);
    return observed('tls', judge(looked.value, nowMs), { ms, detail });
  }
  if (!progress.connected) return undefined;
  const detail = looked.late ? `no handshake within ${ms} ms` : brokenBy(looked.broke);
  return observed('tls', 'failed', { ms, detail });
}

/** Epoch milliseconds of its end. Undefined for http, and where there is none to be had in time; never throws. */
export async function certificateOf(
  url: string,
  options: LookOptions,
): Promise<{ readonly expiresMs: number } | undefined> {
  const target = targetOf(url);
  if (target?.secure !== true) return undefined;
  const looked = await lookInTime(timeOf(options), (signal) =>
    shakeHands(target, signal, { connected: false }),
  );
  if (looked === undefined || !('value' in looked)) return undefined;
  const { expiresMs } = looked.value;
  return Number.isFinite(expiresMs) ? { expiresMs } : undefined;
}

/** Of several troubles the one that says most: the date first, for it is what changes by itself. */
function judge(certificate: Certificate, nowMs: number): Seen<'tls'> {
  const { beginsMs, expiresMs, fitsHost, trouble } = certificate;
  // Also a certificate further up may have ended.
  if (nowMs >= expiresMs || trouble === 'CERT_HAS_EXPIRED') return 'expired';
  if (nowMs < beginsMs || trouble === 'CERT_NOT_YET_VALID') return 'not-yet-valid';
  if (!fitsHost) return 'wrong-name';
  if (trouble !== undefined) return 'untrusted';
  return expiresMs - nowMs < EXPIRING_DAYS * DAY_MS ? 'expiring' : 'ok';
}

function describe(certificate: Certificate, nowMs: number): string {
  const { chain, expiresMs, commonName, trouble } = certificate;
  const days = Math.trunc((expiresMs - nowMs) / DAY_MS);
  const parts = [
    `chain of ${chain}`,
    days >= 0 ? `${days} days left` : `over for ${-days} days`,
    ...(trouble === undefined ? [] : [trouble]),
    ...(commonName === '' ? [] : [`CN=${commonName}`]),
  ];
  return briefly(parts.join(', '));
}
