#!/usr/bin/env node
/** The `orderwatch` command: parse, call, print, exit code. */
import { readFileSync } from 'node:fs';
import { Command, CommanderError } from 'commander';
import { ConfigError } from '../config/load.ts';
import { ScenarioError } from '../config/scenarios.ts';
import { describeThrown } from '../lib/thrown.ts';
import { addBaseline } from './commands/baseline.ts';
import { addCheck } from './commands/check.ts';
import { addDeployment } from './commands/deployment.ts';
import { addDoctor } from './commands/doctor.ts';
import { addExplain } from './commands/explain.ts';
import { addGate } from './commands/gate.ts';
import { addIncident } from './commands/incident.ts';
import { addLedger } from './commands/ledger.ts';
import { addProvision, addUnprovision } from './commands/provision.ts';
import { addResidue, addSweep } from './commands/residue.ts';
import { addRules } from './commands/rules.ts';
import { addRun } from './commands/run.ts';
import { addServe } from './commands/serve.ts';
import { addSilence } from './commands/silence.ts';
import { addSlo } from './commands/slo.ts';
import { EXIT, EXIT_HELP, type ExitCode } from './exit.ts';
import { UsageError } from './options.ts';
import { printError } from './terminal.ts';

process.exitCode = await main(process.argv);

async function main(argv: readonly string[]): Promise<ExitCode> {
  let code: ExitCode = EXIT.passed;
  const done = (result: ExitCode): void => {
    code = result;
  };
  try {
    await programOf(done).parseAsync([...argv]);
    return code;
  } catch (error) {
    return explain(error);
  }
}

function programOf(done: (code: ExitCode) => void): Command {
  const program = new Command('orderwatch')
    .description('Synthetic transaction monitor for Odoo.')
    .version(version())
    .addHelpText('after', EXIT_HELP)
    .configureHelp({ showGlobalOptions: true })
    // So that a command may have a --version of its own, which is what it is about.
    .enablePositionalOptions()
    .exitOverride();
  for (const add of [
    addCheck,
    addProvision,
    addDoctor,
    addRun,
    addServe,
    addGate,
    addExplain,
    addLedger,
    addSlo,
    addBaseline,
    addRules,
    addDeployment,
    addSilence,
    addIncident,
    addResidue,
    addSweep,
    addUnprovision,
  ]) {
    add(program, done);
  }
  for (const command of program.commands) {
    finish(command);
    for (const nested of command.commands) hideGlobalOptions(finish(nested));
  }
  return program;
}

/** What all commands have: exit codes in their help, and the program's version unless they have one of their own. */
function finish(command: Command): Command {
  command.addHelpText('after', EXIT_HELP);
  if (command.options.some(({ long }) => long === '--version')) {
    return hideGlobalOptions(command);
  }
  command.version(version());
  command.options.at(-1)?.hideHelp();
  return command;
}

function hideGlobalOptions(command: Command): Command {
  return command.configureHelp({ showGlobalOptions: false });
}

function explain(error: unknown): ExitCode {
  // Commander has printed its own message by now; asking for help is no misuse.
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.passed : EXIT.usage;
  if (error instanceof ConfigError) {
    for (const line of error.message.split('\n')) printError(line);
    return EXIT.usage;
  }
  printError(describeThrown(error));
  const usage = error instanceof UsageError || error instanceof ScenarioError;
  return usage ? EXIT.usage : EXIT.inconclusive;
}

/** From the package's own file, wherever the compiled or the source tree lies. */
function version(): string {
  const candidates = ['../../package.json', '../../../package.json'];
  for (const candidate of candidates) {
    try {
      const text = readFileSync(new URL(candidate, import.meta.url), 'utf8');
      return (JSON.parse(text) as { readonly version: string }).version;
    } catch {
      // The other one is it.
    }
  }
  return 'unknown';
}
