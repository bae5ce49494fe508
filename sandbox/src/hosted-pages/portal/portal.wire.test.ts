import Stripe from 'stripe';
import { afterAll, describe, expect, test } from 'vitest';
import { createSandbox } from '../../index.ts';
import { cardOf, createVisitor } from '../visitor.ts';

let now = Date.UTC(2026, 0, 15, 12);
const sandbox = createSandbox({ clock: { now: () => now } });
afterAll(() => sandbox.close());
const { open: visit, send } = createVisitor(sandbox);
const return_url = 'https://shop.example/account';

let accounts = 0;
async function newSubscriber() {
  const httpClient = Stripe.createFetchHttpClient(sandbox.fetch);
  const stripe = new Stripe(`sk_test_atportal${accounts++}`, { httpClient, maxNetworkRetries: 0 });
  const product = (await stripe.products.create({ name: 'Berth' })).id;
  const price = async (unit_amount: number) =>
    (await stripe.prices.create({ product, currency: 'usd', unit_amount, recurring: { interval: 'month' } }))
      .id;
  const [small, large] = [await price(1000), await price(3000)];
  const customer = (
    await stripe.customers.create({
      name: 'Ada',
      email: 'ada@example.com',
      payment_method: 'pm_card_visa',
    })
  ).id;
  const [card] = (await stripe.customers.listPaymentMethods(customer)).data;
  const subscription = await stripe.subscriptions.create({
    customer,
    items: [{ price: small }],
    default_payment_method: card?.id,
  });
  const configuration = (
    await stripe.billingPortal.configurations.create({
      features: {
        customer_update: { enabled: true, allowed_updates: ['name', 'email', 'address'] },
        invoice_history: { enabled: true },
        payment_method_update: { enabled: true },
        subscription_cancel: {
          enabled: true,
          cancellation_reason: { enabled: true, options: ['too_expensive', 'other'] },
        },
        subscription_update: {
          enabled: true,
          default_allowed_updates: ['price', 'quantity'],
          proration_behavior: 'always_invoice',
          products: [{ product, prices: [small, large], adjustable_quantity: { enabled: true, maximum: 4 } }],
        },
      },
    })
  ).id;
  const enter = async (flow_data?: Stripe.BillingPortal.SessionCreateParams.FlowData) =>
    (await stripe.billingPortal.sessions.create({ customer, configuration, return_url, flow_data })).url;
  return { stripe, customer, subscription: subscription.id, small, large, enter };
}

