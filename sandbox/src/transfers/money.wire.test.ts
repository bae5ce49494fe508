import Stripe from 'stripe';
import { afterAll, expect, test } from 'vitest';
import { verifiedIndividual } from '../connect/test-account.ts';
import { createSandbox } from '../index.ts';

const sandbox = createSandbox();
afterAll(() => sandbox.close());

let platforms = 0;

/** A platform with a connected account that can do everything, and what one needs to look at both. */
async function world() {
  const key = `sk_test_money${platforms++}`;
  const stripe = new Stripe(key, {
    httpClient: Stripe.createFetchHttpClient(sandbox.fetch),
    maxNetworkRetries: 0,
  });
  const { id } = await stripe.accounts.create(verifiedIndividual);
  const theirs = { stripeAccount: id };
  const pay = (amount: number, more: Partial<Stripe.PaymentIntentCreateParams> = {}, options = {}) =>
    stripe.paymentIntents.create(
      {
        amount,
        currency: 'usd',
        payment_method: 'pm_card_bypassPending',
        confirm: true,
        automatic_payment_methods: { enabled: true, allow_redirects: 'never' },
        expand: ['latest_charge'],
        ...more,
      },
      options,
    );
  const available = async (options = {}) => (await stripe.balance.retrieve({}, options)).available[0]?.amount;
  const audit = async () => {
    const response = await sandbox.fetch('http://sandbox/_sandbox/audit', {
      headers: { authorization: `Bearer ${key}` },
    });
    return ((await response.json()) as { problems: string[] }).problems;
  };
  return { stripe, id, theirs, pay, available, audit };
}

function chargeOf(intent: Stripe.PaymentIntent): Stripe.Charge {
  if (!intent.latest_charge || typeof intent.latest_charge === 'string') throw new Error('no charge');
  return intent.latest_charge;
}

test('a transfer moves available money and shows as a payment on the other side', async () => {
  const { stripe, id, theirs, pay, available, audit } = await world();
  await pay(10_000);
  const transfer = await stripe.transfers.create({
    amount: 7000,
    currency: 'usd',
    destination: id,
    transfer_group: 'ORDER10',
    metadata: { order: '10' },
    expand: ['destination_payment.balance_transaction', 'balance_transaction', 'destination'],
  });
  expect(transfer).toMatchObject({
    amount: 7000,
    amount_reversed: 0,
    reversed: false,
    transfer_group: 'ORDER10',
    destination: { id, object: 'account' },
    destination_payment: { amount: 7000, balance_transaction: { type: 'payment', net: 7000 } },
    balance_transaction: { type: 'transfer', amount: -7000, reporting_category: 'transfer' },
  });
  expect(await available()).toBe(10_000 - 320 - 7000);
  expect(await available(theirs)).toBe(7000);
  expect((await stripe.transfers.list({ destination: id })).data).toHaveLength(1);
  expect((await stripe.transfers.list({ transfer_group: 'ORDER10' })).data).toHaveLength(1);
  const [payment] = (await stripe.charges.list({}, theirs)).data;
  expect(payment).toMatchObject({ source_transfer: transfer.id, amount: 7000, paid: true });
  expect(await audit()).toEqual([]);
});

test('a transfer of more than there is is refused in Stripe’s words', async () => {
  const { stripe, id, pay } = await world();
  await pay(1000, { payment_method: 'pm_card_visa' });
  await expect(
    stripe.transfers.create({ amount: 500, currency: 'usd', destination: id }),
  ).rejects.toMatchObject({
    code: 'balance_insufficient',
    message: expect.stringContaining('You have insufficient available funds in your Stripe account.'),
  });
});

test('a transfer from a pending charge waits with it, and transfers never exceed the charge', async () => {
  const { stripe, id, theirs, pay, audit } = await world();
  const charge = chargeOf(await pay(10_000, { payment_method: 'pm_card_visa' }));
  const base = { currency: 'usd', destination: id, source_transaction: charge.id };
  const first = await stripe.transfers.create({ ...base, amount: 6000 });
  expect(first.transfer_group).toMatch(/^group_pi_/);
  const balance = await stripe.balance.retrieve({}, theirs);
  expect([balance.available[0]?.amount, balance.pending[0]?.amount]).toEqual([0, 6000]);
  await expect(stripe.transfers.create({ ...base, amount: 4001 })).rejects.toMatchObject({ param: 'amount' });
  const rest = await stripe.transfers.create(base);
  expect(rest.amount).toBe(4000);
  await expect(stripe.transfers.create({ ...base, currency: 'eur' })).rejects.toThrow(/must be the same as/);
  expect(await audit()).toEqual([]);
});

