import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Stripe from 'stripe';
import { afterAll, describe, expect, test } from 'vitest';
import { openShop } from '../checkout/test-shop.ts';
import { createSandbox } from '../index.ts';
import { cardOf, createVisitor } from './visitor.ts';

const sandbox = createSandbox();
afterAll(() => sandbox.close());
const { open: visit, send } = createVisitor(sandbox);

let accounts = 0;
function newShop() {
  const httpClient = Stripe.createFetchHttpClient(sandbox.fetch);
  return openShop(new Stripe(`sk_test_safe${accounts++}`, { httpClient, maxNetworkRetries: 0 }));
}
const email = 'ada@example.com';

describe('every page', () => {
  test('shows hostile names as text and allows nothing from elsewhere', async () => {
    const { stripe, open } = await newShop();
    const name = '"><script>alert(1)</script><img src=x onerror=alert(1)>';
    const customer = (await stripe.customers.create({ name, email })).id;
    const session = await open({
      mode: 'payment',
      customer,
      line_items: [
        {
          price_data: { currency: 'usd', unit_amount: 500, product_data: { name, description: name } },
          quantity: 1,
        },
      ],
      custom_text: { submit: { message: name } },
      custom_fields: [{ key: 'a', label: { type: 'custom', custom: name.slice(0, 50) }, type: 'text' }],
    });
    const invoice = await stripe.invoices.create({ customer, footer: name, description: name });
    await stripe.invoiceItems.create({
      customer,
      invoice: invoice.id,
      amount: 900,
      currency: 'usd',
      description: name,
    });
    const { hosted_invoice_url: bill } = await stripe.invoices.finalizeInvoice(invoice.id);
    const pages = [
      await visit(session.url ?? ''),
      await send(session.url ?? '', { action: 'pay', email: name }),
      await visit(bill ?? ''),
    ];
    for (const page of pages) {
      expect(page.text).toContain('&lt;script&gt;');
      expect(page.text).not.toMatch(/<script|<img|onerror=alert\(1\)>/);
      expect(page.headers.get('content-security-policy')).toMatch(
        /^default-src 'none'; style-src 'self'; form-action 'self'[^;]*; frame-ancestors 'none'; base-uri 'none'$/,
      );
      expect(page.headers.get('cache-control')).toBe('no-store');
      expect(page.text).not.toMatch(/(?:src|href)="(?!https:\/\/shop\.example|\/_sandbox\/)/);
    }
    expect(pages[0]?.headers.get('content-security-policy')).toContain(
      "form-action 'self' https://shop.example;",
    );
  });

  test('answers nonsense with a page that says so', async () => {
    const { open, once } = await newShop();
    const { url, id } = await open({ mode: 'payment', line_items: [{ price: once, quantity: 1 }] });
    for (const path of [
      url?.replace(id, 'cs_test_nope'),
      'http://x/_sandbox/checkout/acct_nope/cs_x',
      'http://x/_sandbox/authenticate/acct_x/pi_x/s',
    ])
      expect(await visit(path ?? '')).toMatchObject({
        status: 404,
        text: expect.stringContaining('no such page'),
      });
    const broken = await sandbox.fetch(url ?? '', { method: 'POST', body: 'a[b=%zz&action=pay' });
    expect(broken.status).toBeLessThan(500);
    expect((await visit('http://x/_sandbox/pages.css')).headers.get('content-type')).toContain('text/css');
  });
});

test('an invoice is paid on its own page, with 3D Secure, and only with its secret', async () => {
  const { stripe } = await newShop();
  const customer = (await stripe.customers.create({ name: "O'Hara" })).id;
  const { id } = await stripe.invoices.create({ customer, currency: 'usd' });
  await stripe.invoiceItems.create({
    customer,
    invoice: id,
    amount: 4200,
    currency: 'usd',
    description: 'Work',
  });
  const url = (await stripe.invoices.finalizeInvoice(id)).hosted_invoice_url ?? '';
  expect((await visit(url)).text).toContain('Pay $42.00');
  expect((await visit(`${url}/pdf`)).headers.get('content-type')).toBe('application/pdf');
  expect((await visit(`${url.slice(0, -1)}!`)).status).toBe(404);
  expect((await send(url, cardOf('4242 4242 4242 4241'))).status).toBe(402);
  const bank = await send(url, cardOf('4000 0027 6000 3184'));
  const failed = await send(bank.location, { outcome: 'fail' });
  expect((await visit(failed.location)).text).toContain('We are unable to authenticate');
  const second = await send(url, cardOf('4000 0027 6000 3184'));
  const done = await send(second.location, { outcome: 'succeed' });
  expect(done.location).toContain(url);
  expect((await visit(done.location)).text).toContain('This invoice is paid.');
  expect((await stripe.invoices.retrieve(id)).status).toBe('paid');
  expect((await send(url, cardOf('4242424242424242'))).status).toBe(303);
  expect((await stripe.charges.list({ customer })).data.filter(({ paid }) => paid)).toHaveLength(1);
});

test('no card number is ever kept', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'purser-pages-'));
  const kept = createSandbox({ dataDir });
  const httpClient = Stripe.createFetchHttpClient(kept.fetch);
  const shop = await openShop(new Stripe('sk_test_kept', { httpClient, maxNetworkRetries: 0 }));
  const session = await shop.open({ mode: 'payment', line_items: [{ price: shop.once, quantity: 1 }] });
  const visitor = createVisitor(kept);
  for (const number of ['4000000000000002', '4242424242424242'])
    await visitor.send(session.url ?? '', { action: 'pay', email, ...cardOf(number) });
  expect((await shop.stripe.checkout.sessions.retrieve(session.id)).status).toBe('complete');
  await kept.close();
  const files = await readdir(dataDir);
  const journals = await Promise.all(files.map((file) => readFile(join(dataDir, file), 'utf8')));
  expect(journals.join('')).toContain('"last4":"4242"');
  expect(journals.join('')).not.toMatch(/4000000000000002|4242424242424242/);
  await rm(dataDir, { recursive: true });
});
