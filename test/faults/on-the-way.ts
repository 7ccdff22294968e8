/** Runs that reach their tenant through a proxy of the kit. */
import { tenantUrl } from '../support/lab.ts';
import type { Injected, Scene } from './fault.ts';
import { type FaultProxy, type FaultProxyOptions, faultProxy } from './proxy.ts';

/** A proxy in front of the tenant, closed when the fault is mended. */
export async function inFrontOf(
  { tenant, mendBy }: Scene,
  options: FaultProxyOptions = {},
): Promise<FaultProxy> {
  const proxy = await faultProxy(tenantUrl(tenant), options);
  mendBy(() => proxy.close());
  return proxy;
}

/** The run's URL is the proxy's. */
export async function through(scene: Scene, options: FaultProxyOptions): Promise<Injected> {
  const { url } = await inFrontOf(scene, options);
  return { tenantChange: { url } };
}

/** Acts just before the first call whose name ends like this, `MODEL/METHOD`, goes on to the tenant. */
export async function atCall(
  scene: Scene,
  call: string,
  act: () => Promise<unknown>,
): Promise<Injected> {
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
