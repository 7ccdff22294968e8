/** A request that is refused: what is wrong with it, and what its sender can do. */
import type { Answer } from './http.ts';

/** Its texts go to the caller: they hold nothing that is secret, nor what others sent. */
export class Refused extends Error {
  override readonly name = 'Refused';
  readonly status: number;
  readonly remedy: string;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    status: number,
    message: string,
    remedy: string,
    headers: Readonly<Record<string, string>> = {},
  ) {
    super(message);
    this.status = status;
    this.remedy = remedy;
    this.headers = headers;
  }
}

export const refusal = ({ status, message, remedy, headers }: Refused): Answer =>
  jsonAnswer(status, { error: message, remedy }, headers);

export function jsonAnswer(
  status: number,
  value: unknown,
  headers: Readonly<Record<string, string>> = {},
): Answer {
  return { status, contentType: 'application/json', text: `${JSON.stringify(value)}\n`, headers };
}
