/** Holds the bare script of `rpc cycle` to our engine's own calls: same bodies, ids and marks apart. */
import { type CutProxy, cutProxy } from '../support/proxy.ts';
import { bareCycle } from './bare-cycle.ts';
import { openOurs } from './ours.ts';
import { nextMark, type Subject } from './subject.ts';

/** Answers how many calls each side makes; throws when they are not the same ones. */
export async function requireSameCalls(subject: Subject): Promise<number> {
  const proxy = await cutProxy(subject.account.url);
  try {
    const ours = await oursThrough(proxy, subject);
    const account = { ...subject.account, url: proxy.url };
    const bare = await record(proxy, () =>
      bareCycle(account, subject.uid, nextMark(subject, 'rpc')),
    );
    const apart = [without(ours, bare), without(bare, ours)] as const;
    if (apart.every((calls) => calls.length === 0)) return ours.length;
    const [our, its] = apart.map((calls) => calls.map(readable).join('\n'));
    throw new Error(`only our run calls:\n${our}\nonly bare-cycle.ts calls:\n${its}`);
  } finally {
    await proxy.close();
  }
}

async function oursThrough(proxy: CutProxy, subject: Subject): Promise<readonly string[]> {
  const ours = await openOurs(subject, proxy.url);
  try {
    // The first one also asks what the tenant offers.
    await ours.play('rpc');
    return await record(proxy, () => ours.play('rpc'));
  } finally {
    await ours.close();
  }
}

/** Calls of the first that the second does not make, or makes less often. */
function without(calls: readonly string[], others: readonly string[]): readonly string[] {
  const left = [...others];
  return calls.filter((call) => {
    const at = left.indexOf(call);
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
}

async function record(
  { bodies }: CutProxy,
  work: () => Promise<unknown>,
): Promise<readonly string[]> {
  const before = bodies.length;
  await work();
  return bodies.slice(before).map(withoutIds);
}

function withoutIds(body: string): string {
  return (
    body
      .replace(/<int>\d+<\/int>/g, '<int>N</int>')
      .replace(/\d{8}T\d{9}Z-\d+(?:~\d+)?/g, 'S')
      // The short mark of one run, whatever its deadline.
      .replace(/SYN_{7}[0-9A-Z]{10}/g, 'SHORT')
  );
}

/** Without its head, which holds the password. */
const readable = (body: string): string =>
  body.replace(/^.*?<int>/s, '').replace(/(?:<[^>]*>)+/g, ' ');
