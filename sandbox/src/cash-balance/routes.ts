import type Stripe from 'stripe';
import type { Account } from '../account.ts';
import { chargeCurrency } from '../charges/amounts.ts';
import { type Charge, charges } from '../charges/charge.ts';
import { existingCustomer } from '../customers.ts';
import { emit } from '../events.ts';
import { reconcile } from '../payment-intents/transfer.ts';
import type { Refund } from '../refunds/refund.ts';
import { type Call, declare, listed, type Resource, refused, route } from '../resource.ts';
import { noSuch } from '../wire/errors.ts';
import { pageParams } from '../wire/pages.ts';
import { integer, list, object, oneOf, type Parsed, required, text } from '../wire/params.ts';
import type { Wire } from '../wire/shapes.ts';
import { financialAddresses, transferType } from './bank-transfer.ts';
import {
  type CashTransaction,
  cashBalances,
  cashOf,
  cashSettingsParam,
  cashTransactions,
  moveCash,
  setCash,
  shownCash,
} from './cash-balance.ts';

const permission = 'customer';
/** Currencies that customers can send. */
const sendable: ReadonlySet<string> = new Set(['eur', 'gbp', 'jpy', 'mxn', 'usd']);

const fundParams = {
  amount: required(integer(1)),
  currency: required(chargeCurrency),
  reference: text(100),
} as const;
const instructionParams = {
  bank_transfer: required(
    object({
      eu_bank_transfer: object({ country: required(text(2)) }),
      requested_address_types: list(text(20), 10),
      type: required(
        oneOf(
          'eu_bank_transfer',
          'gb_bank_transfer',
          'jp_bank_transfer',
          'mx_bank_transfer',
          'us_bank_transfer',
        ),
      ),
    }),
  ),
  currency: required(chargeCurrency),
  funding_type: required(oneOf('bank_transfer')),
} as const;

function customerIn(call: Call<unknown>): string {
  return existingCustomer(call.account, call.id('customer'), 'customer', 404).id;
}

function requireSendable(currency: string): void {
  if (!sendable.has(currency))
    throw refused('currency', `Customers cannot send ${currency} by bank transfer.`);
}

/** `POST /v1/test_helpers/customers/:id/fund_cash_balance`: a bank transfer of the customer arrives. */
function fund(call: Call<Parsed<typeof fundParams>>): CashTransaction {
  const { account, params } = call;
  const { amount, currency, reference = null } = params;
  const customer = customerIn(call);
  requireSendable(currency);
  const transfer: NonNullable<CashTransaction['funded']>['bank_transfer'] = {
    ...senderOf(currency),
    reference,
    type: transferType(currency),
  };
  const funded = moveCash(
    account,
    customer,
    { amount, currency },
    { type: 'funded', funded: { bank_transfer: transfer } },
  );
  reconcile(account, customer, currency);
  const left = cashOf(account, customer);
  if ((left.available[currency] ?? 0) > 0)
    emit(account, 'cash_balance.funds_available', shownCash(left, account.livemode));
  return funded;
}

/** Who sends what arrives in a sandbox. */
function senderOf(currency: string) {
  const sender_name = 'JENNY ROSEN';
  switch (currency) {
    case 'eur':
      return { eu_bank_transfer: { bic: null, iban_last4: '3000', sender_name } };
    case 'gbp':
      return { gb_bank_transfer: { account_number_last4: '2345', sender_name, sort_code: '108800' } };
    case 'jpy':
      return { jp_bank_transfer: { sender_bank: null, sender_branch: null, sender_name } };
    case 'usd':
      return { us_bank_transfer: { network: 'ach' as const, sender_name } };
    default:
      return {};
  }
}

function instructions(call: Call<Parsed<typeof instructionParams>>): Wire<Stripe.FundingInstructions> {
  const { account, params } = call;
  const { currency } = params;
  requireSendable(currency);
  const type = transferType(currency);
  if (params.bank_transfer.type !== type)
    throw refused('bank_transfer[type]', `Customers send ${currency} by ${type}.`);
  const addresses = financialAddresses(account, customerIn(call), currency);
  const country = { eur: 'IE', gbp: 'GB', jpy: 'JP', mxn: 'MX' }[currency] ?? 'US';
  return {
    object: 'funding_instructions',
    // The SDK lists two of the five kinds that it lets one ask for.
    bank_transfer: { country, financial_addresses: addresses, type: type as 'eu_bank_transfer' },
    currency,
    funding_type: 'bank_transfer',
    livemode: account.livemode,
  };
}

/** A refund of what was paid from a cash balance returns there. */
function onRefundCreated(account: Account, object: unknown): void {
  const refund = object as Refund;
  const charge: Charge | undefined = account.of(charges).get(refund.charge);
  if (charge?.payment_method_details?.type !== 'customer_balance' || charge.customer === null) return;
  moveCash(
    account,
    charge.customer,
    { amount: refund.amount, currency: refund.currency },
    { type: 'refunded_from_payment', refunded_from_payment: { refund: refund.id } },
  );
}

export const cashBalanceResource: Resource = {
  collections: [declare(cashBalances), declare(cashTransactions)],
  expand: {
    customer_cash_balance_transaction: {
      'applied_to_payment.payment_intent': ['payment_intents'],
      customer: ['customers'],
      'refunded_from_payment.refund': ['refunds'],
      'unapplied_from_payment.payment_intent': ['payment_intents'],
    },
  },
  listeners: { 'refund.created': onRefundCreated },
  routes: [
    route('GET', '/v1/customers/:customer/cash_balance', { permission }, (call) =>
      shownCash(cashOf(call.account, customerIn(call)), call.account.livemode),
    ),
    route(
      'POST',
      '/v1/customers/:customer/cash_balance',
      { permission, params: cashSettingsParam },
      (call) => {
        const { account, params } = call;
        return shownCash(setCash(account, customerIn(call), params), account.livemode);
      },
    ),
    route(
      'GET',
      '/v1/customers/:customer/cash_balance_transactions',
      { permission, params: pageParams },
      (call) => listed(call, cashTransactions, { index: 'customer', key: customerIn(call) }),
    ),
    route('GET', '/v1/customers/:customer/cash_balance_transactions/:transaction', { permission }, (call) => {
      const transaction = call.account.of(cashTransactions).get(call.id('transaction'));
      if (transaction?.customer === customerIn(call)) return transaction;
      throw noSuch('customer_cash_balance_transaction', call.id('transaction'), 'transaction', 404);
    }),
    route(
      'POST',
      '/v1/customers/:customer/funding_instructions',
      { permission, params: instructionParams },
      instructions,
    ),
    route(
      'POST',
      '/v1/test_helpers/customers/:customer/fund_cash_balance',
      { permission, params: fundParams },
      fund,
    ),
  ],
};
