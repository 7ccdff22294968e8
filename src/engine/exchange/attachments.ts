/** The way by attachments: a document is uploaded into Odoo, which imports it at once; its invoice is downloaded. */
import { Failed } from '../../domain/failure.ts';
import type { WebClient } from '../../scenario/web.ts';
import type { Access } from '../access.ts';
import type { Download } from '../ports.ts';
import { documentIn, integration, type Way } from './way.ts';

export interface AttachmentMeans {
  readonly access: Access;
  /** Absent where the transport is `rpc`. */
  readonly web: WebClient | undefined;
  /** Gets a file from the tenant as the signed-in probe user. */
  readonly download: (path: string) => ReturnType<Download>;
}

export function attachmentWay({ access, web, download }: AttachmentMeans): Way {
  return {
    // Odoo itself writes nothing else for a partner.
    answers: ['invoice'],
    isQueue: false,
    isByHand: web !== undefined,
    backlogAge: () => Promise.resolve(undefined),
    isWaiting: () => Promise.resolve(false),
    handIn: async (letters) => {
      if (web !== undefined) {
        for (const letter of letters) await access.byHand('sale.order', () => web.upload(letter));
        return;
      }
      const files: number[] = [];
      for (const { name, type, bytes } of letters) {
        const datas = Buffer.from(bytes).toString('base64');
        files.push(await access.create('ir.attachment', { name, mimetype: type, datas }));
      }
      await access.write('sale.order', 'create_document_from_attachment', [[], files]);
    },
    collected: async (_, orderId) => {
      const invoice = await postedInvoice(access, orderId);
      if (invoice === undefined) return [];
      const path = `/account/download_invoice_documents/${invoice.id}/ubl`;
      const { status, contentType, body } = await download(path);
      if (status === 200 && body.length > 0 && contentType.includes('xml')) {
        return [documentIn(`invoice ${invoice.name ?? invoice.id}`, body)];
      }
      const said = `HTTP ${status}, ${contentType}, ${body.length} bytes`;
      throw new Failed(integration('missing-answer', `Odoo exports no invoice: ${said}`));
    },
    // The engine finds them in Odoo, whoever attached them.
    tidy: () => Promise.resolve(),
    close: () => Promise.resolve(),
  };
}

async function postedInvoice(
  access: Access,
  orderId = 0,
): Promise<{ readonly id: number; readonly name: string | undefined } | undefined> {
  const [invoice] = await access.searchRead(
    'account.move',
    [
      ['line_ids.sale_line_ids.order_id', '=', orderId],
      ['state', '=', 'posted'],
    ],
    { name: 'text' },
  );
  return invoice;
}
