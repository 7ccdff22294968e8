/** The command line as a contract: every word of help, and the code of every ending that needs no Odoo. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { incidentSchema } from '../../src/domain/incident.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { FolderRecords } from '../../src/store/folder.ts';
import { Incidents } from '../../src/store/incidents.ts';
import { type Call, type Ended, orderwatch, orderwatches } from '../support/unit/cli.ts';
import { temporaryFolder } from '../support/unit/folder.ts';
import { contractPath, expectGolden } from '../support/unit/golden.ts';
import {
  BEGAN,
  failing as failingTrouble,
  Played,
  slowTrouble,
} from '../support/unit/incidents.ts';
import { SHIPPED_RULES } from '../support/unit/rule-cases.ts';

const good = contractPath('good/orderwatch.yaml');
const bad = contractPath('invalid/url-ftp.yaml');
const env = { NORTH_HOST: 'north.example' };
const cwd = temporaryFolder();
writeFileSync(join(cwd, 'file'), '');
// What is kept goes to the folder then; with a Redis every command that plays or undoes needs it.
const alone = join(cwd, 'alone.yaml');
const text = readFileSync(good, 'utf8').replace(
  /^include: .*$/m,
  `include: [${contractPath('good/more/south.yaml')}]`,
);
writeFileSync(alone, text.replace(/^ {2}redis.*\n/gm, ''));
const tenantOfHistory = {
  ...{ type: 'tenant', t: 0, tenant: 't01', host: 'h1', tz: 'Europe/Berlin', intervalMinutes: 5 },
  calendar: { closing: { fromBusinessDay: -1, toBusinessDay: 2, from: 9, to: 18 } },
};
const failing = (minutes: number): object => ({
  ...{ type: 'probe', t: minutes * 60_000, tenant: 't01', scenario: 'order', step: 'confirm' },
  ...{ ok: false, ms: 30_000 },
});
const jsonLines = (...lines: readonly (object | string)[]): string =>
  lines.map((line) => `${typeof line === 'string' ? line : JSON.stringify(line)}\n`).join('');
const failures = [5, 10, 15, 20].map(failing);
writeFileSync(join(cwd, 'history.jsonl'), jsonLines(tenantOfHistory, ...failures));
writeFileSync(
  join(cwd, 'bad.jsonl'),
  jsonLines(
    ...['{', { type: 'order', t: 1 }, { ...failing(1), tenant: 't02' }],
    ...[{ ...tenantOfHistory, tz: 'Mars' }, tenantOfHistory, failing(20), failing(10)],
    ...[{ ...failing(20), ok: 'yes' }, { ...failing(20), ok: true, ms: -1 }, failing(25)],
  ),
);
const noMaintenance = join(cwd, 'no-maintenance.yaml');
writeFileSync(
  noMaintenance,
  text.replace(/^ {2}redis.*\n/gm, '').replace(/^ {2}maintenance:\n(?: {4}.*\n)*/m, ''),
);
const noRedis = join(cwd, 'no-redis.yaml');
const away = '  redis: unix:/nowhere/redis.sock\n';
writeFileSync(noRedis, text.replace(/^ {2}redis:.*\n {2}redisPassword.*\n/m, away));

const commands = [
  '',
  'check',
  'provision',
  'doctor',
  'run',
  'serve',
  'gate',
  'gate list',
  'gate show',
  'explain',
  'ledger',
  'slo',
  'baseline',
  'baseline replay',
  'rules',
  'deployment',
  'deployment record',
  'deployment list',
  'silence',
  'silence add',
  'silence list',
  'silence expire',
  'incident',
  'incident list',
  'incident show',
  'residue',
  'sweep',
  'unprovision',
] as const;
const helpOf = (command: string): readonly string[] => [
  ...(command === '' ? [] : command.split(' ')),
  '--help',
];
const run = (...more: readonly string[]): readonly string[] => ['run', '--config', alone, ...more];

/** What happened two hours ago: south is over, north is not. */
const fleet = new Played({ nowMs: Date.now() - 7_200_000 });
fleet.turn([failingTrouble({ score: 0.5, runs: { bad: 1, of: 1 } })]);
fleet
  .after(60_000)
  .turn([failingTrouble(), slowTrouble({ tenant: 'coast', sinceMs: BEGAN - 3_600_000 })]);
