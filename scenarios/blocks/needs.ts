/** Puts together what the blocks of a scenario need, so that each block states its own. */
import type { Needs } from 'orderwatch/scenario';

type ByModel<T> = Readonly<Record<string, readonly T[]>>;

export function allOf(first: Needs, ...more: readonly Needs[]): Needs {
  return more.reduce(
    (sum, needs) => ({
      modules: union(sum.modules, needs.modules),
      fields: merged(sum.fields, needs.fields),
      access: merged(sum.access, needs.access),
      conditions: union(sum.conditions ?? [], needs.conditions ?? []),
      ...byChannel(sum, needs),
    }),
    first,
  );
}

function byChannel(a: Needs, b: Needs): Pick<Needs, 'modulesByChannel'> {
  const modulesByChannel = merged(a.modulesByChannel ?? {}, b.modulesByChannel ?? {});
  return Object.keys(modulesByChannel).length === 0 ? {} : { modulesByChannel };
}

function merged<T>(a: ByModel<T>, b: ByModel<T>): ByModel<T> {
  const models = union(Object.keys(a), Object.keys(b));
  return Object.fromEntries(models.map((model) => [model, union(a[model] ?? [], b[model] ?? [])]));
}

const union = <T>(a: readonly T[], b: readonly T[]): readonly T[] => [...new Set([...a, ...b])];