describe('the customer portal', () => {
  test('shows what the customer has, pays with and has paid', async () => {
    const { enter, stripe, customer } = await newSubscriber();
    const page = await visit(await enter());
    const [invoice] = (await stripe.invoices.list({ customer })).data;
    for (const text of [
      'Berth',
      '$10.00 / month',
      'Renews on 15 February 2026',
      'Visa •••• 4242',
      'ada@example.com',
      return_url,
      invoice?.number,
      invoice?.hosted_invoice_url,
    ])
      expect(page.text).toContain(text);
  });

  test('cancels at the end of the period, with the reason, and lets the customer stay after all', async () => {
    const { enter, stripe, subscription } = await newSubscriber();
    const url = await enter();
    const question = await visit(`${url}/cancel/${subscription}`);
    expect(question.text).toContain('You keep it until 15 February 2026');
    expect(
      (await send(`${url}/cancel/${subscription}`, { reason: 'too_expensive', comment: 'Sorry' })).status,
    ).toBe(303);
    expect(await stripe.subscriptions.retrieve(subscription)).toMatchObject({
      cancel_at_period_end: true,
      cancellation_details: { feedback: 'too_expensive', comment: 'Sorry', reason: 'cancellation_requested' },
    });
    expect((await visit(url)).text).toContain('Ends on 15 February 2026');
    await send(url, { action: 'renew', subscription });
    expect((await stripe.subscriptions.retrieve(subscription)).cancel_at_period_end).toBe(false);
  });

  test('switches plan after saying what that costs now', async () => {
    const { enter, stripe, subscription, large, customer } = await newSubscriber();
    const url = `${await enter()}/switch/${subscription}`;
    expect((await visit(url)).text).toContain('Berth, $30.00 / month');
    expect((await send(url, { action: 'choose', price: 'price_other' })).text).toContain(
      'Choose one of the plans.',
    );
    expect((await send(url, { action: 'choose', price: large, quantity: '9' })).text).toContain(
      'Choose a quantity from 1 to 4.',
    );
    const chosen = await send(url, { action: 'choose', price: large, quantity: '2' });
    const confirm = await visit(`http://x${chosen.location}`);
    expect(confirm.text).toContain('$60.00 / month');
    expect(confirm.text).toContain('<dt>Due today</dt><dd>$50.00</dd>');
    expect((await stripe.invoices.list({ customer })).data).toHaveLength(1);
    expect((await send(`http://x${chosen.location}`, { action: 'confirm' })).status).toBe(303);
    expect((await stripe.subscriptions.retrieve(subscription)).items.data).toMatchObject([
      { price: { id: large }, quantity: 2 },
    ]);
    expect((await stripe.invoices.list({ customer })).data[0]).toMatchObject({ status: 'paid', total: 5000 });
  });

  test('saves a new card, with 3D Secure, which then pays for the subscription', async () => {
    const { enter, stripe, subscription, customer } = await newSubscriber();
    const url = `${await enter()}/card`;
    expect((await send(url, {})).text).toContain('Your card number is incomplete.');
    expect((await send(url, cardOf('4000000000000002'))).text).toContain('Your card was declined.');
    const bank = await send(url, cardOf('4000002500003155'));
    const failed = await send(bank.location, { outcome: 'fail' });
    expect((await visit(failed.location)).text).toContain('We are unable to authenticate');
    const again = await send(url, cardOf('4000002500003155'));
    const done = await send(again.location, { outcome: 'succeed' });
    expect((await visit(done.location)).status).toBe(303);
    const chosen = (await stripe.subscriptions.retrieve(subscription)).default_payment_method;
    const method = await stripe.paymentMethods.retrieve(String(chosen));
    expect(method).toMatchObject({ customer, card: { last4: '3155' } });
    const { invoice_settings: settings } = (await stripe.customers.retrieve(customer)) as Stripe.Customer;
    expect(settings.default_payment_method).toBe(chosen);
  });

  test('removes a card, and makes another the default', async () => {
    const { enter, stripe, customer } = await newSubscriber();
    const url = await enter();
    const second = await stripe.paymentMethods.attach('pm_card_mastercard', { customer });
    await send(url, { action: 'default', card: second.id });
    const customers = (await stripe.customers.retrieve(customer)) as Stripe.Customer;
    expect(customers.invoice_settings.default_payment_method).toBe(second.id);
    const [, first] = (await stripe.customers.listPaymentMethods(customer)).data;
    await send(url, { action: 'remove', card: first?.id ?? '' });
    expect((await stripe.customers.listPaymentMethods(customer)).data).toHaveLength(1);
  });

  test('corrects what may be corrected', async () => {
    const { enter, stripe, customer } = await newSubscriber();
    const url = `${await enter()}/details`;
    const address = {
      billing_country: 'DE',
      billing_line1: 'Am Kai 1',
      billing_city: 'Kiel',
      billing_postal_code: '24103',
    };
    expect((await send(url, { name: 'Ada L.', email: 'wrong', ...address })).text).toContain(
      'Invalid email address: wrong',
    );
    expect(
      (await send(url, { name: 'Ada L.', email: 'ada@kiel.example', phone: '+49', ...address })).status,
    ).toBe(303);
    expect(await stripe.customers.retrieve(customer)).toMatchObject({
      name: 'Ada L.',
      email: 'ada@kiel.example',
      phone: null,
      address: { city: 'Kiel', country: 'DE' },
    });
  });

  test('made for one thing leads straight there, and on to where it was told', async () => {
    const { enter, stripe, subscription, large } = await newSubscriber();
    const item = (await stripe.subscriptions.retrieve(subscription)).items.data[0]?.id ?? '';
    const redirect = { type: 'redirect' as const, redirect: { return_url: 'https://shop.example/done' } };
    const url = await enter({
      type: 'subscription_update_confirm',
      subscription_update_confirm: { subscription, items: [{ id: item, price: large }] },
      after_completion: redirect,
    });
    const { location } = await visit(url);
    expect((await visit(location)).text).toContain('<dt>Due today</dt><dd>$20.00</dd>');
    expect((await send(location, { action: 'confirm' })).location).toBe('https://shop.example/done');
    const cancel = await enter({
      type: 'subscription_cancel',
      subscription_cancel: { subscription },
      after_completion: {
        type: 'hosted_confirmation',
        hosted_confirmation: { custom_message: 'Fair winds' },
      },
    });
    expect((await send((await visit(cancel)).location, {})).text).toContain('Fair winds');
    const card = await enter({ type: 'payment_method_update' });
    expect((await visit(card)).location).toMatch(/\/card$/);
  });

  test('is nobody else’s, allows nothing that is switched off, and closes when left alone', async () => {
    const mine = await newSubscriber();
    const other = await mine.stripe.customers.create({ email: 'eve@example.com' });
    const { url } = await mine.stripe.billingPortal.sessions.create({ customer: other.id });
    expect((await visit(`${url}/cancel/${mine.subscription}`)).status).toBe(404);
    expect((await send(`${url}/cancel/${mine.subscription}`, {})).status).toBe(404);
    expect((await send(url, { action: 'renew', subscription: mine.subscription })).status).toBe(404);
    const [card] = (await mine.stripe.customers.listPaymentMethods(mine.customer)).data;
    expect((await send(url, { action: 'remove', card: card?.id ?? '' })).status).toBe(404);
    const own = await mine.stripe.billingPortal.sessions.create({ customer: mine.customer });
    expect((await send(`${own.url}/switch/${mine.subscription}`, { action: 'confirm' })).status).toBe(400);
    expect((await visit(own.url)).status).toBe(200);
    now += 61 * 60_000;
    expect((await visit(own.url)).status).toBe(404);
  });
});
