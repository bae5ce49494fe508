import Stripe from 'stripe';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { createSandbox } from '../index.ts';

const sandbox = createSandbox({ clock: { now: () => Date.UTC(2026, 0, 5, 12) } });
afterAll(() => sandbox.close());

let count = 0;
let stripe: Stripe;
let customer: string;
beforeEach(async () => {
  stripe = new Stripe(`sk_test_cash${count++}`, {
    httpClient: Stripe.createFetchHttpClient(sandbox.fetch),
    maxNetworkRetries: 0,
  });
  customer = (await stripe.customers.create()).id;
});

const ask = (amount: number, params: Partial<Stripe.PaymentIntentCreateParams> = {}) =>
  stripe.paymentIntents.create({
    amount,
    currency: 'usd',
    customer,
    confirm: true,
    allowed_payment_method_types: ['customer_balance'],
    payment_method_data: { type: 'customer_balance' },
    payment_method_options: {
      customer_balance: { funding_type: 'bank_transfer', bank_transfer: { type: 'us_bank_transfer' } },
    },
    ...params,
  });
const send = (amount: number) =>
  stripe.testHelpers.customers.fundCashBalance(customer, { amount, currency: 'usd', reference: 'INV 7' });
const available = async () => (await stripe.customers.retrieveCashBalance(customer)).available;
const remaining = (intent: Stripe.PaymentIntent) =>
  intent.next_action?.display_bank_transfer_instructions?.amount_remaining;
const transactions = async () =>
  (await stripe.customers.listCashBalanceTransactions(customer)).data.map(({ net_amount, type }) => [
    type,
    net_amount,
  ]);
async function eventTypes(): Promise<string[]> {
  const { data } = await stripe.events.list({ limit: 100 });
  return data.map(({ type }) => type).reverse();
}

describe('a payment by bank transfer', () => {
  test('tells where to send the money, and is paid as it arrives', async () => {
    const asked = await ask(5000);
    expect(asked).toMatchObject({
      status: 'requires_action',
      next_action: {
        type: 'display_bank_transfer_instructions',
        display_bank_transfer_instructions: {
          amount_remaining: 5000,
          currency: 'usd',
          type: 'us_bank_transfer',
          financial_addresses: [{ type: 'aba', aba: { routing_number: '110000000' } }],
        },
      },
    });
    const funded = await send(2000);
    expect(funded).toMatchObject({
      type: 'funded',
      net_amount: 2000,
      ending_balance: 2000,
      funded: { bank_transfer: { reference: 'INV 7', us_bank_transfer: { network: 'ach' } } },
    });
    expect(remaining(await stripe.paymentIntents.retrieve(asked.id))).toBe(3000);
    expect((await eventTypes()).slice(-3)).toEqual([
      'customer_cash_balance_transaction.created',
      'customer_cash_balance_transaction.created',
      'payment_intent.partially_funded',
    ]);
    await send(4000);
    const paid = await stripe.paymentIntents.retrieve(asked.id, { expand: ['latest_charge'] });
    expect(paid).toMatchObject({
      status: 'succeeded',
      amount_received: 5000,
      next_action: null,
      latest_charge: { payment_method_details: { type: 'customer_balance' } },
    });
    expect(await available()).toEqual({ usd: 1000 });
    expect((await eventTypes()).at(-1)).toBe('cash_balance.funds_available');
    expect(await transactions()).toEqual([
      ['applied_to_payment', -3000],
      ['funded', 4000],
      ['applied_to_payment', -2000],
      ['funded', 2000],
    ]);
  });

  test('is paid at once from what is there, oldest first when more arrives', async () => {
    await send(3000);
    expect(await ask(3000)).toMatchObject({ status: 'succeeded' });
    expect(await available()).toBeNull();
    const [first, second] = [await ask(1000), await ask(1000)];
    await send(1500);
    expect(await stripe.paymentIntents.retrieve(first.id)).toMatchObject({ status: 'succeeded' });
    expect(remaining(await stripe.paymentIntents.retrieve(second.id))).toBe(500);
  });

  test('gives back what was sent when it is cancelled, and what was paid when it is refunded', async () => {
    const asked = await ask(5000);
    await send(2000);
    await stripe.paymentIntents.cancel(asked.id);
    expect(await available()).toEqual({ usd: 2000 });
    const paid = await ask(2000);
    const refund = await stripe.refunds.create({ payment_intent: paid.id, amount: 500 });
    expect(refund).toMatchObject({ destination_details: { type: 'customer_cash_balance' } });
    expect(await available()).toEqual({ usd: 500 });
    expect((await transactions())[0]).toEqual(['refunded_from_payment', 500]);
  });

  test('needs a customer, and money where none can be sent', async () => {
    await expect(ask(5000, { customer: undefined })).rejects.toMatchObject({ param: 'customer' });
    await expect(ask(5000, { payment_method_options: undefined })).rejects.toThrow(/not sufficient/);
    expect(await transactions()).toEqual([]);
  });
});

