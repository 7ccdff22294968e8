/** The terms that the schema of a configuration is made of. Messages: what is wrong, on a second line the remedy. */
import { z } from 'zod';
import { ID_PATTERN } from '../domain/ids.ts';
import { parseDuration } from '../lib/duration.ts';

/** Joins what is wrong and what to do; `read.ts` takes them apart again. */
export const problem = (message: string, remedy: string): string => `${message}\n${remedy}`;

/** A map that refuses keys it does not know, and names those it does. */
export function strict<Shape extends z.core.$ZodShape>(
  shape: Shape,
): z.ZodObject<Shape, z.core.$strict> {
  const allowed = Object.keys(shape).join(', ');
  return z.strictObject(shape, {
    error: (issue) => {
      if (issue.code !== 'unrecognized_keys') return undefined;
      const keys = issue.keys.map((key) => `"${key}"`).join(', ');
      return problem(`unknown key ${keys}`, `remove or correct it; allowed here: ${allowed}`);
    },
  });
}

/** What to say of a map that is told from others by the word under `key`, where that word is not known. */
export const noneOf = (
  key: string,
  choices: readonly string[],
): { readonly error: (issue: z.core.$ZodRawIssue) => string | undefined } => ({
  error: ({ code }) =>
    code === 'invalid_union'
      ? problem(`has no known ${key}`, `choose: ${choices.join(', ')}`)
      : undefined,
});

/** A name that leads nowhere, and where names do lead. */
export function noSuch(kind: string, name: string, known: readonly string[]): string {
  const remedy = known.length === 0 ? 'there is none yet: add it' : `choose: ${known.join(', ')}`;
  return problem(`no ${kind} "${name}"`, remedy);
}

export const plainUrl = z.string().refine(isPlainHttpUrl, {
  error: problem('not a plain http(s) URL', 'write https://host, without login, query or fragment'),
});

function isPlainHttpUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, username, password, search, hash } = new URL(text);
  return /^https?:$/.test(protocol) && [username, password, search, hash].every((p) => p === '');
}

export const id = z
  .string()
  .regex(ID_PATTERN, problem('not an id', 'use 1 to 40 of a-z, 0-9 and "-"'))
  .describe('1 to 40 of a-z, 0-9 and "-"');

const notADuration = problem(
  'not a duration',
  'write a number and a unit: 500ms, 30s, 5m, 2h, 14d',
);

export const duration = z
  .string(notADuration)
  .refine((text) => parseDuration(text) !== undefined, notADuration)
  .describe('a number and a unit: 500ms, 30s, 5m, 2h, 14d');

export const words = z.string().min(1, problem('empty', 'write a name')).max(80);

export const timeZone = z
  .string()
  .refine(isTimeZone, problem('not an IANA time zone', 'write one like Europe/Paris or UTC'));

function isTimeZone(text: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: text }).format(0) !== '';
  } catch {
    return false;
  }
}

export const secretReference = z
  .string()
  .regex(
    /^(?:env:[A-Za-z_]\w*|file:.+)$/,
    problem('not a reference to a secret', 'write env:NAME or file:PATH, never the secret itself'),
  );

export const day = z.iso.date({
  error: ({ input }) =>
    input === undefined ? undefined : problem('not a day', 'write it as YYYY-MM-DD'),
});

/** `example` says what is counted, and shows one. */
export const wholeNumber = (example: string): z.ZodInt =>
  z.int(problem('not a whole number', `write ${example}`));

/** A text for which `faultOf` finds nothing to say. */
export const textWithout = (faultOf: (text: string) => string | undefined): z.ZodString =>
  z.string().check((ctx) => {
    const message = faultOf(ctx.value);
    if (message !== undefined) ctx.issues.push({ code: 'custom', message, input: ctx.value });
  });

export const flag: z.ZodBoolean = z.boolean(
  problem('neither true nor false', 'write true or false'),
);

/** At least one, none named twice by its `url`. */
export const listOf = <Item extends z.ZodType<{ readonly url: string }>>(
  what: string,
  item: Item,
): z.ZodArray<Item> =>
  z
    .array(item)
    .min(1, problem(`no ${what}`, 'name at least one, or leave the key out'))
    .refine((all) => new Set(all.map(({ url }) => url)).size === all.length, {
      error: problem(`one ${what} twice`, 'keep one of them'),
    });