for (const wait of [60_000, 30_000]) fleet.after(wait).turn([failingTrouble()]);
const INCIDENT = fleet.open[0]!;

/** An hour ago: what is too old is not kept. */
const AT = `${new Date(Date.now() - 3_600_000).toISOString().slice(0, 19)}Z`;
const record = (...more: readonly string[]): readonly string[] => [
  'deployment',
  'record',
  '--config',
  alone,
  ...more,
];

const gate = (...more: readonly string[]): readonly string[] => [
  'gate',
  '--config',
  alone,
  ...more,
];
const UNKNOWN_GATE = '20260101T000000000Z-1';
const silence = (name: string, ...more: readonly string[]): readonly string[] => [
  'silence',
  ...[name, '--config', alone, ...more],
];
const silenceNorth = (...more: readonly string[]): readonly string[] =>
  silence('add', '--tenant', 'north', '--reason', 'ticket 4711', ...more);
/** In two months: neither over nor too far ahead. */
const DAY = new Date(Date.now() + 60 * 86_400_000).toISOString().slice(0, 10);
const inParis = (ms: number): string =>
  new Date(ms).toLocaleString('sv-SE', { timeZone: 'Europe/Paris' });
const UNKNOWN_INCIDENT = '20260101T000000000Z-0';

const misuses: readonly (readonly [string, readonly string[], string])[] = [
  ['no command', [], 'Usage: orderwatch'],
  ['a command that there is not', ['explode'], "unknown command 'explode'"],
  ['no configuration', ['check'], "required option '--config <file>' not specified"],
  ['an option that there is not', ['check', '--config', good, '--fast'], "unknown option '--fast'"],
  [
    'rules for a tenant that there is not',
    ['rules', '--config', good, '--tenant', 'nowhere'],
    'no tenant "nowhere"; the configuration has: north, south',
  ],
  ['one word too many', ['check', '--config', good, 'now'], 'too many arguments'],
  [
    'a configuration that is not there',
    ['check', '--config', 'nowhere.yaml'],
    'nowhere.yaml:1: cannot be read: ENOENT',
  ],
  [
    'a forbidden configuration',
    ['check', '--config', bad],
    'url-ftp.yaml:5: tenants[0].url: not a plain http(s) URL',
  ],
  ['a run with a forbidden configuration', ['run', '--config', bad], 'not a plain http(s) URL'],
  [
    'a tenant that there is not',
    run('--tenant', 'west'),
    'no tenant "west"; the configuration has: north, south',
  ],
  [
    'a scenario that there is not',
    run('--scenario', 'x'),
    'no scenario "x"; there are: edi-exchange, invoice-posting, login,',
  ],
  [
    'a transport that there is not',
    run('--transport', 'fax'),
    'no transport "fax"; there are: rpc, browser',
  ],
  [
    'a run id that is none',
    ['explain', '--config', alone, 'SYN~north'],
    'SYN~north is not a run id: SYN~tenant~scenario~transport~slot',
  ],
  [
    'a deployment without a version',
    record(),
    "required option '--version <version>' not specified",
  ],
  ['a deployment of an empty version', record('--version', ''), 'write 1 to 80 characters'],
  [
    'a deployment on a cluster that there is not',
    record('--version', '1', '--cluster', 'z'),
    'no cluster "z"; the configuration has: a',
  ],
  [
    'a deployment to a tenant that there is not',
    record('--version', '1', '--tenant', 'west'),
    'no tenant "west"; the configuration has: north, south',
  ],
  [
    'a deployment at a time without a zone',
    record('--version', '1', '--at', '2026-11-23T14:00:00'),
    'write an instant with its zone: 2026-11-23T14:00:00Z',
  ],
  [
    'deployments of a tenant that there is not',
    ['deployment', 'list', '--config', alone, '--tenant', 'west'],
    'no tenant "west"; the configuration has: north, south',
  ],
  [
    'a history that is not there',
    ['baseline', 'replay', '--input', 'nowhere.jsonl'],
    'nowhere.jsonl: cannot be read: ENOENT',
  ],
  ['nothing to do with silences', ['silence'], 'Usage: orderwatch silence'],
  [
    'a silence without a reason',
    silence('add', '--tenant', 'north', '--for', '2h'),
    "required option '--reason <text>' not specified",
  ],
  [
    'a silence of everybody',
    silence('add', '--reason', 'x', '--for', '2h'),
    "required option '--tenant <id>' not specified",
  ],
  [
    'a silence of a tenant that there is not',
    silence('add', '--tenant', 'west', '--reason', 'x', '--for', '2h'),
    'no tenant "west"; the configuration has: north, south',
  ],
  [
    'a silence of a scenario that there is not',
    silenceNorth('--for', '2h', '--scenario', 'x'),
    'no scenario "x"; there are: edi-exchange, invoice-posting, login,',
  ],
  [
    'maintenance of a scenario',
    silenceNorth('--for', '2h', '--scenario', 'login', '--maintenance'),
    '--maintenance is of a whole tenant; leave --scenario or it out',
  ],
  ['a silence without an end', silenceNorth(), 'say when it ends: --for 2h, or --until'],
  [
    'a silence with two ends',
    silenceNorth('--for', '2h', '--until', '2099-01-01T00:00Z'),
    '--for and --until both say when it ends; keep one of them',
  ],
  [
    'a silence of no time',
    silenceNorth('--for', 'ever'),
    '--for ever is no time; write a number and a unit: 30m, 2h, 1d',
  ],
  [
    'a silence that ends before it begins',
    silenceNorth('--from', '2026-11-24T22:00', '--until', '2026-11-24T21:00'),
    'it ends before it begins; write a later --until',
  ],
  [
    'a silence of the past',
    silenceNorth('--from', '2020-11-24T22:00', '--for', '2h'),
    'it is over already; write a later --until, or --for',
  ],
  [
    'a silence of more than 30 days',
    silenceNorth('--for', '31d'),
    'it is longer than 30 days; end it sooner, and add another one then',
  ],
  [
    'a silence in a far year',
    silenceNorth('--from', '2999-01-01T00:00', '--for', '2h'),
    'it begins in more than a year; write an earlier --from',
  ],
  [
    'a silence from a day that there is not',
    silenceNorth('--from', '2027-02-29T00:00', '--for', '2h'),
    '--from 2027-02-29T00:00 is no instant; write it as 2026-11-24T22:00, or with its zone',
  ],
  [
    'a silence in a zone that there is not',
    silenceNorth('--for', '2h', '--zone', 'Mars'),
    '--zone Mars is no IANA time zone; write one like Europe/Paris',
  ],
  [
    'a local time of tenants in several zones',
    silenceNorth('--tenant', 'south', '--from', `${DAY}T22:00`, '--for', '2h'),
    'the tenants are in several zones; say whose --from is meant: --zone',
  ],
  ['nothing to do with baselines', ['baseline'], 'Usage: orderwatch baseline'],
  ['nothing to do with incidents', ['incident'], 'Usage: orderwatch incident'],
  [
    'an incident that there is not',
    ['incident', 'show', UNKNOWN_INCIDENT, '--config', alone, '--state', 'new'],
    `no incident ${UNKNOWN_INCIDENT}; list them: orderwatch incident list --config ${alone} --state new`,
  ],
  [
    'incidents of a tenant that there is not',
    ['incident', 'list', '--config', alone, '--tenant', 'west'],
    'no tenant "west"; the configuration has: north, south',
  ],
  ['nothing to do with deployments', ['deployment'], 'Usage: orderwatch deployment'],
  ['a gate without a configuration', ['gate'], "required option '--config <file>' not specified"],
  ['a commit without its version', gate('--commit', 'c0ffee'), 'name the version too'],
  [
    'a gate against what there is not',
    gate('--against', 'yesterday'),
    '--against yesterday: write state, tenant:ID or file:PATH',
  ],
  [
    'a gate against a tenant that there is not',
    gate('--against', 'tenant:west'),
    'no tenant "west"; the configuration has: north, south',
  ],
  [
    'a gate of a tenant against itself',
    gate('--tenant', 'north', '--against', 'tenant:north'),
    'north cannot be compared with itself; name another tenant',
  ],
  [
    'a gate against a file without reports',
    gate('--against', `file:${good}`),
    'orderwatch.yaml: is no JSON; write one with',
  ],
  [
    'a gate against a file that is not there',
    gate('--against', 'file:nowhere.json'),
    'nowhere.json: cannot be read: ENOENT',
  ],
  [
    'a policy that there is not',
    gate('--policy', 'lax'),
    'no policy "lax"; there are: default, release',
  ],
  [
    'a gate without time to play',
    gate('--timeout', '10s'),
    '--timeout leaves no time to play: cleaning up may take 1 m 35 s of it',
  ],
  ['a hold that is none', gate('--hold', 'on'), 'Allowed choices are pass, fail'],
  ['gates without a configuration', ['gate', 'list'], "required option '--config <file>'"],
  [
    'gates of a tenant that there is not',
    ['gate', 'list', '--config', alone, '--tenant', 'west'],
    'no tenant "west"; the configuration has: north, south',
  ],
  ['no gate to show', ['gate', 'show', '--config', alone], "missing required argument 'gate id'"],
  ['a count that is none', run('--repeat', '0'), 'write a whole number from 1'],
  ['a time that is none', run('--timeout', '5'), 'write a number and a unit: 30s, 5m, 1h'],
  ['a time in which nothing can be done', run('--timeout', '0s'), '--timeout'],
  [
    'no administrator to provision with',
    ['provision', '--config', alone, '--tenant', 'south'],
    'no administrator for south: set ORDERWATCH_ADMIN_LOGIN',
  ],
];

