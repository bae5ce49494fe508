import type { Context, Hono } from 'hono';
import { creditNotes } from './credit-notes/credit-note.ts';
import { creditNotePdf } from './credit-notes/pdf.ts';
import type { Directory } from './directory.ts';
import { currentInvoice } from './invoices/invoice.ts';
import { invoicePdf } from './invoices/pdf.ts';
import { noSuch } from './wire/errors.ts';

/** The files behind `invoice_pdf` and the `pdf` of credit notes: whoever has the address may read them. */
export function addPdfPages(app: Hono, directory: Directory): void {
  app.get('/_sandbox/invoices/:account/:id/:secret/pdf', async (context) => {
    const { account: owner, id } = context.req.param();
    const account = await directory.find(owner);
    const invoice = account && currentInvoice(account, id);
    if (!account || invoice?.invoice_pdf === undefined || !isAt(context, invoice.invoice_pdf))
      throw noSuch('invoice', id, 'id');
    return file(context, invoicePdf(account, invoice), `Invoice-${invoice.number}`);
  });
  app.get('/_sandbox/credit_notes/:account/:id/:secret/pdf', async (context) => {
    const { account: owner, id } = context.req.param();
    const account = await directory.find(owner);
    const note = account?.of(creditNotes).get(id);
    const invoice = note && account && currentInvoice(account, note.invoice);
    if (!account || !note || !invoice || !isAt(context, note.pdf)) throw noSuch('credit note', id, 'id');
    return file(context, creditNotePdf(account, note, invoice), `CreditNote-${note.number}`);
  });
}

/** Whether an address, which holds a secret, is the one that was asked for, whatever host it was made for. */
function isAt(context: Context, address: string | null): boolean {
  return address !== null && new URL(address).pathname === context.req.path;
}

function file(context: Context, bytes: Uint8Array, name: string): Response {
  return context.body(new Uint8Array(bytes), 200, {
    'content-type': 'application/pdf',
    'content-disposition': `inline; filename="${name.replace(/[^\w.-]/g, '_')}.pdf"`,
  });
}
