/** One business action, with a hand on the page in the browser and with a call over RPC. */
import type { ScenarioContext, Transport } from 'orderwatch/scenario';

export async function byTransport<T>(
  ctx: ScenarioContext,
  ways: Readonly<Record<Transport, () => Promise<T>>>,
): Promise<T> {
  return await ways[ctx.transport]();
}
