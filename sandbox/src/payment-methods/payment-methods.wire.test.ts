import Stripe from 'stripe';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { createSandbox } from '../index.ts';
import { methodTypeNames, methodTypes } from './types.ts';

const sandbox = createSandbox({ clock: { now: () => Date.UTC(2026, 0, 5, 12) } });
afterAll(() => sandbox.close());

let count = 0;
let stripe: Stripe;
beforeEach(() => {
  stripe = new Stripe(`sk_test_methods${count++}`, {
    httpClient: Stripe.createFetchHttpClient(sandbox.fetch),
    maxNetworkRetries: 0,
  });
});

const billing = { name: 'Jenny Rosen', email: 'jenny@example.com' };
type Type = Stripe.PaymentMethodCreateParams.Type;
/** What a kind of method cannot be made without. */
const details: Partial<Record<Type, object>> = {
  acss_debit: { account_number: '000123456789', institution_number: '000', transit_number: '11000' },
  au_becs_debit: { account_number: '000123456', bsb_number: '000000' },
  bacs_debit: { account_number: '00012345', sort_code: '108800' },
  boleto: { tax_id: '000.000.000-00' },
  card: { number: '4242424242424242', exp_month: 12, exp_year: 2030, cvc: '123' },
  fpx: { bank: 'maybank2u' },
  nz_bank_account: { account_number: '0000000', bank_code: '11', branch_code: '0000', suffix: '010' },
  sepa_debit: { iban: 'DE89370400440532013000' },
  sofort: { country: 'DE' },
  us_bank_account: { account_number: '000123456789', routing_number: '110000000' },
};
const make = (type: Type) =>
  stripe.paymentMethods.create({
    type,
    ...(details[type] ? { [type]: details[type] } : {}),
    billing_details: billing,
  });

describe.each(methodTypeNames)('%s', (type) => {
  test('is made, shown and found', async () => {
    if (details[type] && type !== 'us_bank_account')
      await expect(stripe.paymentMethods.create({ type, billing_details: billing })).rejects.toMatchObject({
        code: 'parameter_missing',
        param: type,
      });
    const method = await make(type);
    expect(method).toMatchObject({ type, customer: null, billing_details: billing, livemode: false });
    expect(method).toHaveProperty(type);
    expect(await stripe.paymentMethods.retrieve(method.id)).toEqual(method);
  });

  test('is kept for a customer or never', async () => {
    const customer = await stripe.customers.create();
    const method = await make(type);
    const attached = stripe.paymentMethods.attach(method.id, { customer: customer.id });
    if (!('keeps' in methodTypes[type])) await expect(attached).rejects.toThrow(/single-use/);
    else if (type === 'us_bank_account') await expect(attached).rejects.toThrow(/has not been verified/);
    else expect(await attached).toMatchObject({ customer: customer.id });
  });
});

test('kinds that are not simulated say so', async () => {
  await expect(stripe.paymentMethods.create({ type: 'custom' })).rejects.toMatchObject({ statusCode: 501 });
});

describe('a customer’s methods', () => {
  test('have the same fingerprint for the same number, and only for it', async () => {
    const [one, same, other] = [await make('card'), await make('card'), 'pm_card_mastercard'];
    expect(one.card?.fingerprint).toBe(same.card?.fingerprint);
    expect(
      (await stripe.paymentMethods.attach(other, { customer: (await stripe.customers.create()).id })).card
        ?.fingerprint,
    ).not.toBe(one.card?.fingerprint);
    const [bank, debit] = [await make('sepa_debit'), await make('us_bank_account')];
    expect(bank.sepa_debit?.fingerprint).not.toBe(debit.us_bank_account?.fingerprint);
  });

  test('are checked when attached, listed by kind, changed and detached', async () => {
    const customer = await stripe.customers.create();
    const loose = await stripe.paymentMethods.create({
      type: 'card',
      card: { number: '4000000000000036', exp_month: 12, exp_year: 2030, cvc: '123' },
      billing_details: { address: { line1: 'Main Street 1', postal_code: '94110' } },
    });
    expect(loose.card?.checks).toEqual({
      address_line1_check: null,
      address_postal_code_check: null,
      cvc_check: 'unchecked',
    });
    await expect(stripe.paymentMethods.update(loose.id, { metadata: { a: '1' } })).rejects.toThrow(
      /must save this PaymentMethod to a customer/,
    );
    const card = await stripe.paymentMethods.attach(loose.id, { customer: customer.id });
    expect(card.card?.checks).toEqual({
      address_line1_check: 'pass',
      address_postal_code_check: 'fail',
      cvc_check: 'pass',
    });
    await stripe.paymentMethods.attach((await make('sepa_debit')).id, { customer: customer.id });
    const listed = await stripe.customers.listPaymentMethods(customer.id, { type: 'card' });
    expect(listed.data.map(({ id }) => id)).toEqual([card.id]);
    const changed = await stripe.paymentMethods.update(card.id, {
      card: { exp_month: 3, exp_year: 2033 },
      billing_details: { name: 'Jenny' },
      allow_redisplay: 'always',
    });
    expect(changed).toMatchObject({
      card: { exp_month: 3, exp_year: 2033 },
      billing_details: { name: 'Jenny', address: { line1: 'Main Street 1' } },
      allow_redisplay: 'always',
    });
    await expect(stripe.paymentMethods.update(card.id, { card: { exp_year: 2020 } })).rejects.toMatchObject({
      code: 'invalid_expiry_year',
    });
    await stripe.paymentMethods.detach(card.id);
    expect((await stripe.customers.listPaymentMethods(customer.id)).data).toHaveLength(1);
    await expect(stripe.paymentMethods.attach(card.id, { customer: customer.id })).rejects.toThrow(
      /may not be used again/,
    );
    await expect(stripe.paymentMethods.detach(card.id)).rejects.toThrow(/not attached to a customer/);
  });

  test('are shown to their own customer only', async () => {
    const [one, other] = [await stripe.customers.create(), await stripe.customers.create()];
    const card = await stripe.paymentMethods.attach('pm_card_visa', { customer: one.id });
    expect(await stripe.customers.retrievePaymentMethod(one.id, card.id)).toMatchObject({ id: card.id });
    await expect(stripe.customers.retrievePaymentMethod(other.id, card.id)).rejects.toMatchObject({
      statusCode: 404,
      param: 'customer',
    });
    await expect(stripe.paymentMethods.attach(card.id, { customer: other.id })).rejects.toThrow(
      /already been attached/,
    );
  });
});