test.each([
  ['nobody', 'acct_nobody', 'resource_missing'],
  ['an account that cannot take transfers', null, 'insufficient_capabilities_for_transfer'],
])('a transfer to %s is refused', async (_name, to, code) => {
  const { stripe, pay } = await world();
  await pay(1000);
  const destination = to ?? (await stripe.accounts.create({ type: 'express' })).id;
  await expect(stripe.transfers.create({ amount: 100, currency: 'usd', destination })).rejects.toMatchObject({
    code,
    statusCode: 400,
  });
});

test('reversals take back a part, then the rest, and never more than was sent or is there', async () => {
  const { stripe, id, theirs, pay, available, audit } = await world();
  await pay(10_000);
  const transfer = await stripe.transfers.create({ amount: 5000, currency: 'usd', destination: id });
  const part = await stripe.transfers.createReversal(transfer.id, { amount: 2000 });
  expect(part).toMatchObject({ amount: 2000, transfer: transfer.id });
  await expect(stripe.transfers.createReversal(transfer.id, { amount: 3001 })).rejects.toThrow(
    'Transfer reversal amount ($30.01) is greater than unreversed amount on transfer ($30.00)',
  );
  await stripe.payouts.create({ amount: 1000, currency: 'usd' }, theirs);
  await expect(stripe.transfers.createReversal(transfer.id)).rejects.toMatchObject({
    code: 'balance_insufficient',
  });
  await stripe.transfers.createReversal(transfer.id, { amount: 2000 });
  await stripe.transfers.create({ amount: 500, currency: 'usd', destination: id });
  await pay(2000, {}, theirs);
  await stripe.transfers.createReversal(transfer.id);
  const after = await stripe.transfers.retrieve(transfer.id);
  expect(after).toMatchObject({ amount_reversed: 5000, reversed: true });
  expect(after.reversals.data).toHaveLength(3);
  await expect(stripe.transfers.createReversal(transfer.id)).rejects.toThrow(/already fully reversed/);
  expect(await available(theirs)).toBe(-1000 + 500 + 2000 - 88);
  expect(await audit()).toEqual([]);
});

test('a destination charge sends everything on and takes its fee back', async () => {
  const { stripe, id, theirs, pay, available, audit } = await world();
  const intent = await pay(10_000, { application_fee_amount: 123, transfer_data: { destination: id } });
  expect(intent).toMatchObject({ application_fee_amount: 123, transfer_data: { destination: id } });
  const charge = chargeOf(intent);
  expect(charge).toMatchObject({
    application_fee_amount: 123,
    transfer: expect.stringMatching(/^tr_/),
    transfer_data: { amount: null, destination: id },
    transfer_group: `group_${intent.id}`,
  });
  expect(await available()).toBe(10_000 - 320 - 10_000 + 123);
  expect(await available(theirs)).toBe(10_000 - 123);
  const [fee] = (await stripe.applicationFees.list({ expand: ['data.charge', 'data.account'] })).data;
  expect(fee).toMatchObject({
    amount: 123,
    account: { id },
    originating_transaction: charge.id,
    charge: { source_transfer: charge.transfer },
  });
  const [received] = (await stripe.balanceTransactions.list({ type: 'payment' }, theirs)).data;
  expect(received).toMatchObject({
    amount: 10_000,
    fee: 123,
    net: 9877,
    fee_details: [{ type: 'application_fee', amount: 123 }],
  });
  const types = (await stripe.events.list()).data.map((event) => event.type);
  expect(types).toEqual(expect.arrayContaining(['application_fee.created', 'transfer.created']));
  expect(await audit()).toEqual([]);
});

test('a destination charge can send a part on instead', async () => {
  const { id, theirs, pay, available, audit } = await world();
  await pay(10_000, { transfer_data: { destination: id, amount: 8000 } });
  expect(await available()).toBe(10_000 - 320 - 8000);
  expect(await available(theirs)).toBe(8000);
  expect(await audit()).toEqual([]);
});

