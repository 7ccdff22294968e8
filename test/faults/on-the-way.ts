/** Runs that reach their tenant through a proxy of the kit. */
import { tenantUrl } from '../support/lab.ts';
import type { Injected, Scene } from './fault.ts';
import { type FaultProxyOptions, faultProxy } from './proxy.ts';

/** The run's URL is that of a proxy in front of the tenant, which is closed when the fault is mended. */
export async function through(
  { tenant, mendBy }: Scene,
  options: FaultProxyOptions,
): Promise<Injected> {
  const { url, close } = await faultProxy(tenantUrl(tenant), options);
  mendBy(close);
  return { tenantChange: { url } };
}

/** Acts just before the first call whose name ends like this, such as `MODEL/METHOD`, goes on to the tenant. */
export async function atCall(scene: Scene, call: string, act: () => unknown): Promise<Injected> {
  let done = false;
  const before = async (name: string): Promise<void> => {
    if (done || !name.endsWith(call)) return;
    done = true;
    await act();
  };
  scene.mendBy(() => {
    if (!done) throw new Error(`nothing was injected: the run never called ${call}`);
  });
  return await through(scene, { way: { kind: 'through', before } });
}
