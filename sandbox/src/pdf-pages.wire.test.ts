import Stripe from 'stripe';
import { afterAll, expect, test } from 'vitest';
import { createSandbox } from './index.ts';

const sandbox = createSandbox();
afterAll(() => sandbox.close());
const httpClient = Stripe.createFetchHttpClient(sandbox.fetch);
const stripe = new Stripe('sk_test_pdf_pages', { httpClient, maxNetworkRetries: 0 });

/** The text of a PDF, line by line. */
async function textAt(url: string): Promise<string[]> {
  const response = await sandbox.fetch(url);
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toBe('application/pdf');
  const file = new TextDecoder('latin1').decode(await response.arrayBuffer());
  return [...file.matchAll(/Tm \(((?:\\.|[^\\)])*)\) Tj/g)].map(([, text = '']) =>
    text.replace(/\\05([01])/g, (_, end) => (end === '0' ? '(' : ')')),
  );
}

test('an invoice and its credit note are files that say what they are about', async () => {
  const vat = await stripe.taxRates.create({ display_name: 'VAT', inclusive: false, percentage: 20 });
  const { id: customer } = await stripe.customers.create({
    name: 'Béa (Nails)',
    email: 'bea@example.com',
    address: { line1: '1 High Street', city: 'York', country: 'GB' },
  });
  const draft = await stripe.invoices.create({
    customer,
    currency: 'usd',
    collection_method: 'send_invoice',
    due_date: Date.UTC(2030, 4, 10) / 1000,
    default_tax_rates: [vat.id],
    custom_fields: [{ name: 'PO', value: '4711' }],
    footer: 'Thank you',
  });
  await stripe.invoices.addLines(draft.id, {
    lines: Array.from({ length: 12 }, (_, at) => ({ amount: 100 + at, description: `Box ${at}` })),
  });
  const open = await stripe.invoices.finalizeInvoice(draft.id);
  const text = await textAt(open.invoice_pdf ?? '');
  expect(text).toEqual(
    expect.arrayContaining([
      'Invoice',
      open.number,
      'B\\351a (Nails)',
      '1 High Street',
      '10 May 2030',
      '$15.19 due 10 May 2030',
      'Box 11',
      '$1.11',
      'VAT (20%)',
      '$2.53',
      'PO',
      '4711',
      'Thank you',
    ]),
  );
  const note = await stripe.creditNotes.create({ invoice: open.id, amount: 500, memo: 'Sorry' });
  expect(await textAt(note.pdf)).toEqual(
    expect.arrayContaining(['Credit note', note.number, open.number, '$5.00', 'Sorry']),
  );
  await stripe.invoices.pay(open.id, { paid_out_of_band: true });
  expect(await textAt(open.invoice_pdf ?? '')).toContain('$10.19 paid');
});

test('a file is not given to whoever does not know its address', async () => {
  const { id: customer } = await stripe.customers.create();
  const draft = await stripe.invoices.create({ customer });
  const open = await stripe.invoices.finalizeInvoice(draft.id);
  const guess = (open.invoice_pdf ?? '').replace(/[^/]+\/pdf$/, 'guess/pdf');
  expect((await sandbox.fetch(guess)).status).toBe(404);
  expect((await sandbox.fetch(guess.replace(open.id, draft.id.replace('in_', 'cn_')))).status).toBe(404);
});