test('a refund takes the transfer and the fee along in proportion, and the last one the rest', async () => {
  const { stripe, id, theirs, pay, available, audit } = await world();
  const charge = chargeOf(
    await pay(1000, { application_fee_amount: 100, transfer_data: { destination: id } }),
  );
  const along = { charge: charge.id, reverse_transfer: true, refund_application_fee: true };
  const third = await stripe.refunds.create({ ...along, amount: 333, expand: ['transfer_reversal'] });
  expect(third.transfer_reversal).toMatchObject({ amount: 333, source_refund: third.id });
  await stripe.refunds.create({ ...along, amount: 333 });
  await stripe.refunds.create(along);
  const [fee] = (await stripe.applicationFees.list()).data;
  expect(fee).toMatchObject({ amount_refunded: 100, refunded: true });
  expect(fee?.refunds.data.map((refund) => refund.amount)).toEqual([34, 33, 33]);
  expect(await available(theirs)).toBe(0);
  expect(await available()).toBe(-59);
  expect(await audit()).toEqual([]);
});

test('a refund alone leaves the destination its money, and the platform short', async () => {
  const { stripe, id, theirs, pay, available, audit } = await world();
  const charge = chargeOf(await pay(1000, { transfer_data: { destination: id } }));
  await stripe.refunds.create({ charge: charge.id });
  expect(await available()).toBe(-59 - 1000);
  expect(await available(theirs)).toBe(1000);
  expect(await audit()).toEqual([]);
});

test('reversing for a refund may leave the destination short', async () => {
  const { stripe, id, theirs, pay, available, audit } = await world();
  const charge = chargeOf(await pay(1000, { transfer_data: { destination: id } }));
  await stripe.payouts.create({ amount: 1000, currency: 'usd' }, theirs);
  await stripe.refunds.create({ charge: charge.id, reverse_transfer: true });
  expect(await available(theirs)).toBe(-1000);
  expect(await audit()).toEqual([]);
});

test('a direct charge is the connected account’s, with the platform’s fee taken of it', async () => {
  const { stripe, id, theirs, pay, available, audit } = await world();
  const charge = chargeOf(await pay(10_000, { application_fee_amount: 500 }, theirs));
  expect(charge).toMatchObject({ application: expect.stringMatching(/^ca_/), application_fee_amount: 500 });
  expect(await available(theirs)).toBe(10_000 - 320 - 500);
  expect(await available()).toBe(500);
  const [fee] = (await stripe.applicationFees.list({ charge: charge.id })).data;
  expect(fee).toMatchObject({ account: id, amount: 500, originating_transaction: null });
  const refund = await stripe.refunds.create(
    { charge: charge.id, amount: 5000, refund_application_fee: true, expand: ['balance_transaction'] },
    theirs,
  );
  expect(refund.balance_transaction).toMatchObject({ amount: -5000, fee: -250, net: -4750 });
  expect(await available()).toBe(250);
  expect(await audit()).toEqual([]);
});

test('a platform that bears Stripe’s fees pays them for its accounts’ charges', async () => {
  const { stripe, pay, available, audit } = await world();
  const { type: _type, ...rest } = verifiedIndividual;
  const { id } = await stripe.accounts.create({
    ...rest,
    controller: {
      fees: { payer: 'application' },
      losses: { payments: 'application' },
      requirement_collection: 'application',
      stripe_dashboard: { type: 'none' },
    },
  });
  await pay(1000, {}, { stripeAccount: id });
  expect(await available({ stripeAccount: id })).toBe(1000);
  expect(await available()).toBe(-59);
  expect(await audit()).toEqual([]);
});

test('a fee given back by itself goes to the account that paid it, once', async () => {
  const { stripe, theirs, pay, available, audit } = await world();
  await pay(1000, { application_fee_amount: 100 }, theirs);
  const [fee] = (await stripe.applicationFees.list()).data;
  if (!fee) throw new Error('no fee');
  const refund = await stripe.applicationFees.createRefund(fee.id, { amount: 40 });
  expect(await stripe.applicationFees.retrieveRefund(fee.id, refund.id)).toMatchObject({ amount: 40 });
  await expect(stripe.applicationFees.createRefund(fee.id, { amount: 61 })).rejects.toMatchObject({
    param: 'amount',
  });
  await stripe.applicationFees.createRefund(fee.id);
  await expect(stripe.applicationFees.createRefund(fee.id)).rejects.toThrow(/already been refunded/);
  expect(await available()).toBe(0);
  expect(await available(theirs)).toBe(1000 - 59);
  const [back] = (await stripe.balanceTransactions.list({ type: 'adjustment' }, theirs)).data;
  expect(back).toMatchObject({ reporting_category: 'fee' });
  expect(await audit()).toEqual([]);
});

