import Stripe from 'stripe';
import { afterAll, expect, test } from 'vitest';
import { minute } from '../../clock.ts';
import { createSandbox } from '../../index.ts';
import { ibanOutcomes } from './ibans.ts';
import { type DebitType, testAccounts } from './test-accounts.ts';

let now = Date.UTC(2026, 0, 5, 12);
const sandbox = createSandbox({ clock: { now: () => now } });
afterAll(() => sandbox.close());
const stripe = new Stripe('sk_test_banks', {
  httpClient: Stripe.createFetchHttpClient(sandbox.fetch),
  maxNetworkRetries: 0,
});

/**
 * The bank accounts that Stripe publishes for tests: a number or a name, and what comes of debiting it: `paid`, a code
 * that the bank sends it back with, `refused` with a code before the bank hears of it, `waits` for ever, `returned`
 * after it was paid. `late`: the bank takes three minutes. `ended`: the mandate cannot be used again.
 */
const published: Record<DebitType, string> = {
  us_bank_account: `
pm_usBankAccount_success paid
pm_usBankAccount_accountClosed account_closed
pm_usBankAccount_noAccount no_account
pm_usBankAccount_insufficientFunds insufficient_funds
pm_usBankAccount_debitNotAuthorized debit_not_authorized ended
pm_usBankAccount_invalidCurrency invalid_currency
pm_usBankAccount_riskLevelHighest refused payment_method_provider_decline
pm_usBankAccount_weeklyLimitExceeded refused charge_exceeds_source_limit
pm_usBankAccount_dispute returned
pm_usBankAccount_processing waits
000123456789 paid
000111111113 account_closed
000111111116 no_account
000222222227 insufficient_funds
000333333335 debit_not_authorized ended
000444444440 invalid_currency
000000004954 refused payment_method_provider_decline
000777777771 refused charge_exceeds_source_limit
000555555559 returned
000000000009 waits
000888888885 account_closed`,
  bacs_debit: `
00012345 paid
90012345 paid late
33333335 debit_not_authorized ended
93333335 debit_not_authorized late ended
22222227 insufficient_funds
92222227 insufficient_funds late
55555559 returned late
00033333 debit_not_authorized ended
34343434 refused charge_exceeds_source_limit
12121212 refused charge_exceeds_transaction_limit`,
  au_becs_debit: `
000123456 paid
900123456 paid late
111111113 account_closed ended
111111116 no_account ended
222222227 refer_to_customer
922222227 refer_to_customer late
333333335 debit_not_authorized ended
666666660 returned
343434343 refused charge_exceeds_source_limit
121212121 refused charge_exceeds_transaction_limit`,
  acss_debit: `
000123456789 paid
900123456789 paid late
000222222227 insufficient_funds
900222222227 insufficient_funds late
000777777771 refused charge_exceeds_source_limit
000888888881 refused charge_exceeds_transaction_limit
pm_acssDebit_noAccount no_account
pm_acssDebit_accountClosed account_closed
pm_acssDebit_debitNotAuthorized debit_not_authorized ended
pm_acssDebit_dispute returned`,
  sepa_debit: `
AT611904300234573201 paid
AT321904300235473204 paid late
AT861904300235473202 payment_method_provider_decline
AT051904300235473205 payment_method_provider_decline late
AT591904300235473203 returned
AT981904300000343434 refused charge_exceeds_source_limit
AT601904300000121212 refused charge_exceeds_source_limit
AT981904300002222227 insufficient_funds`,
};
const currencies: Record<DebitType, string> = {
  us_bank_account: 'usd',
  bacs_debit: 'gbp',
  au_becs_debit: 'aud',
  acss_debit: 'cad',
  sepa_debit: 'eur',
};
const details: Record<DebitType, (number: string) => object> = {
  us_bank_account: (account_number) => ({ account_number, routing_number: '110000000' }),
  bacs_debit: (account_number) => ({ account_number, sort_code: '108800' }),
  au_becs_debit: (account_number) => ({ account_number, bsb_number: '000000' }),
  acss_debit: (account_number) => ({ account_number, institution_number: '000', transit_number: '11000' }),
  sepa_debit: (iban) => ({ iban }),
};

async function methodOf(type: DebitType, account: string): Promise<string> {
  if (account.startsWith('pm_')) return account;
  const method = await stripe.paymentMethods.create({
    type,
    [type]: details[type](account),
    billing_details: { name: 'Jenny Rosen', email: 'jenny@example.com' },
  });
  expect(method[type]).toMatchObject({ last4: account.slice(-4) });
  return method.id;
}