const ORDER = ['--scenario', 'order-confirmation'] as const;
const GATED = [...ORDER, '--state', 'gated'] as const;

const others = {
  skipped: { args: run('--tenant', 'south'), cwd },
  ours: { args: run('--tenant', 'north', ...ORDER, '--transport', 'rpc', '--json', '-'), cwd },
  unwritable: { args: run('--tenant', 'south', '--json', 'file/report.json'), cwd },
  junit: { args: run('--tenant', 'south', ...ORDER, '--json', '-', '--junit', 'junit.xml'), cwd },
  checkJson: { args: ['check', '--config', good, '--json'] },
  check: { args: ['check', '--config', 'orderwatch.yaml'], cwd: contractPath('good') },
  rules: { args: ['rules', '--config', alone], cwd },
  rulesOfOne: { args: ['rules', '--config', good, '--tenant', 'north'] },
  noRedis: { args: ['residue', '--config', noRedis], cwd },
  gated: {
    args: gate('--tenant', 'south', ...GATED, '--version', '19.0.3', '--json', '-'),
    cwd,
  },
  gates: { args: ['gate', 'list', '--config', alone, '--state', 'gated', '--json'], cwd },
  gatedForPeople: {
    args: gate('--tenant', 'south', ...GATED, '--summary', 'file/gate.md'),
    cwd,
  },
  noGates: { args: ['gate', 'list', '--config', alone, '--state', 'new'], cwd },
  noGate: { args: ['gate', 'show', '--config', alone, UNKNOWN_GATE], cwd },
  replayed: { args: ['baseline', 'replay', '--input', 'history.jsonl'], cwd },
  replayedBad: { args: ['baseline', 'replay', '--input', 'bad.jsonl'], cwd },
  incidents: { args: ['incident', 'list', '--config', alone], cwd },
  openIncidents: { args: ['incident', 'list', '--config', alone, '--open', '--json'], cwd },
  incidentsOfNorth: { args: ['incident', 'list', '--config', alone, '--tenant', 'north'], cwd },
  noIncidents: { args: ['incident', 'list', '--config', alone, '--state', 'new', '--open'], cwd },
  incident: { args: ['incident', 'show', '--config', alone, INCIDENT.id], cwd },
  incidentJson: { args: ['incident', 'show', '--config', alone, INCIDENT.id, '--json'], cwd },
  version: { args: ['--version'] },
  versionLater: { args: ['ledger', '-V'] },
  nothingRecorded: { args: ['deployment', 'list', '--config', alone, '--state', 'new'], cwd },
  recorded: {
    args: record('--version', '19.0.1', '--at', AT, '--json'),
    cwd,
  },
  recordedLater: {
    args: record(
      '--version',
      '19.0.2',
      '--commit',
      '3f2c9ab',
      '--tenant',
      'south',
      '--source',
      'ci',
    ),
    cwd,
  },
  recordedCluster: {
    args: record('--version', '1', '--cluster', 'a', '--state', 'new', '--json'),
    cwd,
  },
  deployments: { args: ['deployment', 'list', '--config', alone, '--json'], cwd },
  deploymentsOfNorth: {
    args: ['deployment', 'list', '--config', alone, '--tenant', 'north'],
    cwd,
  },
  notSilent: {
    args: ['silence', 'list', '--config', noMaintenance, '--state', 'new', '--json'],
    cwd,
  },
  silenced: {
    args: silenceNorth('--from', `${DAY}T22:00`, '--until', `${DAY}T23:30`, '--json'),
    cwd,
  },
  silencedElsewhere: {
    args: silence(
      ...['add', '--tenant', 'south', '--tenant', 'north', '--reason', 'new disks', '--by', 'ada'],
      ...['--maintenance', '--for', '2d', '--from', `${DAY}T22:00`, '--zone', 'Asia/Tokyo'],
    ),
    cwd,
  },
  silencedNow: { args: silenceNorth('--for', '2h', '--scenario', 'login'), cwd },
  silences: { args: silence('list', '--json'), cwd },
  silencesForPeople: { args: silence('list'), cwd },
  noSilence: { args: silence('expire', UNKNOWN_GATE), cwd },
} satisfies Readonly<Record<string, Call>>;

