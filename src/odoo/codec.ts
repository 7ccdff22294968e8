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
function refuseUncarriable(value: unknown, path: string, depth = 0): void {
  const refuse = (what: string): never => {
    throw new RangeError(`${path}: XML-RPC cannot carry ${what}`);
  };
  const flaw = flawOfScalar(value);
  if (flaw !== undefined) refuse(flaw);
  if (typeof value !== 'object') return;
  if (depth >= DEEPEST) refuse(`more than ${DEEPEST} levels`);
  for (const [key, item] of membersOf(value, refuse)) {
    if (isUncarriableText(key)) refuse('such a name of a member');
    refuseUncarriable(item, `${path}.${key}`, depth + 1);
  }
}

function flawOfScalar(value: unknown): string | undefined {
  if (typeof value === 'string') {
    return isUncarriableText(value) ? 'control characters or half characters' : undefined;
  }
  if (typeof value === 'number') return flawOfNumber(value);
  return typeof value === 'boolean' || typeof value === 'object' ? undefined : typeof value;
}

function flawOfNumber(value: number): string | undefined {
  if (!Number.isFinite(value)) return String(value);
  const tooLong = Number.isInteger(value) && (value >= INT32 || value < -INT32);
  return tooLong ? 'integers beyond 32 bits' : undefined;
}

/** Lists go by index, so that a hole shows as undefined. */
function membersOf(
  value: object | null,
  refuse: (what: string) => never,
): readonly (readonly [string, unknown])[] {
  if (value === null) return refuse('null');
  if (Array.isArray(value)) {
    return Array.from(value, (item: unknown, index) => [String(index), item] as const);
  }
  if (Object.getPrototypeOf(value) !== Object.prototype) {
    // What has no prototype has no constructor either.
    const { constructor } = value as { readonly constructor?: { readonly name: string } };
    refuse(`a ${constructor?.name ?? 'bare object'}`);
  }
  return Object.entries(value);
}

function isUncarriableText(text: string): boolean {
  // The characters that XML 1.0 forbids.
  return !text.isWellFormed() || /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/.test(text);
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
  const flaw = answer.kind === 'value' ? flawOf(answer.value) : undefined;
  return flaw === undefined ? answer : malformed(flaw);
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
  const { faultCode: code, faultString: text } = error;
  if (typeof code !== 'number' || !Number.isInteger(code))
    return malformed('a fault without a number');
  return { kind: 'fault', code, text: typeof text === 'string' ? text : '' };
}

const malformed = (reason: string): Answer => ({ kind: 'malformed', reason });

/** Walks by levels, not by recursion: a hostile answer must not overflow our stack. */
function flawOf(value: unknown): string | undefined {
  if (value === undefined) return 'it holds no value';
  let level: unknown[] = [value];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > DEEPEST) return `nested deeper than ${DEEPEST} levels`;
    const objects = level.filter((item) => typeof item === 'object' && item !== null);
    if (objects.some(hasForeignPrototype)) return 'a member is called __proto__';
    level = objects.flatMap((item) => Object.values(item) as unknown[]);
  }
  return undefined;
}

const OWN_PROTOTYPES: ReadonlySet<unknown> = new Set(
  [Object, Array, Date, Buffer].map((type): unknown => type.prototype),
);

const hasForeignPrototype = (item: unknown): boolean =>
  !OWN_PROTOTYPES.has(Object.getPrototypeOf(item));
