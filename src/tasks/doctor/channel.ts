/** Whether the tenant's EDI channel can be listed. Reads only: what may be dropped there, only a drop can tell. */
import type { Failure } from '../../domain/failure.ts';
import type { Finding, Patient } from './patient.ts';

const CHECK = 'edi channel';

/** One finding; none where no files are exchanged. Never throws. */
export async function channelFindings({
  tenant,
  listFiles,
  failureOf,
}: Patient): Promise<readonly Finding[]> {
  if (listFiles === undefined) return [];
  const kind = tenant.edi?.channel.kind ?? 'unknown';
  try {
    const [waiting, left] = [await listFiles('in'), await listFiles('out')];
    const message = `${kind}: ${waiting.length} in, ${left.length} out`;
    return [{ check: CHECK, level: 'ok', message }];
  } catch (thrown) {
    const failure = failureOf(thrown);
    const level = failure.blame === 'target' ? 'problem' : 'unknown';
    const message = `${failure.message} (${failure.code}): ${remedyFor(failure)}`;
    return [{ check: CHECK, level, message }];
  }
}

const REMEDIES: Readonly<Record<string, string>> = {
  'channel.no-folder': 'make the folder, or correct in and out under edi.channel',
  'channel.no-permission': 'let our user list and write in and out',
  'channel.host-key': 'ask the partner whether the key was changed, and only then pin the new one',
  'channel.login-refused': 'correct login and secret under edi.channel',
  'channel.bad-key': 'name a private key that has no passphrase',
  'channel.redirect': 'write the URL to which it leads',
  'channel.refused': 'correct in and out under edi.channel, or ask the partner',
  'channel.malformed-list': 'the URL must answer JSON: [{ name, bytes, modified }]',
  'secret.missing': 'set the secret, or correct its reference under edi.channel',
};

function remedyFor({ code, blame }: Failure): string {
  const common =
    blame === 'target'
      ? 'ask who runs that server'
      : 'look at this machine, its network and edi.channel';
  return REMEDIES[code] ?? common;
}
