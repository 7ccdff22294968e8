/** Whose token a request carries. Tokens are read anew for each request, so a new one counts from the next on. */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { ApiToken } from '../domain/api-token.ts';
import { Refused } from './refused.ts';

/** Throws Refused (401). `onTrouble` is told of tokens that cannot be read: with those nobody comes in. */
export async function bearerOf(
  { headers }: IncomingMessage,
  tokens: readonly ApiToken[],
  onTrouble: (error: unknown) => void,
): Promise<ApiToken> {
  const [, given] = /^Bearer +(\S+) *$/i.exec(headers.authorization ?? '') ?? [];
  if (given === undefined) throw unknown('no token was sent');
  const digest = digestOf(given);
  // Each is compared, so that the time tells nothing of which one came close.
  const fits = await Promise.all(
    tokens.map(async ({ token }) => {
      try {
        const secret = await token.read();
        return timingSafeEqual(digestOf(secret.reveal()), digest);
      } catch (error) {
        onTrouble(error);
        return false;
      }
    }),
  );
  const found = tokens[fits.indexOf(true)];
  if (found === undefined) throw unknown('the token is not known here');
  return found;
}

/** Of one length, whatever was sent. */
const digestOf = (text: string): Buffer => createHash('sha256').update(text).digest();

const unknown = (message: string): Refused =>
  new Refused(401, message, 'send Authorization: Bearer TOKEN, one of fleet.api.tokens', {
    'www-authenticate': 'Bearer',
  });
