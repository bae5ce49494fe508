import type Stripe from 'stripe';
import type { Account } from './account.ts';
import { accountObject } from './accounts.ts';
import { type Customer, existingCustomer, updateCustomer } from './customers.ts';
import { newId } from './ids.ts';
import { priceCurrency } from './prices/price.ts';
import { type Call, declare, listed, type Resource, route } from './resource.ts';
import type { CollectionSpec } from './store/collection.ts';
import { noSuch } from './wire/errors.ts';
import type { Lookup } from './wire/expand.ts';
import { datedPageParams } from './wire/pages.ts';
import { applyMetadata, integer, metadata, required, text, unsettableText } from './wire/params.ts';
import type { Wire } from './wire/shapes.ts';

/** A change of what a customer has in credit (negative) or owes (positive), as stored. */
export type CustomerBalanceTransaction = Wire<Stripe.CustomerBalanceTransaction>;

export const customerBalance: CollectionSpec<CustomerBalanceTransaction, 'customer'> = {
  name: 'customer_balance_transactions',
  indexes: { customer: (entry) => entry.customer },
};

interface Entry {
  readonly customer: string;
  /** Minor units; below zero gives the customer credit. */
  readonly amount: number;
  readonly currency: string;
  readonly type: Wire<Stripe.CustomerBalanceTransaction.Type>;
  readonly description?: string | null;
  readonly creditNote?: string | null;
  readonly invoice?: string | null;
  readonly metadata?: Readonly<Record<string, string>>;
}

/**
 * What a customer has in credit (negative) or owes (positive) in a currency, in minor units. A customer has one currency
 * of their own; what they have in others is told by their transactions alone.
 */
export function balanceIn(account: Account, customer: Customer, currency: string): number {
  if ((customer.currency ?? currency) === currency) return customer.balance;
  const entries = account.of(customerBalance).newestFirst({ index: 'customer', key: customer.id });
  for (const entry of entries) if (entry.currency === currency) return entry.ending_balance;
  return 0;
}

/** What a customer has in credit (above zero) or owes, by currency, as expanding shows it. */
export function creditBalances(lookup: Lookup, customer: string): Record<string, number> {
  const entries = lookup.by(customerBalance.name, 'customer', customer) as CustomerBalanceTransaction[];
  const newest = new Map<string, number>();
  for (const { currency, ending_balance: balance } of entries)
    if (!newest.has(currency)) newest.set(currency, balance);
  return Object.fromEntries([...newest].filter(([, balance]) => balance !== 0).map(([to, is]) => [to, -is]));
}

/** The customer with a balance of their own currency that somebody set; the difference is written down, the customer not stored. */
export function withBalance(
  account: Account,
  customer: Customer,
  balance: number,
  type: 'adjustment' | 'initial',
): Customer {
  if (balance === customer.balance) return customer;
  const currency = customer.currency ?? accountObject(account).default_currency ?? 'usd';
  const amount = balance - customer.balance;
  write(account, { customer: customer.id, amount, currency, type }, balance);
  return { ...customer, balance, currency };
}

/** Changes a customer's balance and says why. */
export function adjustCustomerBalance(account: Account, entry: Entry): CustomerBalanceTransaction {
  const customer = existingCustomer(account, entry.customer);
  const balance = balanceIn(account, customer, entry.currency) + entry.amount;
  if ((customer.currency ?? entry.currency) === entry.currency)
    updateCustomer(account, { ...customer, balance, currency: entry.currency });
  return write(account, entry, balance);
}

function write(account: Account, entry: Entry, balance: number): CustomerBalanceTransaction {
  return account.of(customerBalance).put({
    id: newId('cbtxn', 24),
    object: 'customer_balance_transaction',
    amount: entry.amount,
    checkout_session: null,
    created: account.now(),
    credit_note: entry.creditNote ?? null,
    currency: entry.currency,
    customer: entry.customer,
    customer_account: null,
    description: entry.description ?? null,
    ending_balance: balance,
    invoice: entry.invoice ?? null,
    livemode: account.livemode,
    metadata: { ...entry.metadata },
    type: entry.type,
  });
}

function existing(call: Call<unknown>): CustomerBalanceTransaction {
  const entry = call.account.of(customerBalance).get(call.id('entry'));
  if (entry?.customer !== call.id())
    throw noSuch('customer_balance_transaction', call.id('entry'), 'transaction', 404);
  return entry;
}

/** `/v1/customers/:id/balance_transactions`. */
export const customerBalanceResource: Resource = {
  collections: [declare(customerBalance)],
  expand: {
    customer_balance_transaction: {
      checkout_session: ['checkout_sessions'],
      credit_note: ['credit_notes'],
      customer: ['customers'],
      invoice: ['invoices'],
    },
  },
  routes: [
    route(
      'POST',
      '/v1/customers/:id/balance_transactions',
      {
        permission: 'customer',
        params: {
          amount: required(integer()),
          currency: required(priceCurrency),
          description: text(350),
          metadata: metadata(),
        },
      },
      (call) => {
        const { amount, currency, description, metadata: meta } = call.params;
        const customer = existingCustomer(call.account, call.id(), 'id').id;
        const type = 'adjustment';
        return adjustCustomerBalance(call.account, {
          customer,
          amount,
          currency,
          type,
          description,
          metadata: applyMetadata({}, meta),
        });
      },
    ),
    route(
      'GET',
      '/v1/customers/:id/balance_transactions',
      { permission: 'customer', params: { ...datedPageParams, invoice: text() } },
      (call) => {
        const { invoice } = call.params;
        return listed(call, customerBalance, {
          index: 'customer',
          key: existingCustomer(call.account, call.id(), 'id').id,
          where: (entry) => invoice === undefined || entry.invoice === invoice,
        });
      },
    ),
    route('GET', '/v1/customers/:id/balance_transactions/:entry', { permission: 'customer' }, existing),
    route(
      'POST',
      '/v1/customers/:id/balance_transactions/:entry',
      { permission: 'customer', params: { description: unsettableText(350), metadata: metadata() } },
      (call) => {
        const entry = existing(call);
        const { description = entry.description, metadata: meta } = call.params;
        return call.account
          .of(customerBalance)
          .put({ ...entry, description, metadata: applyMetadata(entry.metadata ?? {}, meta) });
      },
    ),
  ],
};