/** As `--state` is when nobody names it. */
const kept = new Incidents(new FolderRecords(join(cwd, '.orderwatch')), systemClock);

const calls: readonly (readonly [string, Call])[] = [
  ...commands.map((command) => [`help ${command}`, { args: helpOf(command) }] as const),
  ...misuses.map(([name, args]) => [`misuse ${name}`, { args, cwd }] as const),
  ...Object.entries(others),
];
let endings: ReadonlyMap<string, Ended>;
const ended = (name: string): Ended => endings.get(name)!;

beforeAll(async () => {
  for (const one of fleet.incidents.values()) await kept.put(one);
  const all = await orderwatches(
    calls.map(([, call]) => call),
    env,
  );
  endings = new Map(calls.map(([name], index) => [name, all[index]!]));
}, 30_000);

describe('help', () => {
  it.each(commands)('of "orderwatch %s" is as it was read and agreed', (command) => {
    const { code, stdout, stderr } = ended(`help ${command}`);
    expectGolden(`golden/${['help', ...helpOf(command).slice(0, -1)].join('-')}.txt`, stdout);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  });

  it.each(commands)('of "orderwatch %s" fits 110 columns', (command) => {
    const lines = ended(`help ${command}`).stdout.split('\n');
    expect(lines.filter((line) => line.length > 110)).toEqual([]);
  });

  it.each(commands.slice(1))('of "orderwatch %s" has an example and the exit codes', (command) => {
    expect(ended(`help ${command}`).stdout).toMatch(
      /Examples?:\n {2}orderwatch .*Exit codes: 0 passed/s,
    );
  });
});

