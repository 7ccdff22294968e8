/** The shape of a tenant's `edi`, every fault it can have by itself, and its domain value. */
import { resolve } from 'node:path';
import { z } from 'zod';
import { type Edi, ediChannels, ediSyntaxes } from '../domain/edi-channel.ts';
import { formatDuration, parseDuration } from '../lib/duration.ts';
import { secretReference } from './secrets.ts';
import {
  duration,
  noneOf,
  plainUrl,
  problem,
  secretReference as reference,
  strict,
  wholeNumber,
  words,
} from './terms.ts';

const SSH_PORT = 22;
const HIGHEST_PORT = 65_535;

const folder = z.string().min(1, problem('empty', 'write the path of a folder'));
const places = {
  in: folder.describe('where the tenant finds what a partner sends'),
  out: folder.describe('where it leaves what the partner collects'),
};

const folderChannel = strict({
  kind: z.literal('folder'),
  in: places.in.describe('folder from which the tenant imports, relative to this file'),
  out: places.out.describe('folder to which it exports, relative to this file'),
}).check(checkPlaces);

const sftpChannel = strict({
  kind: z.literal('sftp'),
  host: words,
  port: wholeNumber('a port, such as 2222')
    .min(1, problem('not a port', `write 1 to ${HIGHEST_PORT}`))
    .max(HIGHEST_PORT, problem('not a port', `write 1 to ${HIGHEST_PORT}`))
    .exactOptional()
    .describe(`${SSH_PORT} when absent`),
  login: words,
  password: reference.exactOptional(),
  privateKey: reference.exactOptional().describe('file:PATH of a private key without a passphrase'),
  hostKey: z
    .string()
    .regex(
      /^SHA256:[A-Za-z0-9+/]{43}$/,
      problem(
        'not the fingerprint of a host key',
        'write SHA256:... as `ssh-keyscan HOST | ssh-keygen -lf -` shows it, once the partner has confirmed it',
      ),
    )
    .describe('the one fingerprint (SHA256:...) that the server may show'),
  ...places,
}).check(checkPlaces, ({ value, issues }) => {
  const { password, privateKey } = value;
  if ((password === undefined) !== (privateKey === undefined)) return;
  const message =
    password === undefined
      ? problem('has neither password nor privateKey', 'write one: password: env:NAME')
      : problem('has both password and privateKey', 'keep one of them');
  issues.push({ code: 'custom', message, path: [], input: value });
});

const httpChannel = strict({
  kind: z.literal('http'),
  in: plainUrl.describe('URL under which files are put'),
  out: plainUrl.describe('URL under which files are listed and got'),
  login: words.exactOptional().describe('for basic authentication'),
  password: reference.exactOptional(),
}).check(checkPlaces, ({ value, issues }) => {
  if ((value.login === undefined) === (value.password === undefined)) return;
  const message = problem('has only one of login and password', 'write both, or none');
  issues.push({ code: 'custom', message, path: [], input: value });
});

/** As X12 has room for it. */
const mailbox = z
  .string()
  .regex(
    /^[A-Za-z0-9._-]{1,15}$/,
    problem('not the name of a mailbox', 'use 1 to 15 of A-Z, a-z, 0-9, ".", "_" and "-"'),
  );

const ANSWER_WITHIN_MS = 60_000;

/** The shape of `edi`. */
export const edi = strict({
  syntax: z.enum(ediSyntaxes),
  mailboxes: strict({ partner: mailbox, tenant: mailbox })
    .exactOptional()
    .describe('the names of both sides on the envelopes of x12 and edifact'),
  answerWithin: duration
    .exactOptional()
    .describe('what the partner waits for longer is late; 1m when absent, at most the run'),
  channel: z
    .discriminatedUnion(
      'kind',
      [strict({ kind: z.literal('attachment') }), folderChannel, sftpChannel, httpChannel],
      noneOf('kind', ediChannels),
    )
    .describe('attachment: in Odoo itself; folder, sftp, http: as files'),
}).check(checkMailboxes, ({ value, issues }) => {
  if (value.channel.kind !== 'attachment' || value.syntax === 'ubl') return;
  const message = problem(
    `${value.syntax} does not go by attachment: Odoo imports only UBL so`,
    'write syntax: ubl, or choose the channel folder, sftp or http',
  );
  issues.push({ code: 'custom', message, path: ['syntax'], input: value });
});

