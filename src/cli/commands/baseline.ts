/** `orderwatch baseline`: what is normal, and the detector over a history, line by line, as it would have spoken at the time. */
import { once } from 'node:events';
import type { ReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import type { Command } from 'commander';
import { describeThrown } from '../../lib/thrown.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import { UsageError } from '../options.ts';
import { Replay } from '../replay.ts';
import { counted, liveLine, printNote } from '../terminal.ts';
import { addAccept, addShow } from './baseline-known.ts';

interface Options {
  readonly input: string;
}

/** Characters gathered before they are written. */
const CHUNK = 65_536;
const SHOWN_EVERY = 50_000;

export function addBaseline(program: Command, done: (code: ExitCode) => void): void {
  const baseline = program
    .command('baseline')
    .description(
      'what is normal for each step, what is from now on, and how it is told from a history',
    )
    .addHelpText(
      'after',
      '\nExample:\n  orderwatch baseline show --config orderwatch.yaml --tenant north',
    );
  addShow(baseline, done);
  addAccept(baseline, done);
  baseline
    .command('replay')
    .description(
      'what the detector would have said of a history, at each moment from the past only',
    )
    .option('--input <file>', 'JSON lines in order of time; - is standard input', '-')
    .addHelpText(
      'after',
      `
Needs no configuration. Lines in (t is epoch milliseconds):
  {"type":"tenant","t":..,"tenant":"t01","host":"h1","tz":"Europe/Berlin","intervalMinutes":5,
   "calendar":{"holidays":["2026-05-01"],"announced":[{"name":"promotion","date":"2026-02-19"}],
   "closing":{"fromBusinessDay":-1,"toBusinessDay":2,"from":9,"to":18},
   "windows":[{"name":"receiving peak","days":"business","from":7.5,"to":10}]}}
  {"type":"deploy","t":..,"tenant":"t01","release":"r3"}
  {"type":"probe","t":..,"tenant":"t01","scenario":"picking","step":"reserve","ok":true,"ms":734}
Lines out, as soon as they are known; a score of 1 or more is an alert, repeated while it lasts:
  {"t":..,"tenant":"t01","scenario":"picking","step":"reserve","score":1.4,"kind":"latency","ratio":1.8}
  {"t":..,"host":"h1","score":1.6,"kind":"host","covers":["t01/picking","t02/order"]}
  {"type":"gate","t":..,"tenant":"t01","release":"r3","scenario":"picking","worse":true}
  {"type":"learning",...}  the step is new: nothing is said of its latency for a week
  {"type":"accepted",...}  it was slow for so long that it is normal now
A line that cannot be read is skipped and said on standard error; then it exits 4.

Examples:
  orderwatch baseline replay --input history.jsonl > alerts.jsonl
  zcat history.jsonl.gz | orderwatch baseline replay | jq -c 'select(.score >= 1)'`,
    )
    .action(async ({ input }: Options) => {
      done(await replay(input));
    });
}

async function replay(input: string): Promise<ExitCode> {
  const stream = input === '-' ? process.stdin : await opened(input);
  const lines = createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY });
  const reading = new Replay();
  const live = liveLine();
  live.show('reading');
  let pending = '';
  for await (const text of lines) {
    for (const found of reading.take(text)) pending += `${JSON.stringify(found)}\n`;
    if (reading.lines % SHOWN_EVERY === 0) live.show(`${counted(reading.lines, 'line')} read, for`);
    if (pending.length < CHUNK) continue;
    if (!process.stdout.write(pending)) await once(process.stdout, 'drain');
    pending = '';
  }
  live.clear();
  process.stdout.write(pending);
  if (reading.skipped === 0) return EXIT.passed;
  printNote(`${counted(reading.skipped, 'line')} of ${reading.lines} skipped`);
  return EXIT.inconclusive;
}

async function opened(file: string): Promise<ReadStream> {
  try {
    return (await open(file)).createReadStream();
  } catch (error) {
    throw new UsageError(`${file}: cannot be read: ${describeThrown(error)}`);
  }
}