describe('misuse', () => {
  it.each(misuses)('%s ends with 2 and says why', (name, _, message) => {
    const { code, stderr } = ended(`misuse ${name}`);
    expect(stderr).toContain(message);
    expect(code).toBe(2);
  });

  it.each(misuses)('%s is told in lines, not in a stack', (name) => {
    expect(ended(`misuse ${name}`).stderr).not.toMatch(/^ {4}at /m);
  });
});

describe('a run', () => {
  it('that skipped everything is 3, for nothing ran', () => {
    const { code, stdout } = ended('skipped');
    expect(stdout).toContain('skipped south order-confirmation rpc');
    expect(stdout).toContain('skipped: consent is read-only, this scenario needs reversible');
    expect(code).toBe(3);
  });

  it('that failed by our own fault is 4: the secret is missing', () => {
    const { code, stdout } = ended('ours');
    expect(JSON.parse(stdout)).toMatchObject({
      runs: [
        { outcome: { kind: 'inconclusive', failure: { code: 'secret.missing', blame: 'fleet' } } },
      ],
    });
    expect(code).toBe(4);
  });

  it('without the Redis that is configured is our own trouble, said in one line', () => {
    const { code, stderr } = ended('noRedis');
    expect(stderr).toBe(
      'error: Redis does not answer: is the address under fleet.redis right, and is it up?\n',
    );
    expect(code).toBe(4);
  });

  it('whose report cannot be written is our own trouble, said in one line', () => {
    const { code, stderr } = ended('unwritable');
    expect(stderr).toContain('ENOTDIR');
    expect(stderr).not.toContain('    at ');
    expect(code).toBe(4);
  });

  it('writes JUnit to its file, and JSON to standard output alone', () => {
    const { stdout, stderr } = ended('junit');
    expect(JSON.parse(stdout)).toMatchObject({ runs: [{ tenant: 'south' }] });
    expect(stderr).toContain('skipped: consent is read-only');
    expect(readFileSync(join(cwd, 'junit.xml'), 'utf8')).toContain('<skipped');
  });
});

