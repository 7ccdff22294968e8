/** A TLS handshake that refuses nothing, so that a bad certificate can be looked at. */
import { once } from 'node:events';
import tls from 'node:tls';
import { connectionTo, serverNameOf, type Target } from './target.ts';

export interface Certificate {
  /** Epoch milliseconds. */
  readonly beginsMs: number;
  readonly expiresMs: number;
  /** How many certificates lead from it to its root, itself included. */
  readonly chain: number;
  /** As the certificate says; empty where it names nobody. */
  readonly commonName: string;
  readonly fitsHost: boolean;
  /** Node's code of what is wrong with it, by the usual authorities and those of NODE_EXTRA_CA_CERTS. */
  readonly trouble?: string;
}

export interface HandshakeProgress {
  /** Whether there was a TCP connection at all. */
  connected: boolean;
}

/** Rejects as the connection does, also when the server shows no certificate. */
export async function shakeHands(
  target: Target,
  signal: AbortSignal,
  progress: HandshakeProgress,
): Promise<Certificate> {
  const servername = serverNameOf(target);
  const socket = tls.connect({
    ...connectionTo(target),
    ...(servername === '' ? {} : { servername }),
    rejectUnauthorized: false,
  });
  // What comes after the end of the look is nobody's.
  socket.on('error', () => undefined);
  socket.once('connect', () => (progress.connected = true));
  try {
    await once(socket, 'secureConnect', { signal });
    return certificateIn(socket, target.host);
  } finally {
    socket.destroy();
  }
}

function certificateIn(socket: tls.TLSSocket, host: string): Certificate {
  const shown = socket.getPeerCertificate(true);
  // Node answers an empty object where there is none.
  if (!('valid_to' in shown)) throw new Error('the server shows no certificate');
  const { commonName, trouble } = loosely(shown, socket);
  return {
    beginsMs: Date.parse(shown.valid_from),
    expiresMs: Date.parse(shown.valid_to),
    chain: lengthOf(shown),
    commonName,
    fitsHost: tls.checkServerIdentity(host, shown) === undefined,
    ...(trouble === undefined ? {} : { trouble }),
  };
}

/** Node's types promise more than there is: a subject may name nobody or several, and an error be a text. */
function loosely(
  shown: tls.DetailedPeerCertificate,
  socket: tls.TLSSocket,
): { readonly commonName: string; readonly trouble: string | undefined } {
  const { subject } = shown as { readonly subject?: { readonly CN?: string | readonly string[] } };
  const error = socket.authorizationError as unknown;
  return {
    commonName: [subject?.CN ?? []].flat().join(' '),
    trouble: typeof error === 'string' ? error : undefined,
  };
}

function lengthOf(shown: tls.DetailedPeerCertificate): number {
  const met = new Set<string>();
  let one: tls.DetailedPeerCertificate | undefined = shown;
  // A root is its own issuer.
  while (one !== undefined && !met.has(one.fingerprint256)) {
    met.add(one.fingerprint256);
    one = (one as { readonly issuerCertificate?: tls.DetailedPeerCertificate }).issuerCertificate;
  }
  return met.size;
}
