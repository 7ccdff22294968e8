/** Ctrl-C, SIGTERM and --timeout as one signal; what is running compensates before the command ends. */
import { Stopped } from '../engine/boundary.ts';
import { EXIT, type ExitCode } from './exit.ts';
import { printNote } from './terminal.ts';

export interface Stop {
  readonly signal: AbortSignal;
  /** The exit code of the stop, if there was one. */
  code(): ExitCode | undefined;
  close(): void;
}

/** A second Ctrl-C leaves at once; what is then left behind is the sweep's. */
export function stopOnSignals(timeoutMs?: number): Stop {
  const controller = new AbortController();
  let code: ExitCode | undefined;
  const stop = (reason: string, exit: ExitCode): void => {
    if (code !== undefined) {
      printNote('left at once; `orderwatch sweep` undoes what is still open after its deadline');
      process.exit(EXIT.interrupted);
    }
    code = exit;
    controller.abort(new Stopped(reason));
  };
  const interrupt = (name: string) => (): void => {
    printNote(`${name}: compensating, then stopping (again to leave at once)`);
    stop(`stopped by ${name}`, EXIT.interrupted);
  };
  const handlers = (['SIGINT', 'SIGTERM'] as const).map((name) => [name, interrupt(name)] as const);
  for (const [name, handler] of handlers) process.on(name, handler);
  const timer =
    timeoutMs === undefined
      ? undefined
      : setTimeout(() => {
          stop('stopped by --timeout', EXIT.timedOut);
        }, timeoutMs);
  return {
    signal: controller.signal,
    code: () => code,
    close: () => {
      clearTimeout(timer);
      for (const [name, handler] of handlers) process.off(name, handler);
    },
  };
}