describe('check', () => {
  const ALL = [
    'edi-exchange',
    'invoice-posting',
    'login',
    'order-confirmation',
    'order-to-cash',
    'picking-validation',
    'stock-reservation',
  ];

  it('is data where data is asked for', () => {
    const { code, stdout, stderr } = ended('checkJson');
    expect(JSON.parse(stdout)).toMatchObject({
      fleet: 'acme',
      tenants: [
        {
          tenant: 'north',
          consent: 'full',
          scenarios: ALL,
          rowBudget: 5_000,
        },
        { tenant: 'south', consent: 'read-only', scenarios: [], rowsPerDay: 0, rowBudget: 6_000 },
      ],
      scenarios: ALL.map((scenario) => ({ scenario })),
      schedules: [
        { tenant: 'north', scenario: 'order-confirmation', transport: 'rpc', slotsPerDay: 288 },
        { tenant: 'north', when: 'every 15m, calendar office', slotsPerDay: 28.57 },
        { tenant: 'north', scenario: 'login', when: '*/30 6-20 * * mon-sat Europe/London' },
        { tenant: 'south', skipped: 'consent is read-only, this scenario needs reversible' },
      ],
    });
    const { schedules } = JSON.parse(stdout) as { readonly schedules: readonly { next: string }[] };
    for (const { next } of schedules) {
      expect(next).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d$/);
    }
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  });

  it('is a table for people', () => {
    // Of the same width, so that the columns stay.
    const timeless = ended('check').stdout.replace(
      /\d{4}-\d\d-\d\d \d\d:\d\d:\d\d/g,
      'YYYY-MM-DD hh:mm:ss',
    );
    expectGolden('golden/check.txt', timeless);
  });
});

describe('rules', () => {
  it('are printed as they are shipped, with the runbooks where the configuration says they are', () => {
    const { code, stdout, stderr } = ended('rules');
    const shipped = readFileSync(SHIPPED_RULES, 'utf8');
    expect(stdout).toBe(
      shipped.replaceAll('deploy/alerting/runbooks', 'https://wiki.example/runbooks'),
    );
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  });

  it('of one tenant are about this one', () => {
    const { code, stdout } = ended('rulesOfOne');
    expect(stdout).toContain('(orderwatch_residue_documents{tenant=~"north"})');
    expect(stdout).not.toContain('orderwatch_sink_deliveries_total');
    expect(code).toBe(0);
  });
});

describe('a replay', () => {
  it('says what was wrong as it came to be known', () => {
    const { code, stdout, stderr } = ended('replayed');
    const lines = stdout.trim().split('\n');
    const [first, ...scores] = lines.map((line) => JSON.parse(line) as unknown);
    const series = { tenant: 't01', scenario: 'order', step: 'confirm' };
    expect(first).toEqual({ type: 'learning', t: 300_000, ...series });
    expect(scores).toMatchObject([
      { t: 300_000, ...series, kind: 'failures' },
      { t: 600_000 },
      { t: 900_000 },
      { t: 1_200_000 },
    ]);
    const [, , third] = scores as readonly { readonly score: number }[];
    expect(third!.score).toBeGreaterThanOrEqual(1);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  });

  it('skips what it cannot read, names each line, and ends with 4', () => {
    const { code, stdout, stderr } = ended('replayedBad');
    expect(stderr.split('\n')).toEqual([
      'error: line 1: not a JSON object',
      'error: line 2: type is none of tenant, deploy, probe',
      'error: line 3: no tenant "t02" before it; its line of type tenant comes first',
      'error: line 4: tz: not an IANA time zone',
      'error: line 7: t: 600000 is before 1200000; sort the lines by t',
      'error: line 8: ok: true or false is wanted',
      'error: line 9: ms: milliseconds, 0 or more, are wanted',
      '7 lines of 10 skipped',
      '',
    ]);
    expect(stdout.trim().split('\n')).toHaveLength(3);
    expect(code).toBe(4);
  });
});

