/** The shape of a configuration file. Messages say what is wrong, then, on a second line, the remedy. */
import { z } from 'zod';
import { consentLevels } from '../domain/consent.ts';
import { ID_PATTERN } from '../domain/ids.ts';
import { deliverySteps } from '../domain/tenant.ts';
import { transports } from '../domain/transport.ts';
import { parseDuration } from '../lib/duration.ts';

const TIERS = ['99.5', '99.9', '99.95', '99.99'] as const;

/** Joins what is wrong and what to do; `diagnostics.ts` takes them apart again. */
export const problem = (message: string, remedy: string): string => `${message}\n${remedy}`;

function strict<Shape extends z.core.$ZodShape>(shape: Shape): z.ZodObject<Shape, z.core.$strict> {
  const allowed = Object.keys(shape).join(', ');
  return z.strictObject(shape, {
    error: (issue) => {
      if (issue.code !== 'unrecognized_keys') return undefined;
      const keys = issue.keys.map((key) => `"${key}"`).join(', ');
      return problem(`unknown key ${keys}`, `remove or correct it; allowed here: ${allowed}`);
    },
  });
}

const id = z
  .string()
  .regex(ID_PATTERN, problem('not an id', 'use 1 to 40 of a-z, 0-9 and "-"'))
  .describe('1 to 40 of a-z, 0-9 and "-"');

const notADuration = problem(
  'not a duration',
  'write a number and a unit: 500ms, 30s, 5m, 2h, 14d',
);

const duration = z
  .string(notADuration)
  .refine((text) => parseDuration(text) !== undefined, notADuration)
  .describe('a number and a unit: 500ms, 30s, 5m, 2h, 14d');

const limits = strict({
  run: duration.exactOptional().describe('time of one run, sign-in and set-up included; 60s'),
  compensation: duration.exactOptional().describe('time of its clean-up, counted apart; 60s'),
  call: duration.exactOptional().describe('time of one call to Odoo; 45s, at most the run'),
  sweepGrace: duration.exactOptional().describe('rest before the sweep touches a document; 60s'),
});

const words = z.string().min(1, problem('empty', 'write a name')).max(80);

const url = z.string().refine(isPlainHttpUrl, {
  error: problem('not a plain http(s) URL', 'write https://host, without login, query or fragment'),
});

function isPlainHttpUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, username, password, search, hash } = new URL(text);
  return /^https?:$/.test(protocol) && [username, password, search, hash].every((p) => p === '');
}

const timeZone = z
  .string()
  .refine(isTimeZone, problem('not an IANA time zone', 'write one like Europe/Paris or UTC'));

function isTimeZone(text: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: text }).format(0) !== '';
  } catch {
    return false;
  }
}

const secretReference = z
  .string()
  .regex(
    /^(?:env:[A-Za-z_]\w*|file:.+)$/,
    problem('not a reference to a secret', 'write env:NAME or file:PATH, never the secret itself'),
  );

const day = z.iso
  .date({
    error: ({ input }) =>
      input === undefined ? undefined : problem('not a day', 'write it as YYYY-MM-DD'),
  })
  .describe('last day, UTC');

const consent = z
  .discriminatedUnion('level', [
    strict({ level: z.literal('read-only') }),
    strict({
      level: z.enum(consentLevels).exclude(['read-only']),
      by: words.describe('who agreed'),
      until: day,
    }),
  ])
  .describe(
    'read-only reads; draft makes quotations; reversible confirms; full validates and posts',
  );

const tenant = strict({
  id,
  url,
  database: words,
  tier: z.literal([...TIERS, ...TIERS.map(Number)]).describe('promised availability in per cent'),
  timeZone: timeZone.describe('IANA name'),
  platform: strict({ cluster: words, databaseHost: words, hostingModel: words }),
  transports: z
    .array(z.enum(transports))
    .min(1, problem('no transport', 'name at least one'))
    .exactOptional()
    .describe('rpc when absent'),
  consent: consent.exactOptional().describe('read-only when absent'),
  limits: limits.exactOptional(),
  credentials: strict({ login: words, password: secretReference }),
  provision: strict({
    country: z
      .string()
      .regex(/^[A-Z]{2}$/, problem('not a country', 'write its ISO 3166 code, such as FR')),
    currency: z
      .string()
      .regex(/^[A-Z]{3}$/, problem('not a currency', 'write its ISO 4217 code, such as EUR')),
    language: z
      .string()
      .regex(
        /^[a-z]{2,3}(?:_\w+)*$/,
        problem('not a language', 'write Odoo’s code, such as fr_FR'),
      ),
    deliverySteps: z.enum(deliverySteps),
  }).describe('the synthetic company that `orderwatch provision` makes'),
});

/** A file that is included: tenants only. */
export const includedSchema = strict({ tenants: z.array(tenant) });

/** The main file. */
export const configSchema = strict({
  include: z
    .array(z.string())
    .exactOptional()
    .describe('more files with tenants, relative to this one'),
  fleet: strict({
    name: id,
    limits: limits.exactOptional(),
    artifacts: strict({
      maxAge: duration.exactOptional().describe('deleted when older; 14d'),
      maxMegabytes: z
        .int(problem('not a whole number', 'write megabytes, such as 1000'))
        .min(1, problem('no room at all', 'write at least 1'))
        .exactOptional()
        .describe('the oldest go first when all of them take more; 1000'),
    })
      .exactOptional()
      .describe('how long what is kept of runs that did not pass is kept'),
    chromium: z
      .string()
      .exactOptional()
      .describe('path of the browser; the usual places when absent'),
  }),
  tenants: z.array(tenant).exactOptional(),
}).meta({ title: 'orderwatch configuration' });

export type RawTenant = z.infer<typeof tenant>;
export type RawLimits = z.infer<typeof limits>;
export type RawFleet = z.infer<typeof configSchema>['fleet'];
