import Stripe from 'stripe';
import { afterAll, expect, test } from 'vitest';
import { openShop } from '../checkout/test-shop.ts';
import { day } from '../clock.ts';
import { verifiedIndividual } from '../connect/test-account.ts';
import { createSandbox } from '../index.ts';

const clock = { at: Date.UTC(2026, 0, 5), now: () => clock.at };
const sandbox = createSandbox({ clock });
afterAll(() => sandbox.close());

let platforms = 0;

/** A platform with a connected account, and on one of the two a customer who pays 50 dollars a month. */
async function world(on: 'platform' | 'account' = 'platform') {
  const key = `sk_test_billing${platforms++}`;
  const client = (stripeAccount?: string) =>
    new Stripe(key, {
      httpClient: Stripe.createFetchHttpClient(sandbox.fetch),
      maxNetworkRetries: 0,
      ...(stripeAccount === undefined ? {} : { stripeAccount }),
    });
  const platform = client();
  const { id } = await platform.accounts.create(verifiedIndividual);
  const theirs = client(id);
  const seller = on === 'platform' ? platform : theirs;
  const product = (await seller.products.create({ name: 'Premium' })).id;
  const price = (
    await seller.prices.create({
      product,
      currency: 'usd',
      unit_amount: 5000,
      recurring: { interval: 'month' },
    })
  ).id;
  const customer = (await seller.customers.create({ email: 'ann@example.com' })).id;
  const card = await seller.paymentMethods.attach('pm_card_bypassPending', { customer });
  await seller.customers.update(customer, { invoice_settings: { default_payment_method: card.id } });
  const audit = async () => {
    const response = await sandbox.fetch('http://sandbox/_sandbox/audit', {
      headers: { authorization: `Bearer ${key}` },
    });
    return ((await response.json()) as { problems: string[] }).problems;
  };
  const fees = async () => (await platform.applicationFees.list()).data.map(({ amount }) => amount);
  const transfers = async () =>
    (await platform.transfers.list()).data.map(({ amount, destination }) => [amount, destination]);
  return { platform, theirs, id, seller, price, customer, audit, fees, transfers };
}

/** An invoice over 120 dollars, finalized and paid. */
async function billed(stripe: Stripe, customer: string, more: Partial<Stripe.InvoiceCreateParams>) {
  const draft = await stripe.invoices.create({ customer, auto_advance: false, ...more });
  await stripe.invoiceItems.create({ customer, invoice: draft.id, amount: 12_000, currency: 'usd' });
  return draft;
}

test('a subscription on a connected account pays its platform a percentage of every invoice', async () => {
  const { theirs, platform, price, customer, audit, fees } = await world('account');
  const subscription = await theirs.subscriptions.create({
    customer,
    items: [{ price }],
    application_fee_percent: 12.5,
  });
  expect(subscription).toMatchObject({
    status: 'active',
    application: expect.stringMatching(/^ca_/),
    application_fee_percent: 12.5,
  });
  clock.at += 32 * day * 1000;
  expect(await fees()).toEqual([625, 625]);
  const invoice = await theirs.invoices.retrieve(String(subscription.latest_invoice));
  expect(invoice.application).toBe(subscription.application);
  await theirs.subscriptions.update(subscription.id, { application_fee_percent: '' });
  clock.at += 31 * day * 1000;
  expect(await fees()).toEqual([625, 625]);
  expect((await platform.balance.retrieve()).available[0]?.amount).toBe(1250);
  expect(await audit()).toEqual([]);
});

