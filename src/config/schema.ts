/** The shape of a configuration file. Messages say what is wrong, then, on a second line, the remedy. */
import { z } from 'zod';
import { consentLevels } from '../domain/consent.ts';
import { deliverySteps } from '../domain/tenant.ts';
import { transports } from '../domain/transport.ts';
import { alerting } from './alerting.ts';
import { api } from './api.ts';
import { businessCalendar } from './business-calendars.ts';
import { databases } from './databases.ts';
import { edi } from './edi.ts';
import { maintenanceWindow } from './maintenance.ts';
import { objective } from './objectives.ts';
import { policy } from './policies.ts';
import { redisPlace } from './redis.ts';
import { calendar, fleetSchedule, tenantSchedule } from './schedule-schema.ts';
import {
  day,
  duration,
  flag,
  id,
  noneOf,
  plainUrl,
  problem,
  secretReference,
  strict,
  timeZone,
  wholeNumber,
  words,
} from './terms.ts';

const TIERS = ['99.5', '99.9', '99.95', '99.99'] as const;

const limits = strict({
  run: duration.exactOptional().describe('time of one run, sign-in and set-up included; 60s'),
  compensation: duration.exactOptional().describe('time of its clean-up, counted apart; 60s'),
  call: duration.exactOptional().describe('time of one call to Odoo; 45s, at most the run'),
  sweepGrace: duration.exactOptional().describe('rest before the sweep touches a document; 60s'),
});

const consent = z
  .discriminatedUnion(
    'level',
    [
      strict({ level: z.literal('read-only') }),
      strict({
        level: z.enum(consentLevels).exclude(['read-only']),
        by: words.describe('who agreed'),
        until: day.describe('last day, UTC'),
      }),
    ],
    noneOf('level', consentLevels),
  )
  .describe(
    'read-only reads; draft makes quotations; reversible confirms; full validates and posts',
  );

const rowBudget = wholeNumber('rows per day, such as 20000')
  .min(0, problem('below zero', 'write 0 or more'))
  .exactOptional();

const places = wholeNumber('runs at once, such as 8')
  .min(0, problem('below zero', 'write 0 for none'))
  .max(1_000, problem('more than a process can play', 'write at most 1000'))
  .exactOptional();

const workers = strict({
  rpc: places.describe('8 for each core'),
  browser: places.describe('1 for each core; never more than fit into its memory'),
}).describe('how many runs each worker plays at once, not counting those that wait for an answer');

const tenant = strict({
  id,
  url: plainUrl,
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
  schedules: z
    .array(tenantSchedule)
    .exactOptional()
    .describe('in place of all schedules of the fleet'),
  rowBudget: rowBudget.describe(
    'rows per UTC day that may stay in its database; the fleet’s when absent',
  ),
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
  businessCalendar: id
    .exactOptional()
    .describe(
      'name of one of fleet.businessCalendars; mon to fri 8 to 18, without holidays of provision.country, when absent',
    ),
  edi: edi.exactOptional().describe('how a trading partner’s documents come and go'),
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
    redis: redisPlace
      .exactOptional()
      .describe(
        'redis://host:6379, rediss://... or unix:PATH; or sentinels and master; or nodes of a cluster',
      ),
    redisPassword: secretReference.exactOptional().describe('of the servers that hold the data'),
    sentinelPassword: secretReference.exactOptional(),
    allowUnsafeRedis: flag
      .exactOptional()
      .describe('serve also on a Redis that may forget: evictions, or nothing on disk; false'),
    scenarios: words
      .exactOptional()
      .describe('folder of your own scenarios (.js, .mjs), relative to this file'),
    databases: databases
      .exactOptional()
      .describe('by databaseHost: read-only, for evidence of failures'),
    calendars: z.record(id, calendar).exactOptional().describe('by name'),
    schedules: z
      .array(fleetSchedule)
      .exactOptional()
      .describe('for each tenant without schedules of its own'),
    businessCalendars: z
      .record(id, businessCalendar)
      .exactOptional()
      .describe('by name: when tenants do business'),
    objectives: z
      .array(objective)
      .exactOptional()
      .describe('what is promised; when absent each scenario that a tenant plays, at its tier'),
    rowBudget: rowBudget.describe('rows per UTC day that may stay in a tenant’s database; 20000'),
    limits: limits.exactOptional(),
    workers: workers.exactOptional(),
    artifacts: strict({
      maxAge: duration.exactOptional().describe('deleted when older; 14d'),
      maxMegabytes: wholeNumber('megabytes, such as 1000')
        .min(1, problem('no room at all', 'write at least 1'))
        .exactOptional()
        .describe('the oldest go first when all of them take more; 1000'),
    })
      .exactOptional()
      .describe('how long what is kept of runs that did not pass is kept'),
    policies: z
      .record(id, policy)
      .exactOptional()
      .describe('by name: when `orderwatch gate` rolls back; one named default replaces its own'),
    maintenance: z
      .array(maintenanceWindow)
      .exactOptional()
      .describe('planned and recurring: alerts nobody, counts against no objective'),
    api: api.exactOptional().describe('what others may tell the fleet over HTTP'),
    runbooks: z
      .string()
      .min(1, problem('empty', 'write an address'))
      .exactOptional()
      .describe('address that the names of runbooks are added to; deploy/alerting/runbooks'),
    alerting: alerting.exactOptional().describe('who is told of incidents; the log when absent'),
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