describe('by hand', () => {
  test('nothing is applied until the business says so', async () => {
    const cash = await stripe.customers.updateCashBalance(customer, {
      settings: { reconciliation_mode: 'manual' },
    });
    expect(cash.settings).toEqual({ reconciliation_mode: 'manual', using_merchant_default: false });
    const asked = await ask(5000);
    await send(4000);
    expect(await available()).toEqual({ usd: 4000 });
    const apply = (amount?: number) =>
      stripe.paymentIntents.applyCustomerBalance(asked.id, amount === undefined ? {} : { amount });
    expect(remaining(await apply(1000))).toBe(4000);
    await expect(apply(3001)).rejects.toMatchObject({ code: 'balance_insufficient' });
    expect(remaining(await apply())).toBe(1000);
    await send(1000);
    expect(await apply()).toMatchObject({ status: 'succeeded' });
    await expect(apply()).rejects.toMatchObject({ code: 'intent_invalid_state' });
  });
});

test.each([
  ['usd', 'us_bank_transfer', 'aba'],
  ['eur', 'eu_bank_transfer', 'iban'],
  ['gbp', 'gb_bank_transfer', 'sort_code'],
  ['jpy', 'jp_bank_transfer', 'zengin'],
  ['mxn', 'mx_bank_transfer', 'spei'],
] as const)('every customer has an account of their own: %s by %s', async (currency, type, address) => {
  const instructions = (id: string) =>
    stripe.customers.createFundingInstructions(id, {
      bank_transfer: { type, ...(currency === 'eur' ? { eu_bank_transfer: { country: 'IE' } } : {}) },
      currency,
      funding_type: 'bank_transfer',
    });
  const mine = await instructions(customer);
  expect(mine).toMatchObject({ currency, bank_transfer: { type, financial_addresses: [{ type: address }] } });
  expect(await instructions(customer)).toEqual(mine);
  expect((await instructions((await stripe.customers.create()).id)).bank_transfer).not.toEqual(
    mine.bank_transfer,
  );
});

test('a cash balance is shown with its customer, and its changes one by one', async () => {
  await send(700);
  const shown = await stripe.customers.retrieve(customer, { expand: ['cash_balance'] });
  expect(shown).toMatchObject({ cash_balance: { available: { usd: 700 }, customer } });
  const [transaction] = (await stripe.customers.listCashBalanceTransactions(customer)).data;
  expect(await stripe.customers.retrieveCashBalanceTransaction(customer, transaction?.id ?? '')).toEqual(
    transaction,
  );
  await expect(stripe.customers.retrieveCashBalanceTransaction(customer, 'ccsbtxn_0')).rejects.toMatchObject({
    statusCode: 404,
  });
  await expect(
    stripe.testHelpers.customers.fundCashBalance(customer, { amount: 100, currency: 'inr' }),
  ).rejects.toMatchObject({ param: 'currency' });
});

test('how a cash balance finds what it pays is said of the balance, or of its customer', async () => {
  const settings = { reconciliation_mode: 'manual' as const };
  const { id } = await stripe.customers.create({ cash_balance: { settings } });
  const mode = async () => (await stripe.customers.retrieveCashBalance(id)).settings;
  expect(await mode()).toEqual({ reconciliation_mode: 'manual', using_merchant_default: false });
  await stripe.customers.update(id, {
    cash_balance: { settings: { reconciliation_mode: 'merchant_default' } },
  });
  expect(await mode()).toEqual({ reconciliation_mode: 'automatic', using_merchant_default: true });
  await stripe.customers.updateCashBalance(id, { settings });
  expect(await mode()).toEqual({ reconciliation_mode: 'manual', using_merchant_default: false });
});
