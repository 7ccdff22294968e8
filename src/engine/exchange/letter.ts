/** The document that a run sends: the scenario says what is ordered, the run's mark is its number and names its file. */
import type { Edi, EdiSyntax } from '../../domain/edi-channel.ts';
import type { Mark } from '../../domain/ids.ts';
import { controlNumbersOf, ordinalOf, shortMarkOf } from '../../domain/short-mark.ts';
import { encode, type Order, totalsOf } from '../../edi/index.ts';
import type { OrderToSend } from '../../scenario/documents.ts';

export interface Letter {
  readonly document: Order;
  readonly bytes: Uint8Array;
  /** Of its file, and the media type of that. */
  readonly name: string;
  readonly type: string;
}

const FILES: Readonly<Record<EdiSyntax, { readonly extension: string; readonly type: string }>> = {
  ubl: { extension: 'xml', type: 'application/xml' },
  x12: { extension: 'x12', type: 'application/EDI-X12' },
  edifact: { extension: 'edi', type: 'application/EDIFACT' },
};

/** The n-th of a run, counted from 0. Throws RangeError for what the syntax has no room for. */
export function letterOf(
  order: OrderToSend,
  { mark, edi, n }: { readonly mark: Mark; readonly edi: Edi; readonly n: number },
): Letter {
  const { syntax, mailboxes } = edi;
  const short = shortMarkOf(mark);
  const ordinal = ordinalOf(n);
  // Of the mark itself X12 and EDIFACT carry neither the length nor the tilde.
  const number = (syntax === 'ubl' ? mark : short) + ordinal;
  const envelope =
    mailboxes === undefined
      ? {}
      : {
          envelope: {
            sender: mailboxes.partner,
            receiver: mailboxes.tenant,
            ...controlNumbersOf(short, ordinal),
          },
        };
  const document = { ...totals(order), ...order, number, ...envelope };
  const { extension, type } = FILES[syntax];
  return { document, bytes: encode(document, syntax), name: `${number}.${extension}`, type };
}

/** None where the order leaves its tax to the seller. */
function totals({ lines }: OrderToSend): Pick<Order, 'totals'> {
  const isTaxed = lines.every(({ taxPercent }) => taxPercent !== undefined);
  return isTaxed ? { totals: totalsOf(lines) } : {};
}