test('a subscription of the platform sends its account a share of every invoice', async () => {
  const { platform, id, price, customer, audit, fees, transfers } = await world();
  const { id: sub } = await platform.subscriptions.create({
    customer,
    items: [{ price }],
    on_behalf_of: id,
    transfer_data: { destination: id, amount_percent: 80.05 },
  });
  clock.at += 32 * day * 1000;
  expect(await transfers()).toEqual([
    [4003, id],
    [4003, id],
  ]);
  const [charge] = (await platform.charges.list()).data;
  expect(charge).toMatchObject({ on_behalf_of: id, transfer_data: { amount: 4003, destination: id } });
  const changed = await platform.subscriptions.update(sub, {
    application_fee_percent: 10,
    transfer_data: { destination: id },
  });
  expect(changed).toMatchObject({
    application_fee_percent: 10,
    on_behalf_of: id,
    transfer_data: { amount_percent: null, destination: id },
  });
  clock.at += 31 * day * 1000;
  expect((await transfers())[0]).toEqual([5000, id]);
  expect(await fees()).toEqual([500]);
  expect(await audit()).toEqual([]);
});

test('an invoice has a fee or a transfer of its own, which its draft can change and a revision keeps', async () => {
  const { platform, id, customer, audit, fees, transfers } = await world();
  const draft = await billed(platform, customer, {
    application_fee_amount: 700,
    transfer_data: { destination: id },
  });
  await platform.invoices.update(draft.id, { application_fee_amount: 900 });
  await platform.invoices.finalizeInvoice(draft.id);
  const revision = await platform.invoices.create({
    from_invoice: { action: 'revision', invoice: draft.id },
  });
  await platform.invoices.finalizeInvoice(revision.id);
  await platform.invoices.pay(revision.id);
  expect(await fees()).toEqual([900]);
  expect(await transfers()).toEqual([[12_000, id]]);
  const part = await billed(platform, customer, { transfer_data: { destination: id, amount: 10_000 } });
  await platform.invoices.pay(part.id);
  expect((await transfers())[0]).toEqual([10_000, id]);
  expect(await audit()).toEqual([]);
});

test('a credit note on an open invoice leaves no more to share than there is to pay', async () => {
  const { platform, id, customer, audit, fees, transfers } = await world();
  const draft = await billed(platform, customer, {
    application_fee_amount: 6000,
    transfer_data: { destination: id },
  });
  await platform.invoices.finalizeInvoice(draft.id);
  await platform.creditNotes.create({ invoice: draft.id, amount: 8000 });
  await platform.invoices.pay(draft.id);
  expect(await transfers()).toEqual([[4000, id]]);
  expect(await fees()).toEqual([4000]);
  expect(await audit()).toEqual([]);
});

test('a checkout session shares what is paid through it, once or every month', async () => {
  const { platform, theirs, id, audit, fees, transfers } = await world();
  const shop = await openShop(platform);
  const paid = await shop.open({
    mode: 'payment',
    line_items: [{ price: shop.once, quantity: 2 }],
    payment_intent_data: {
      application_fee_amount: 300,
      on_behalf_of: id,
      transfer_data: { destination: id },
      transfer_group: 'order 1',
    },
  });
  expect((await shop.pay(paid.id)).payment_intent).toMatchObject({
    application_fee_amount: 300,
    on_behalf_of: id,
    transfer_data: { destination: id },
    transfer_group: 'order 1',
  });
  expect(await fees()).toEqual([300]);
  expect(await transfers()).toEqual([[3000, id]]);
  const monthly = await shop.open({
    mode: 'subscription',
    line_items: [{ price: shop.monthly, quantity: 1 }],
    subscription_data: { application_fee_percent: 20, transfer_data: { destination: id } },
  });
  expect((await shop.pay(monthly.id)).subscription).toMatchObject({ application_fee_percent: 20 });
  expect(await fees()).toEqual([200, 300]);
  const direct = await openShop(theirs);
  const session = await direct.open({
    mode: 'payment',
    line_items: [{ price: direct.once, quantity: 1 }],
    payment_intent_data: { application_fee_amount: 150 },
  });
  await direct.pay(session.id);
  expect((await fees())[0]).toBe(150);
  expect(await audit()).toEqual([]);
});

