import type Stripe from 'stripe';
import type { Account } from './account.ts';
import { type Customer, existingCustomer, updateCustomer } from './customers.ts';
import { newId } from './ids.ts';
import { priceCurrency } from './prices/price.ts';
import { declare, listed, type Resource, route } from './resource.ts';
import type { CollectionSpec } from './store/collection.ts';
import { noSuch } from './wire/errors.ts';
import { datedPageParams } from './wire/pages.ts';
import { applyMetadata, integer, metadata, required, text } from './wire/params.ts';
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

/** Changes a customer's balance and says why. */
export function adjustCustomerBalance(account: Account, entry: Entry): CustomerBalanceTransaction {
  const customer = existingCustomer(account, entry.customer);
  const balance = balanceIn(account, customer, entry.currency) + entry.amount;
  if ((customer.currency ?? entry.currency) === entry.currency)
    updateCustomer(account, { ...customer, balance, currency: entry.currency });
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

/** `/v1/customers/:id/balance_transactions`. */
export const customerBalanceResource: Resource = {
  collections: [declare(customerBalance)],
  expand: {
    customer_balance_transaction: {
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
      { permission: 'customer', params: datedPageParams },
      (call) =>
        listed(call, customerBalance, {
          index: 'customer',
          key: existingCustomer(call.account, call.id(), 'id').id,
        }),
    ),
    route('GET', '/v1/customers/:id/balance_transactions/:entry', { permission: 'customer' }, (call) => {
      const entry = call.account.of(customerBalance).get(call.id('entry'));
      if (entry?.customer !== call.id()) throw noSuch('customer_balance_transaction', call.id('entry'), 'id');
      return entry;
    }),
  ],
};