test('what is captured in part is shared in part', async () => {
  const { stripe, id, theirs, pay, available, audit } = await world();
  const held = await pay(10_000, { capture_method: 'manual', transfer_data: { destination: id } });
  expect(await available(theirs)).toBe(0);
  await stripe.paymentIntents.capture(held.id, { amount_to_capture: 6000, application_fee_amount: 600 });
  expect(await available(theirs)).toBe(5400);
  expect(await audit()).toEqual([]);
});

test.each([
  ['a fee that nobody pays', { application_fee_amount: 1 }, /attempting a direct payment/],
  [
    'a fee above the amount',
    { application_fee_amount: 1001, transfer_data: { destination: '' } },
    /cannot be greater/,
  ],
  [
    'a fee and a part at once',
    { application_fee_amount: 1, transfer_data: { destination: '', amount: 5 } },
    /only specify one/,
  ],
  ['a part above the amount', { transfer_data: { destination: '', amount: 1001 } }, /cannot be greater/],
  ['a destination elsewhere', { transfer_data: { destination: 'acct_1' } }, /No such destination/],
] satisfies [string, Partial<Stripe.PaymentIntentCreateParams>, RegExp][])(
  '%s is refused',
  async (_name, more, message) => {
    const { id, pay } = await world();
    const { transfer_data: data } = more as Partial<Stripe.PaymentIntentCreateParams>;
    const sent = data ? { ...more, transfer_data: { ...data, destination: data.destination || id } } : more;
    await expect(pay(1000, sent)).rejects.toThrow(message);
  },
);

test.each([
  ['reverse_transfer', /Cannot reverse transfer on charge/],
  ['refund_application_fee', /does not have an associated application fee/],
] as const)('a plain charge cannot be refunded with %s', async (param, message) => {
  const { stripe, pay } = await world();
  const charge = chargeOf(await pay(1000));
  await expect(stripe.refunds.create({ charge: charge.id, [param]: true })).rejects.toThrow(message);
});

test('charging on behalf of an account, or on it, needs it to be able to', async () => {
  const { stripe, pay } = await world();
  const { id } = await stripe.accounts.create({
    type: 'express',
    capabilities: { transfers: { requested: true } },
  });
  await expect(pay(1000, { on_behalf_of: id })).rejects.toMatchObject({ param: 'on_behalf_of' });
  await expect(pay(1000, {}, { stripeAccount: id })).rejects.toMatchObject({ code: 'account_invalid' });
});

test('a payment that a transfer made is not refunded by the account that got it', async () => {
  const { stripe, id, theirs, pay } = await world();
  await pay(1000, { transfer_data: { destination: id } });
  const [payment] = (await stripe.charges.list({}, theirs)).data;
  await expect(stripe.refunds.create({ charge: payment?.id ?? '' }, theirs)).rejects.toThrow(
    /reverse that transfer/,
  );
});

test('what came in another currency is sent on in the one it is kept in', async () => {
  const { stripe, id, theirs, pay, available, audit } = await world();
  const charge = chargeOf(
    await pay(10_000, {
      currency: 'cad',
      application_fee_amount: 1000,
      transfer_data: { destination: id },
    }),
  );
  const transfer = await stripe.transfers.retrieve(String(charge.transfer));
  expect(transfer).toMatchObject({ amount: 7246, currency: 'usd' });
  expect((await stripe.applicationFees.list()).data).toMatchObject([{ amount: 725, currency: 'usd' }]);
  expect(await available(theirs)).toBe(7246 - 725);
  await stripe.refunds.create({
    charge: charge.id,
    amount: 5000,
    reverse_transfer: true,
    refund_application_fee: true,
  });
  expect((await stripe.transfers.retrieve(transfer.id)).amount_reversed).toBe(3623);
  expect(await audit()).toEqual([]);
});

test('a transfer from a charge in another currency is of what the charge came to', async () => {
  const { stripe, id, pay, audit } = await world();
  const { id: source_transaction } = chargeOf(await pay(10_000, { currency: 'cad' }));
  const send = (amount: number, currency: string) =>
    stripe.transfers.create({ amount, currency, destination: id, source_transaction });
  await expect(send(1000, 'cad')).rejects.toMatchObject({
    param: 'currency',
    message:
      "The currency of source_transaction's balance transaction (usd) must be the same as the transfer currency (cad)",
  });
  await expect(send(7247, 'usd')).rejects.toMatchObject({ param: 'amount' });
  expect(await send(7246, 'usd')).toMatchObject({ amount: 7246, currency: 'usd' });
  expect(await audit()).toEqual([]);
});
