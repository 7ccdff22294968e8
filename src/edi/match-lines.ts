/** The lines of an answer compared with those that were ordered, by product: sellers number lines as they like. */
import type { Line, PricedLine, Product } from './document.ts';
import { differing, differingAmount, type MatchFinding } from './findings.ts';

interface Pair {
  readonly ordered: PricedLine;
  readonly answered: Line;
}

/** `name` names the document in findings. */
export function lineFindings(
  name: string,
  ordered: readonly PricedLine[],
  answered: readonly Line[],
): readonly MatchFinding[] {
  const { pairs, missing, extra } = paired(ordered, answered);
  return [
    ...pairs.flatMap((pair) => pairFindings(`${name}: line ${pair.ordered.id}`, pair)),
    ...missing.map(({ id, product }) => ({
      code: 'missing-line' as const,
      where: `${name}: line ${id}`,
      expected: nameOfProduct(product),
    })),
    ...extra.map(({ id, product }) => ({
      code: 'extra-line' as const,
      where: `${name}: its line ${id}`,
      actual: nameOfProduct(product),
    })),
  ];
}

/** Lines of one product, first those with one number; what is left over is paired by number, as a wrong product. */
function paired(
  ordered: readonly PricedLine[],
  answered: readonly Line[],
): {
  readonly pairs: readonly Pair[];
  readonly missing: readonly PricedLine[];
  readonly extra: readonly Line[];
} {
  const [missing, extra] = [new Set(ordered), new Set(answered)];
  const pairs: Pair[] = [];
  const take = (isPair: (line: PricedLine, answer: Line) => boolean): void => {
    for (const line of missing) {
      const answer = [...extra].find((one) => isPair(line, one));
      if (answer === undefined) continue;
      pairs.push({ ordered: line, answered: answer });
      missing.delete(line);
      extra.delete(answer);
    }
  };
  take((line, answer) => line.id === answer.id && isSameProduct(line.product, answer.product));
  take((line, answer) => isSameProduct(line.product, answer.product));
  take((line, answer) => line.id === answer.id);
  return { pairs, missing: [...missing], extra: [...extra] };
}

function isSameProduct(one: Product, other: Product): boolean {
  const key =
    (['code', 'barcode'] as const).find(
      (name) => one[name] !== undefined && other[name] !== undefined,
    ) ?? 'name';
  return one[key] === other[key];
}

const nameOfProduct = ({ code, barcode, name }: Product): string => code ?? barcode ?? name;

function pairFindings(where: string, { ordered, answered }: Pair): readonly MatchFinding[] {
  if (!isSameProduct(ordered.product, answered.product)) {
    return differing(
      'wrong-product',
      where,
      nameOfProduct(ordered.product),
      nameOfProduct(answered.product),
    );
  }
  const quantity = [
    ...differingAmount('wrong-quantity', where, ordered.quantity, answered.quantity),
    ...differing('wrong-quantity', `${where}: unit`, ordered.unit, answered.unit),
  ];
  const price = differingAmount('wrong-price', where, ordered.price, answered.price);
  // A wrong quantity or price makes a wrong total, which says nothing new.
  const isExplained = quantity.length + price.length > 0;
  const total = isExplained
    ? []
    : differingAmount('wrong-total', where, ordered.total, answered.total);
  return [...quantity, ...price, ...total];
}