type RawEdi = z.infer<typeof edi>;

/** A relative path of a folder begins at the folder of the file that names it. */
export function compileEdi(
  raw: RawEdi,
  from: Parameters<typeof secretReference>[1],
  runMs: number,
): Edi {
  const { syntax, mailboxes, channel } = raw;
  return {
    syntax,
    ...(mailboxes === undefined ? {} : { mailboxes }),
    answerWithinMs: answerWithinMs(raw) ?? Math.min(ANSWER_WITHIN_MS, runMs),
    channel: compileChannel(channel, from),
  };
}

const answerWithinMs = ({ answerWithin }: RawEdi): number | undefined =>
  answerWithin === undefined ? undefined : parseDuration(answerWithin);

/** What a run that is over would still wait for. */
export function ediComplaints(raw: RawEdi | undefined, runMs: number): readonly string[] {
  const answerMs = raw === undefined ? undefined : answerWithinMs(raw);
  if (answerMs === undefined || answerMs <= runMs) return [];
  const over = `answerWithin (${formatDuration(answerMs)}) is longer than the run (${formatDuration(runMs)})`;
  return [problem(over, 'shorten answerWithin or lengthen limits.run')];
}

function compileChannel(
  raw: RawEdi['channel'],
  from: Parameters<typeof secretReference>[1],
): Edi['channel'] {
  switch (raw.kind) {
    case 'attachment':
      return raw;
    case 'folder':
      return {
        kind: 'folder',
        in: resolve(from.folder, raw.in),
        out: resolve(from.folder, raw.out),
      };
    case 'sftp':
      return compileSftp(raw, from);
    case 'http': {
      const { login, password } = raw;
      return {
        kind: 'http',
        in: raw.in.replace(/\/+$/, ''),
        out: raw.out.replace(/\/+$/, ''),
        ...(login === undefined || password === undefined
          ? {}
          : { credentials: { login, password: secretReference(password, from) } }),
      };
    }
  }
}

function compileSftp(
  raw: z.infer<typeof sftpChannel>,
  from: Parameters<typeof secretReference>[1],
): Edi['channel'] {
  const { password, privateKey = '', port = SSH_PORT, ...rest } = raw;
  const credential =
    password === undefined
      ? ({ kind: 'privateKey', secret: secretReference(privateKey, from, 'whole') } as const)
      : ({ kind: 'password', secret: secretReference(password, from) } as const);
  return { ...rest, port, credential };
}

function checkMailboxes({
  value: { syntax, mailboxes },
  issues,
}: z.core.ParsePayload<{ readonly syntax: string; readonly mailboxes?: object }>): void {
  if ((syntax === 'ubl') === (mailboxes === undefined)) return;
  const message =
    syntax === 'ubl'
      ? problem('is of no use with ubl, which has no envelope', 'remove it')
      : problem(
          `${syntax} has an envelope`,
          'name both sides: mailboxes: { partner: ..., tenant: ... }',
        );
  issues.push({ code: 'custom', message, path: ['mailboxes'], input: mailboxes });
}

function checkPlaces({
  value,
  issues,
}: z.core.ParsePayload<{ readonly in: string; readonly out: string }>): void {
  if (value.in !== value.out) return;
  const message = problem(
    'in and out are the same place',
    'name two: what is sent must not be taken for an answer',
  );
  issues.push({ code: 'custom', message, path: ['out'], input: value });
}
