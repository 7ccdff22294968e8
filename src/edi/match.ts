/** What came back compared with what was ordered: findings as data, for a scenario to judge. */
import { sumOf } from './decimal.ts';
import {
  type Acknowledgement,
  type BusinessDocument,
  type Document,
  isGln,
  type Order,
  type Party,
  type PricedLine,
  type Totals,
} from './document.ts';
import { differing, differingAmount, type MatchFinding } from './findings.ts';
import { lineFindings } from './match-lines.ts';

type Answer = Exclude<BusinessDocument, Order>;

/** All that is wrong with documents that answer an order, in their order; [] says that they are what was ordered. */
export function match(order: Order, received: readonly Document[]): readonly MatchFinding[] {
  return [
    ...received.flatMap((document) => findingsOf(order, document)),
    ...duplicates(received.filter((document) => document.kind === 'acknowledgement')),
  ];
}

function findingsOf(order: Order, document: Document): readonly MatchFinding[] {
  switch (document.kind) {
    case 'order':
      return [
        {
          code: 'wrong-reference',
          where: nameOf(document),
          expected: 'an answer',
          actual: 'an order',
        },
      ];
    case 'acknowledgement':
      return acknowledgementFindings(order, document);
    case 'order-response':
    case 'despatch-advice':
    case 'invoice':
      return answerFindings(order, document);
  }
}

const nameOf = ({ kind, number }: Document): string =>
  number === undefined ? kind : `${kind} ${number}`;

function answerFindings(order: Order, answer: Answer): readonly MatchFinding[] {
  const name = nameOf(answer);
  const reference = answer.references?.order ?? 'none';
  return [
    ...mailboxes(order, answer),
    ...partner(`${name}: buyer`, order.buyer, answer.buyer),
    ...partner(`${name}: seller`, order.seller, answer.seller),
    ...differing('wrong-reference', `${name}: order`, order.number, reference),
    ...(answer.kind === 'order-response' && answer.status === 'rejected'
      ? [{ code: 'rejected-order', where: name } as const]
      : []),
    ...lineFindings(name, order.lines, answer.lines),
    ...(answer.kind === 'despatch-advice' ? [] : money(name, order, answer)),
  ];
}

function mailboxes({ envelope: sent }: Order, document: Document): readonly MatchFinding[] {
  const came = document.envelope;
  const where = `${nameOf(document)}: envelope`;
  return [
    ...differing('wrong-partner', `${where} sender`, sent?.receiver, came?.sender),
    ...differing('wrong-partner', `${where} receiver`, sent?.sender, came?.receiver),
  ];
}

/** VAT numbers decide, then GLNs; where one side has none, a number that the partners agreed on or the name may agree. */
function partner(
  where: string,
  expected: Party,
  actual: Party | undefined,
): readonly MatchFinding[] {
  if (actual === undefined) return [];
  const [vat, gln, id, name] = [vatOf, glnOf, idOf, nameOfParty].map(
    (key) => [key(expected), key(actual)] as const,
  );
  const isSaid = (pair: Sides | undefined): boolean =>
    pair?.[0] !== undefined && pair[1] !== undefined;
  const deciding =
    [vat, gln].find(isSaid) ??
    [id, name].find((pair) => isSaid(pair) && pair?.[0] === pair?.[1]) ??
    name;
  return differing('wrong-partner', where, deciding?.[0], deciding?.[1]);
}

type Sides = readonly [string | undefined, string | undefined];

const vatOf = ({ vat }: Party): string | undefined => plain(vat);
const idOf = ({ id }: Party): string | undefined => plain(id);
const glnOf = ({ id }: Party): string | undefined =>
  id !== undefined && isGln(id) ? id : undefined;
const nameOfParty = ({ name }: Party): string | undefined => plain(name);

const plain = (text: string | undefined): string | undefined =>
  text?.replace(/[\s.]/g, '').toUpperCase();

function money(
  name: string,
  order: Order,
  { currency, lines: answered, totals }: Exclude<Answer, { kind: 'despatch-advice' }>,
): readonly MatchFinding[] {
  return [
    ...differing('wrong-price', `${name}: currency`, order.currency, currency),
    ...(totals === undefined ? [] : totalFindings(name, order.totals, totals, answered)),
  ];
}

/** Against the order, and whether the document adds up in itself. Allowances are in the net, not in the lines. */
function totalFindings(
  name: string,
  expected: Totals | undefined,
  totals: Totals,
  answered: readonly PricedLine[],
): readonly MatchFinding[] {
  const net = expected?.net ?? sumOf(answered.map(({ total }) => total));
  return [
    ...differingAmount('wrong-total', `${name}: net`, net, totals.net),
    ...differingAmount('wrong-total', `${name}: tax`, expected?.tax, totals.tax),
    ...differingAmount(
      'wrong-total',
      `${name}: gross`,
      sumOf([totals.net, totals.tax]),
      totals.gross,
    ),
  ];
}

function acknowledgementFindings(
  order: Order,
  acknowledgement: Acknowledgement,
): readonly MatchFinding[] {
  const { acknowledges, status, reasons = [] } = acknowledgement;
  const name = nameOf(acknowledgement);
  const numbers = (['interchange', 'group', 'message'] as const).flatMap((level) =>
    differing(
      'mixed-up-control-numbers',
      `${name}: ${level}`,
      order.envelope?.[level],
      acknowledges[level],
    ),
  );
  return [
    ...mailboxes(order, acknowledgement),
    ...partner(`${name}: sender`, order.seller, acknowledgement.sender),
    ...partner(`${name}: receiver`, order.buyer, acknowledgement.receiver),
    ...differing('wrong-reference', `${name}: kind`, order.kind, acknowledges.kind),
    ...differing('wrong-reference', `${name}: number`, order.number, acknowledges.number),
    ...(isAnonymous(acknowledges)
      ? [{ code: 'wrong-reference', where: name, expected: order.number } as const]
      : []),
    ...numbers,
    ...(status === 'rejected'
      ? [{ code: 'rejected-acknowledgement', where: name, actual: reasons.join(', ') } as const]
      : []),
  ];
}

const isAnonymous = ({
  number,
  interchange,
  group,
  message,
}: Acknowledgement['acknowledges']): boolean =>
  [number, interchange, group, message].every((text) => text === undefined);

/** The same verdict on the same document, again; that it was received and then accepted is two verdicts. */
function duplicates(acknowledgements: readonly Acknowledgement[]): readonly MatchFinding[] {
  const seen = new Set<string>();
  return acknowledgements.flatMap((acknowledgement): readonly MatchFinding[] => {
    const { acknowledges, status } = acknowledgement;
    const { kind, number, interchange, group, message } = acknowledges;
    const verdict = JSON.stringify([status, kind, number, interchange, group, message]);
    if (seen.has(verdict))
      return [{ code: 'duplicate-acknowledgement', where: nameOf(acknowledgement) }];
    seen.add(verdict);
    return [];
  });
}