/** Debits an account and proves whose it is where that is asked for. */
async function debit(type: DebitType, account: string): Promise<Stripe.PaymentIntent> {
  const intent = await stripe.paymentIntents.create({
    amount: 5000,
    currency: currencies[type],
    allowed_payment_method_types: [type],
    payment_method: await methodOf(type, account),
    mandate_data: { customer_acceptance: { type: 'offline' } },
    confirm: true,
  });
  if (intent.next_action?.type !== 'verify_with_microdeposits') return intent;
  return stripe.paymentIntents.verifyMicrodeposits(intent.id, { descriptor_code: 'SM11AA' });
}

const pass = (seconds: number) => {
  now += seconds * 1000;
};

const rows = Object.entries(published).flatMap(([type, text]) =>
  text
    .trim()
    .split('\n')
    .map((row) => {
      const [account = '', outcome = '', ...more] = row.split(' ');
      return [type as DebitType, account, outcome, more] as const;
    }),
);

test.each(rows)('%s %s: %s %s', async (type, account, outcome, more) => {
  if (outcome === 'refused') {
    await expect(debit(type, account)).rejects.toMatchObject({ code: more[0] });
    return;
  }
  const { id, latest_charge: chargeId, status } = await debit(type, account);
  expect(status).toBe('processing');
  const charge = String(chargeId);
  expect(await stripe.charges.retrieve(charge)).toMatchObject({ status: 'pending', paid: false });
  pass(2);
  if (more.includes('late') || outcome === 'waits')
    expect(await stripe.paymentIntents.retrieve(id)).toMatchObject({ status: 'processing' });
  pass(3 * minute);
  const intent = await stripe.paymentIntents.retrieve(id);
  const after = await stripe.charges.retrieve(charge);
  if (outcome === 'paid' || outcome === 'returned') {
    expect(intent).toMatchObject({ status: 'succeeded', amount_received: 5000 });
    expect(after).toMatchObject({ paid: true, disputed: outcome === 'returned' });
  } else if (outcome === 'waits') expect(intent.status).toBe('processing');
  else {
    expect(intent.status).toBe('requires_payment_method');
    expect(after).toMatchObject({ status: 'failed', failure_code: outcome });
  }
  const agreed = after.payment_method_details?.[type];
  const mandate = agreed && 'mandate' in agreed ? String(agreed.mandate) : '';
  const { status: standing } = await stripe.mandates.retrieve(mandate);
  expect(standing).toBe(more.includes('ended') ? 'inactive' : 'active');
});

test('deposits that cannot be sent end the payment', async () => {
  for (const [type, number] of [
    ['us_bank_account', '000666666661'],
    ['acss_debit', '000666666661'],
  ] as const) {
    const intent = await stripe.paymentIntents.create({
      amount: 5000,
      currency: currencies[type],
      allowed_payment_method_types: [type],
      payment_method: await methodOf(type, number),
      mandate_data: { customer_acceptance: { type: 'offline' } },
      confirm: true,
    });
    pass(2);
    expect(await stripe.paymentIntents.retrieve(intent.id)).toMatchObject({
      status: 'requires_payment_method',
      last_payment_error: { code: 'payment_method_microdeposit_failed' },
    });
  }
});

const countries = 'at be hr ee fi fr de gi ie li lt lu nl no pt es se ch gb'.split(' ');

test('every country of the SEPA has an account for every outcome, by name and number', async () => {
  for (const country of countries) {
    const numbers = new Set<string>();
    for (const outcome of ibanOutcomes) {
      const named = testAccounts.find(({ name }) => name === `sepaDebit_${outcome}_${country}`);
      numbers.add(named?.number ?? '');
      const method = await stripe.paymentMethods.create({
        type: 'sepa_debit',
        sepa_debit: { iban: named?.number ?? '' },
        billing_details: { name: 'Jenny Rosen', email: 'jenny@example.com' },
      });
      expect(method.sepa_debit?.country).toBe(country.toUpperCase());
    }
    expect(numbers.size).toBe(ibanOutcomes.length);
  }
});

test('other numbers are refused without being repeated', async () => {
  for (const type of Object.keys(details) as DebitType[]) {
    const number = type === 'sepa_debit' ? 'DE89370400440532013009' : '123456780';
    await expect(methodOf(type, number)).rejects.toMatchObject({ code: 'account_number_invalid' });
    await expect(methodOf(type, number)).rejects.not.toThrow(number);
  }
});
