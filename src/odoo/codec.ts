/** XML-RPC text to values and back, through the `xmlrpc` package, minus what that package gets wrong. */
import Deserializer, { type Source } from 'xmlrpc/lib/deserializer.js';
import serializer from 'xmlrpc/lib/serializer.js';

export type Answer =
  | { readonly kind: 'value'; readonly value: unknown }
  | { readonly kind: 'fault'; readonly code: number; readonly text: string }
  | { readonly kind: 'malformed'; readonly reason: string };

const DEEPEST = 64;
const INT32 = 2 ** 31;

/** Throws RangeError for a value that XML-RPC cannot carry, naming where in the parameters it stands. */
export function encodeCall(method: string, params: readonly unknown[]): string {
  params.forEach((param, index) => {
    refuseUncarriable(param, `${method}[${index}]`);
  });
  return serializer.serializeMethodCall(method, params);
}

// The package would write these silently as something else, or throw without saying where.
function refuseUncarriable(value: unknown, path: string): void {
  const refuse = (what: string): never => {
    throw new RangeError(`${path}: XML-RPC cannot carry ${what}`);
  };
  if (typeof value === 'boolean') return;
  if (typeof value === 'string') {
    if (/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/.test(value)) {
      refuse('control characters');
    }
  } else if (typeof value === 'number') {
    if (!Number.isFinite(value)) refuse(String(value));
    if (Number.isInteger(value) && (value >= INT32 || value < -INT32)) {
      refuse('integers beyond 32 bits');
    }
  } else if (typeof value === 'object') {
    refuseUncarriableObject(value, path, refuse);
  } else {
    refuse(typeof value);
  }
}

function refuseUncarriableObject(
  value: object | null,
  path: string,
  refuse: (what: string) => never,
): void {
  if (value === null) return refuse('null');
  if (!Array.isArray(value) && Object.getPrototypeOf(value) !== Object.prototype) {
    return refuse(`a ${value.constructor.name}`);
  }
  Object.entries(value).forEach(([key, item]) => {
    refuseUncarriable(item, `${path}.${key}`);
  });
}

/** Never throws and never waits: the body is already whole. */
export function decodeAnswer(body: string): Answer {
  const answers: Answer[] = [];
  try {
    new Deserializer().deserializeMethodResponse(wholeText(body), (error, value) => {
      if (error === null || error === undefined) answers.push({ kind: 'value', value });
      else if (error.faultCode === undefined) answers.push(malformed(error.message));
      else answers.push(fault(error));
    });
  } catch (error) {
    return malformed(error instanceof Error ? error.message : 'unreadable');
  }
  const [answer = malformed('it ends before the document does')] = answers;
  return answer.kind === 'value' && deeperThan(answer.value, DEEPEST)
    ? malformed(`nested deeper than ${DEEPEST} levels`)
    : answer;
}

// Feeding the parser in one synchronous go keeps its exceptions inside our catch: from a real stream,
// an empty <fault/> is an uncaught exception and a cut source leaves the callback waiting for ever.
function wholeText(body: string): Source {
  return {
    setEncoding: () => undefined,
    on: () => undefined,
    pipe: (parser) => {
      parser.write(body);
      parser.end();
    },
  };
}

function fault(error: { readonly faultCode?: unknown; readonly faultString?: unknown }): Answer {
  const code = Number(error.faultCode);
  if (!Number.isInteger(code)) return malformed('a fault without a number');
  return {
    kind: 'fault',
    code,
    text: typeof error.faultString === 'string' ? error.faultString : '',
  };
}

const malformed = (reason: string): Answer => ({ kind: 'malformed', reason });

/** Walks by levels, not by recursion: a hostile answer must not overflow our stack. */
function deeperThan(value: unknown, limit: number): boolean {
  let level: unknown[] = [value];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > limit) return true;
    level = level.flatMap((item) =>
      typeof item === 'object' && item !== null ? (Object.values(item) as unknown[]) : [],
    );
  }
  return false;
}