describe('deployments', () => {
  it('are none at first', () => {
    expect(ended('nothingRecorded')).toEqual({
      code: 0,
      stdout: 'nothing was recorded\n',
      stderr: '',
    });
  });

  it('are recorded for all tenants, or for some, and listed newest first', () => {
    const first = {
      v: 1,
      id: expect.stringMatching(/^\d{8}T\d{6}000Z-\d+$/) as string,
      atMs: Date.parse(AT),
      version: '19.0.1',
      source: 'hand',
      tenants: ['north', 'south'],
    };
    expect(JSON.parse(ended('recorded').stdout)).toEqual(first);
    expect(ended('recordedLater').stdout).toMatch(/^recorded \S+: 19\.0\.2 for 1 tenant\n$/);
    expect(JSON.parse(ended('recordedCluster').stdout)).toMatchObject({ tenants: first.tenants });
    const listed = JSON.parse(ended('deployments').stdout) as { deployments: unknown };
    const second = { version: '19.0.2', commit: '3f2c9ab', source: 'ci', tenants: ['south'] };
    expect(listed.deployments).toMatchObject([second, first]);
  });

  it('are a table for people, of one tenant when asked', () => {
    const timeless = ended('deploymentsOfNorth').stdout.replace(
      /\d{4}-\d\d-\d\d \d\d:\d\d:\d\d/g,
      'YYYY-MM-DD hh:mm:ss',
    );
    expect(timeless).toMatch(
      /^when \(UTC\) .*\nYYYY-MM-DD hh:mm:ss {2}19\.0\.1 {11}hand {4}north, south\n$/,
    );
  });
});

describe('silences', () => {
  const listed = (name: string) =>
    (JSON.parse(ended(name).stdout) as { readonly silences: readonly Record<string, unknown>[] })
      .silences;

  it('are none where nobody said so', () => {
    expect(listed('notSilent')).toEqual([]);
  });

  it('are in the zone of the tenant, or the one that is named', () => {
    const silenced = JSON.parse(ended('silenced').stdout) as {
      readonly fromMs: number;
      readonly toMs: number;
    };
    expect(silenced).toEqual({
      v: 1,
      id: expect.stringMatching(/^\d{8}T\d{9}Z-\d+$/) as string,
      kind: 'silence',
      tenants: ['north'],
      fromMs: silenced.fromMs,
      toMs: silenced.fromMs + 90 * 60_000,
      reason: 'ticket 4711',
      by: 'hand',
    });
    expect(inParis(silenced.fromMs)).toBe(`${DAY} 22:00:00`);
    // Of tenants in several zones in UTC.
    expect(ended('silencedElsewhere').stdout).toMatch(
      new RegExp(`^silent: north, south from ${DAY}T13:00:00\\+00:00 to .*\\(UTC\\)\n`),
    );
    expect(ended('silencedNow').stdout).toMatch(
      /^silent: north from .*\+0\d:00 \(Europe\/Paris\)\nend it sooner with: orderwatch silence expire \S+ --config \S+\n$/,
    );
  });

  it('are listed with those that the configuration plans', () => {
    const found = listed('silences');
    expect(found.filter(({ by }) => by !== 'configuration')).toMatchObject([
      { state: 'active', kind: 'silence', tenants: ['north'], scenario: 'login' },
      { state: 'coming', kind: 'maintenance', tenants: ['north', 'south'], by: 'ada' },
      { state: 'coming', kind: 'silence', tenants: ['north'], reason: 'ticket 4711' },
    ]);
    const planned = found.filter(({ by, state }) => by === 'configuration' && state === 'coming');
    expect(planned.map(({ tenants, reason }) => [tenants, reason])).toEqual(
      expect.arrayContaining([
        [['north'], 'updates of the platform'],
        [['south'], 'updates of the platform'],
        [['south'], 'planned maintenance month-end'],
      ]),
    );
  });

  it('are a table for people', () => {
    expect(ended('silencesForPeople').stdout).toMatch(
      /^id +state +kind +tenants +from +until +zone +by +reason\n.*north: login .*Europe\/Paris +hand +ticket 4711$/ms,
    );
  });

  it('that nobody made cannot be ended, which is 3', () => {
    const { code, stderr } = ended('noSilence');
    expect(stderr).toBe(`nothing is kept of ${UNKNOWN_GATE}; there are: orderwatch silence list\n`);
    expect(code).toBe(3);
  });
});

