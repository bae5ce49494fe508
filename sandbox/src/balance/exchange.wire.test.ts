import { currencies, currencyExponent } from '@purser/money';
import fc from 'fast-check';
import Stripe from 'stripe';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { createSandbox } from '../index.ts';
import { exchanged, exchangeRate } from './exchange.ts';

const sandbox = createSandbox({ clock: { now: () => Date.UTC(2026, 0, 5, 12) } });
afterAll(() => sandbox.close());

let count = 0;
let stripe: Stripe;
beforeEach(() => {
  stripe = new Stripe(`sk_test_exchange${count++}`, {
    httpClient: Stripe.createFetchHttpClient(sandbox.fetch),
    maxNetworkRetries: 0,
  });
});

const pay = (amount: number, currency: string, method = 'pm_card_visa') =>
  stripe.paymentIntents.create({
    amount,
    currency,
    payment_method: method,
    confirm: true,
    allowed_payment_method_types: ['card'],
    expand: ['latest_charge.balance_transaction'],
  });
const entryOf = ({ latest_charge: charge }: Stripe.PaymentIntent) =>
  (charge as Stripe.Charge).balance_transaction as Stripe.BalanceTransaction;

describe('money in a currency without a bank account', () => {
  test('is kept in the account’s own, with the rate that was used and the fee of that currency', async () => {
    const entry = entryOf(await pay(10_000, 'cad'));
    expect(entry).toMatchObject({
      amount: 7246,
      currency: 'usd',
      exchange_rate: 0.724638,
      fee: 240,
      net: 7006,
      fee_details: [{ amount: 240, currency: 'usd' }],
    });
    expect((await stripe.balance.retrieve()).pending).toMatchObject([{ currency: 'usd', amount: 7006 }]);
  });

  test('goes back for what it came to', async () => {
    const { id } = await pay(10_000, 'cad');
    const refund = await stripe.refunds.create({ payment_intent: id, expand: ['balance_transaction'] });
    expect(refund).toMatchObject({
      amount: 10_000,
      currency: 'cad',
      balance_transaction: { amount: -7246, currency: 'usd', exchange_rate: 0.724638 },
    });
  });

  test('is disputed for what it came to, which comes back when the dispute is won', async () => {
    const { id } = await pay(10_000, 'sek', 'pm_card_createDispute');
    const [dispute] = (await stripe.disputes.list({ payment_intent: id })).data;
    expect(dispute).toMatchObject({
      amount: 10_000,
      currency: 'sek',
      balance_transactions: [{ amount: -1081, fee: 1500, currency: 'usd', exchange_rate: null }],
    });
    const won = await stripe.disputes.update(dispute?.id ?? '', {
      evidence: { uncategorized_text: 'winning_evidence' },
    });
    expect(won.balance_transactions[1]).toMatchObject({ amount: 1081, currency: 'usd', exchange_rate: null });
  });

  test('stays what it is once there is a bank account for it', async () => {
    const { id } = await stripe.accounts.retrieveCurrent();
    await stripe.rawRequest('POST', `/v1/accounts/${id}/external_accounts`, {
      external_account: {
        object: 'bank_account',
        country: 'CA',
        currency: 'cad',
        account_number: '000123456789',
        routing_number: '11000-000',
      },
    });
    expect(entryOf(await pay(10_000, 'cad'))).toMatchObject({
      amount: 10_000,
      currency: 'cad',
      exchange_rate: null,
    });
  });

  test('must come to the smallest charge of the currency it is kept in', async () => {
    await expect(pay(1000, 'inr')).rejects.toMatchObject({
      code: 'amount_too_small',
      message: 'Amount must convert to at least 50 cents. ₹10.00 converts to approximately $0.11.',
    });
    expect(await pay(5000, 'inr')).toMatchObject({ status: 'succeeded' });
  });
});

describe('amounts', () => {
  test.each([
    ['usd', 49, 50],
    ['eur', 49, 50],
    ['gbp', 29, 30],
    ['jpy', 49, 90],
    ['mxn', 999, 1000],
    ['huf', 17_499, 17_500],
    ['krw', 500, 1000],
  ])('of %s: %i is too small, %i is not', async (currency, small, enough) => {
    await expect(pay(small, currency)).rejects.toMatchObject({ code: 'amount_too_small' });
    expect(await pay(enough, currency)).toMatchObject({ status: 'succeeded' });
  });

  test('have eight digits at most, of rupiah twelve', async () => {
    expect(await pay(99_999_999, 'usd')).toMatchObject({ status: 'succeeded' });
    await expect(pay(100_000_000, 'usd')).rejects.toMatchObject({ code: 'amount_too_large' });
    expect(await pay(100_000_000, 'idr')).toMatchObject({ status: 'succeeded' });
    await expect(pay(1_000_000_000_000, 'idr')).rejects.toMatchObject({ code: 'amount_too_large' });
  });

  test('come in the steps of their currency', async () => {
    for (const [currency, wrong, right] of [
      ['kwd', 1235, 1230],
      ['bhd', 1001, 1000],
      ['isk', 10_050, 10_000],
      ['ugx', 300_050, 300_000],
    ] as const) {
      await expect(pay(wrong, currency)).rejects.toMatchObject({ param: 'amount' });
      expect(await pay(right, currency)).toMatchObject({ amount: right, currency, status: 'succeeded' });
    }
    expect(entryOf(await pay(5120, 'kwd'))).toMatchObject({ amount: 1668, currency: 'usd' });
    expect(entryOf(await pay(100_000, 'krw'))).toMatchObject({ amount: 6897, currency: 'usd' });
  });
});

test('every currency has a rate, and exchanging there and back loses next to nothing', () => {
  const currency = fc.constantFrom(...currencies);
  for (const code of currencies) expect(exchangeRate('usd', code)).toBeGreaterThan(0);
  fc.assert(
    fc.property(currency, currency, fc.integer({ min: 0, max: 1_000_000_000 }), (from, to, amount) => {
      const there = exchanged(amount, from, to);
      expect(exchanged(-amount, from, to) + there).toBe(0);
      const smallestStep = exchangeRate(to, from) * 10 ** (currencyExponent(from) - currencyExponent(to));
      expect(Math.abs(exchanged(there, to, from) - amount)).toBeLessThanOrEqual(smallestStep / 2 + 1);
    }),
  );
});

test('the rates that are used can be read', async () => {
  const { rates } = await stripe.exchangeRates.retrieve('cad');
  expect(rates).toMatchObject({ usd: 0.724638, cad: 1 });
  const ids: string[] = [];
  for await (const { id } of stripe.exchangeRates.list({ limit: 50 })) ids.push(id);
  expect(ids).toEqual([...currencies]);
  await expect(stripe.exchangeRates.retrieve('xyz')).rejects.toMatchObject({ statusCode: 404 });
});
