/** Incidents as people read them: a line each, or one with its parts and every decision. */
import { mergedInto } from '../alerting/decisions.ts';
import type { Incident, Trouble } from '../domain/incident.ts';
import { formatDuration } from '../lib/duration.ts';
import { colours, counted, table, terminalColumns, wrapped } from './terminal.ts';

const WIDEST = 110;

export function incidentTable(incidents: readonly Incident[]): string {
  return table(
    ['id', 'began (UTC)', 'state', 'severity', 'owner', 'what'],
    incidents.map((one) => [
      one.id,
      utc(one.beganMs, 16),
      stateOf(one),
      paintSeverity(one.severity),
      one.owner,
      one.title,
    ]),
  );
}

export function incidentCard(incident: Incident): string {
  const { title, text, severity, owner, layers, parts, suspects, decisions } = incident;
  const columns = Math.min(terminalColumns(), WIDEST);
  const flow = (line: string, indent = 0): readonly string[] => wrapped(line, { columns, indent });
  const layer = layers.length === 0 ? 'layer not known' : layers.join(' or ');
  return [
    colours.bold(title),
    `${paintSeverity(severity)} for ${owner}, ${layer}, ${stateOf(incident)}`,
    '',
    ...flow(text).map((line) => line.trim()),
    '',
    ...section(counted(parts.length, 'part')),
    ...parts.flatMap((one) => flow(partText(one), 2)),
    ...section('suspects'),
    ...(suspects.length === 0 ? ['  no recorded change'] : []),
    ...suspects.flatMap(({ because, deployment }) => flow(`${because} (${deployment})`, 2)),
    ...section('decisions (UTC)'),
    ...decisions.flatMap(({ atMs, stage, decision, because }) =>
      flow(`${utc(atMs, 19)}  ${stage}: ${decision} (${because})`, 2),
    ),
  ].join('\n');
}

const section = (name: string): readonly string[] => [colours.dim(name)];

function partText(one: Trouble): string {
  const { tenant, scenario, transport, step, kind, runs, because, code, runId } = one;
  const what = { failures: 'fails', latency: 'slow', tail: 'some runs slow' }[kind];
  return [
    `${tenant} ${scenario} ${transport}: ${what} at "${step}"`,
    `${runs.bad} of ${runs.of} runs since ${utc(one.sinceMs, 16)}`,
    ...[code, because === '' ? undefined : because, runId].flatMap((text) => text ?? []),
  ].join(', ');
}

function stateOf(incident: Incident): string {
  const { silenced, beganMs, resolvedMs } = incident;
  const into = mergedInto(incident);
  if (into !== undefined) return `part of ${into}`;
  if (resolvedMs !== undefined) return `over after ${formatDuration(resolvedMs - beganMs)}`;
  return silenced ? colours.dim('silenced') : colours.red('open');
}

function paintSeverity(severity: Incident['severity']): string {
  if (severity === 'page') return colours.red(severity);
  return severity === 'ticket' ? colours.yellow(severity) : severity;
}

/** So many characters of the instant in ISO form. */
const utc = (ms: number, length: 16 | 19): string =>
  new Date(ms).toISOString().slice(0, length).replace('T', ' ');