test('payment links and quotes hand their shares on', async () => {
  const { platform, id, price, customer, audit, fees, transfers } = await world();
  const shop = await openShop(platform);
  const link = await platform.paymentLinks.create({
    line_items: [{ price: shop.once, quantity: 1 }],
    application_fee_amount: 100,
    transfer_data: { destination: id },
    payment_intent_data: { transfer_group: 'links' },
  });
  expect(link).toMatchObject({
    application_fee_amount: 100,
    transfer_data: { amount: null, destination: id },
    payment_intent_data: { transfer_group: 'links' },
  });
  const page = await sandbox.fetch(link.url, { redirect: 'manual' });
  const session = /cs_test_\w+/.exec(page.headers.get('location') ?? '')?.[0] ?? '';
  await shop.pay(session);
  expect(await transfers()).toEqual([[1500, id]]);
  expect(await fees()).toEqual([100]);

  const quote = await platform.quotes.create({
    customer,
    line_items: [{ price }],
    application_fee_percent: 30,
    transfer_data: { destination: id },
  });
  expect(quote.transfer_data).toEqual({ amount: null, amount_percent: null, destination: id });
  await platform.quotes.finalizeQuote(quote.id);
  await platform.quotes.accept(quote.id);
  expect(await fees()).toEqual([1500, 100]);
  const once = await platform.quotes.create({
    customer,
    line_items: [{ price: shop.once }],
    transfer_data: { destination: id, amount: 1000 },
  });
  await platform.quotes.finalizeQuote(once.id);
  const accepted = await platform.quotes.accept(once.id);
  await platform.invoices.pay(String(accepted.invoice));
  expect((await transfers())[0]).toEqual([1000, id]);
  expect(await audit()).toEqual([]);
});

test('shares that go with nothing are refused where they are asked for', async () => {
  const { platform, theirs, id, price, customer } = await world();
  const shop = await openShop(platform);
  const items = [{ price }];
  const bare = await platform.accounts.create({ type: 'custom' });
  const subscribe = (more: Partial<Stripe.SubscriptionCreateParams>) =>
    platform.subscriptions.create({ customer, items, ...more });
  const link = (more: Partial<Stripe.PaymentLinkCreateParams>) =>
    platform.paymentLinks.create({ line_items: [{ price: shop.monthly, quantity: 1 }], ...more });
  const refusals: [() => Promise<unknown>, string][] = [
    [() => subscribe({ application_fee_percent: 10 }), 'application_fee_percent'],
    [() => subscribe({ application_fee_percent: 100.5 }), 'application_fee_percent'],
    [() => subscribe({ transfer_data: { destination: 'acct_none' } }), 'transfer_data[destination]'],
    [() => subscribe({ transfer_data: { destination: bare.id } }), 'transfer_data[destination]'],
    [() => subscribe({ on_behalf_of: bare.id }), 'on_behalf_of'],
    [
      () => subscribe({ application_fee_percent: 5, transfer_data: { destination: id, amount_percent: 5 } }),
      'application_fee_percent',
    ],
    [() => platform.invoices.create({ customer, application_fee_amount: 10 }), 'application_fee_amount'],
    [
      () =>
        platform.checkout.sessions.create({
          mode: 'payment',
          success_url: 'https://shop.example/',
          line_items: [{ price: shop.once, quantity: 1 }],
          payment_intent_data: { application_fee_amount: 1501, transfer_data: { destination: id } },
        }),
      'payment_intent_data[application_fee_amount]',
    ],
    [
      () => link({ application_fee_amount: 10, transfer_data: { destination: id } }),
      'application_fee_amount',
    ],
    [
      () =>
        platform.quotes.create({
          customer,
          line_items: [{ price: shop.once }],
          application_fee_percent: 10,
          transfer_data: { destination: id },
        }),
      'application_fee_percent',
    ],
    [() => theirs.setupIntents.create({ on_behalf_of: id }), 'on_behalf_of'],
  ];
  for (const [call, param] of refusals)
    await expect(call()).rejects.toMatchObject({ statusCode: 400, param });
});
