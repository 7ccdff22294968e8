/** The trading partner of one run: what is configured for it, and the way that leads to and from it. */
import { Failed } from '../../domain/failure.ts';
import type { WebClient } from '../../scenario/web.ts';
import type { Access } from '../access.ts';
import type { RunState } from '../run-state.ts';
import { attachmentWay } from './attachments.ts';
import { fileWay } from './files.ts';
import type { Partner } from './way.ts';

/** Left of the run's time, so that it ends by what it found out and not by its time. */
const MARGIN_MS = 3_000;

/** Throws Failed `scenario.no-partner` (scenario) where no EDI is configured. */
export function partnerOf(
  state: RunState,
  access: Access,
  by: { readonly web: () => WebClient; readonly signal: AbortSignal },
): Partner {
  const { engine, run, calls, plans } = state;
  const { tenant, transport } = run;
  const { edi } = tenant;
  if (edi === undefined) throw new Failed(noPartner);
  const { signal } = by;
  const call = { timeoutMs: tenant.limits.callMs, signal };
  const way =
    edi.channel.kind === 'attachment'
      ? attachmentWay({
          access,
          web: transport === 'browser' ? by.web() : undefined,
          download: (path) =>
            calls.follow(`GET ${path}`, signal, () => engine.download(tenant, path, call)),
        })
      : fileWay({
          access,
          channel: engine.openChannel(edi.channel),
          runId: plans.entry.runId,
          clock: engine.clock,
          call,
        });
  const { clock } = engine;
  const { burst = 1 } = run;
  return { edi, way, burst, clock, signal, untilMs: state.runUntilMs - MARGIN_MS };
}

const noPartner = {
  code: 'scenario.no-partner',
  blame: 'scenario',
  message: 'no trading partner is configured, and no condition `edi` is declared',
} as const;