describe('a gate', () => {
  it('of what is skipped is 3, for nothing ran, and is kept', () => {
    const { code, stdout } = ended('gated');
    const result = JSON.parse(stdout) as object;
    expect(result).toMatchObject({
      verdict: { kind: 'inconclusive', code: 'nothing-ran' },
      deployment: { version: '19.0.3', source: 'gate', tenants: ['south'] },
      series: [{ tenant: 'south', skipped: expect.stringContaining('consent') as string }],
    });
    expect(code).toBe(3);
    expect(JSON.parse(ended('gates').stdout)).toEqual({ gates: [{ ...result, runs: [] }] });
  });

  it('tells its verdict also where its files cannot be written', () => {
    const { code, stdout, stderr } = ended('gatedForPeople');
    expect(stdout).toContain('inconclusive: nothing ran: consent is read-only');
    expect(stderr).toContain('ENOTDIR');
    expect(code).toBe(4);
  });

  it('that nobody knows is 3, and says where to look', () => {
    expect(ended('noGates')).toEqual({ code: 0, stdout: 'no gate is known\n', stderr: '' });
    const { code, stderr } = ended('noGate');
    expect(stderr).toBe(`nothing is kept of ${UNKNOWN_GATE}; there are: orderwatch gate list\n`);
    expect(code).toBe(3);
  });
});

describe('the version', () => {
  it('is the package’s', () => {
    const manifest = readFileSync(contractPath('../../package.json'), 'utf8');
    const { version } = JSON.parse(manifest) as { readonly version: string };
    for (const name of ['version', 'versionLater']) {
      expect(ended(name)).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' });
    }
  });
});

describe.concurrent('a process of its own', () => {
  it.concurrent('ends with the code, and without a colour in a pipe', async () => {
    const { code, stderr } = await orderwatch({ args: ['check', '--config', bad] });
    expect(stderr).toMatch(/^error: \/.*url-ftp\.yaml:5: /);
    expect(code).toBe(2);
  });

  it.concurrent.each([{ CI: 'true' }, { FORCE_COLOR: '1' }])(
    'has no colours in a pipe, with %j',
    async (more) => {
      const { stderr } = await orderwatch({ args: ['check', '--config', bad] }, more);
      expect(stderr).not.toContain('\u001b');
    },
  );

  it.concurrent('does not end at once for a --timeout of a month', async () => {
    const { code, stderr } = await orderwatch(
      { args: run('--tenant', 'south', '--timeout', '30d'), cwd },
      env,
    );
    expect(stderr).not.toContain('TimeoutOverflowWarning');
    expect([2, 3]).toContain(code);
  });
});

describe('incidents', () => {
  it('are listed newest first, open ones by name', () => {
    const { code, stdout } = ended('incidents');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^id +began \(UTC\) +state +severity +owner +what$/m);
    expect(stdout).toMatch(/ over after \d+ .* Picking validation at coast takes 1\.8 times/);
    expect(stdout).toMatch(
      / open +page +erp-support +Invoice posting at north fails at "post invoice"/,
    );
    const open = JSON.parse(ended('openIncidents').stdout) as { readonly incidents: unknown };
    expect(open.incidents).toEqual([INCIDENT]);
    expect(ended('incidentsOfNorth').stdout.trim().split('\n')).toHaveLength(2);
    expect(ended('noIncidents')).toMatchObject({ code: 0, stdout: 'no incident is open\n' });
  });

  it('are shown with their parts, suspects and each decision in order', () => {
    const { code, stdout } = ended('incident');
    expect(code).toBe(0);
    expect(stdout).not.toContain('\u001b');
    const parts = ['page for erp-support', '1 part\n', 'suspects\n', 'decisions (UTC)\n'];
    const stages = ['silence', 'confirm', 'confirm', 'correlate', 'dedupe', 'route', 'deliver'];
    let rest = stdout;
    for (const piece of [...parts, ...stages.map((stage) => `  ${stage}: `)]) {
      expect(rest).toContain(piece);
      rest = rest.slice(rest.indexOf(piece) + piece.length);
    }
    expect(stdout).toContain(
      'play invoice-posting at north again (one run failed at "post invoice"',
    );
    expect(incidentSchema.parse(JSON.parse(ended('incidentJson').stdout))).toEqual(INCIDENT);
  });
});
