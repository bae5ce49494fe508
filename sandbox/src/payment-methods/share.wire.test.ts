import Stripe from 'stripe';
import { afterAll, expect, test } from 'vitest';
import { createSandbox } from '../index.ts';

const sandbox = createSandbox();
afterAll(() => sandbox.close());

let platforms = 0;
async function world() {
  const httpClient = Stripe.createFetchHttpClient(sandbox.fetch);
  const stripe = new Stripe(`sk_test_sharing${platforms++}`, { httpClient, maxNetworkRetries: 0 });
  const capabilities = { legacy_payments: { requested: true } };
  const account = (await stripe.accounts.create({ type: 'custom', country: 'US', capabilities })).id;
  const theirs = { stripeAccount: account };
  const customer = (await stripe.customers.create()).id;
  const share = (params: { payment_method: string; customer?: string }, on: Stripe.RequestOptions = theirs) =>
    stripe.paymentMethods.create(params as Stripe.PaymentMethodCreateParams, on);
  return { stripe, theirs, customer, share };
}

test('a platform shares a customer’s card with an account that then charges it, as often as it likes', async () => {
  const { stripe, theirs, customer, share } = await world();
  const card = await stripe.paymentMethods.attach('pm_card_mastercard', { customer });
  for (const amount of [500, 700]) {
    const copy = await share({ payment_method: card.id, customer });
    expect(copy).toMatchObject({ customer: null, card: { brand: 'mastercard', last4: card.card?.last4 } });
    expect(copy.id).not.toBe(card.id);
    const paid = await stripe.paymentIntents.create(
      { amount, currency: 'usd', payment_method: copy.id, confirm: true, return_url: 'https://shop.example' },
      theirs,
    );
    expect(paid.status).toBe('succeeded');
  }
  await expect(stripe.paymentMethods.retrieve(card.id, {}, theirs)).rejects.toMatchObject({
    statusCode: 404,
  });
  expect((await stripe.paymentMethods.retrieve(card.id)).customer).toBe(customer);
});

test('a card that is nobody’s is spent by sharing it, and what it does goes with it', async () => {
  const { stripe, theirs, share } = await world();
  const card = await stripe.paymentMethods.create({ type: 'card', card: { token: 'tok_chargeDeclined' } });
  const copy = await share({ payment_method: card.id });
  await expect(share({ payment_method: card.id })).rejects.toThrow(/shared with a connected account/);
  await expect(
    stripe.paymentIntents.create(
      {
        amount: 500,
        currency: 'usd',
        payment_method: copy.id,
        confirm: true,
        return_url: 'https://shop.example',
      },
      theirs,
    ),
  ).rejects.toMatchObject({ code: 'card_declined' });
});

test('what cannot be shared is refused', async () => {
  const { stripe, theirs, customer, share } = await world();
  const card = await stripe.paymentMethods.attach('pm_card_visa', { customer });
  const stranger = (await stripe.customers.create()).id;
  await expect(share({ payment_method: card.id, customer }, {})).rejects.toThrow(/Stripe-Account/);
  await expect(share({ payment_method: card.id })).rejects.toMatchObject({ param: 'customer' });
  await expect(share({ payment_method: card.id, customer: stranger })).rejects.toMatchObject({
    param: 'customer',
    code: 'resource_missing',
  });
  await expect(share({ payment_method: 'pm_no' })).rejects.toMatchObject({ param: 'payment_method' });
  const params = { card: { token: 'tok_visa' } } as unknown as Stripe.PaymentMethodCreateParams;
  await expect(stripe.paymentMethods.create(params, theirs)).rejects.toMatchObject({
    code: 'parameter_missing',
    param: 'type',
  });
});
