import Stripe from 'stripe';
import { afterAll, expect, test } from 'vitest';
import { cardOf, createVisitor } from '../hosted-pages/visitor.ts';
import { createSandbox } from '../index.ts';
import { openShop } from './test-shop.ts';

const sandbox = createSandbox();
afterAll(() => sandbox.close());
const { open: visit, send } = createVisitor(sandbox);

let platforms = 0;
/** A platform with a shop, and a seller connected to it who can be paid. */
async function newPlatform() {
  const httpClient = Stripe.createFetchHttpClient(sandbox.fetch);
  const stripe = new Stripe(`sk_test_sharing${platforms++}`, { httpClient, maxNetworkRetries: 0 });
  const shop = await openShop(stripe);
  const { id: seller } = await stripe.accounts.create({
    type: 'custom',
    country: 'US',
    business_type: 'individual',
    business_profile: { mcc: '5734', url: 'https://accessible.stripe.com', name: 'Rocket Rides' },
    capabilities: { card_payments: { requested: true }, transfers: { requested: true } },
    individual: {
      first_name: 'Jenny',
      last_name: 'Rosen',
      email: 'jenny@example.com',
      phone: '0000000000',
      dob: { day: 1, month: 1, year: 1901 },
      ssn_last_4: '0000',
      address: { line1: 'address_full_match', city: 'Ohio City', state: 'OH', postal_code: '44113' },
    },
    tos_acceptance: { date: 1_700_000_000, ip: '8.8.8.8' },
    external_account: 'btok_us_verified',
  });
  return { ...shop, seller };
}

test('a session shares its payment with a connected account, less the platform’s fee', async () => {
  const { stripe, open, pay, once, seller } = await newPlatform();
  const { id } = await open({
    mode: 'payment',
    line_items: [{ price: once, quantity: 2 }],
    payment_intent_data: {
      application_fee_amount: 300,
      transfer_data: { destination: seller },
      transfer_group: 'ORDER1',
    },
  });
  expect((await pay(id)).payment_intent).toMatchObject({
    application_fee_amount: 300,
    transfer_data: { destination: seller },
    transfer_group: 'ORDER1',
  });
  expect((await stripe.transfers.list()).data).toMatchObject([{ amount: 3000, destination: seller }]);
  expect((await stripe.applicationFees.list()).data).toMatchObject([{ amount: 300 }]);
});

test('a link does the same for everybody who pays it', async () => {
  const { stripe, once, seller } = await newPlatform();
  const link = await stripe.paymentLinks.create({
    line_items: [{ price: once, quantity: 1 }],
    application_fee_amount: 100,
    on_behalf_of: seller,
    transfer_data: { destination: seller },
  });
  const { location } = await visit(link.url);
  await send(location, { action: 'pay', email: 'ada@example.com', ...cardOf('4242424242424242') });
  expect((await stripe.charges.list()).data).toMatchObject([
    { amount: 1500, application_fee_amount: 100, on_behalf_of: seller, status: 'succeeded' },
  ]);
  const plain = { application_fee_amount: '', on_behalf_of: '', transfer_data: '' } as const;
  expect(await stripe.paymentLinks.update(link.id, plain)).toMatchObject({
    application_fee_amount: null,
    on_behalf_of: null,
    transfer_data: null,
  });
});

test('sharing is refused at once where it cannot work', async () => {
  const { stripe, open, once, monthly, seller } = await newPlatform();
  const session = (payment_intent_data: Stripe.Checkout.SessionCreateParams.PaymentIntentData) =>
    open({ mode: 'payment', line_items: [{ price: once, quantity: 1 }], payment_intent_data });
  await expect(session({ transfer_data: { destination: 'acct_nobody' } })).rejects.toMatchObject({
    param: 'payment_intent_data[transfer_data][destination]',
  });
  await expect(session({ application_fee_amount: 10 })).rejects.toMatchObject({
    param: 'payment_intent_data[application_fee_amount]',
  });
  await expect(
    session({ application_fee_amount: 1501, transfer_data: { destination: seller } }),
  ).rejects.toMatchObject({ code: 'amount_too_large' });
  const link = (price: string, more: Partial<Stripe.PaymentLinkCreateParams>) =>
    stripe.paymentLinks.create({ line_items: [{ price, quantity: 1 }], ...more });
  await expect(link(once, { transfer_data: { destination: 'acct_nobody' } })).rejects.toMatchObject({
    param: 'transfer_data[destination]',
  });
  await expect(link(monthly, { application_fee_amount: 5 })).rejects.toMatchObject({
    param: 'application_fee_amount',
  });
});
