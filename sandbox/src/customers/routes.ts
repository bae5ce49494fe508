import { cashBalances, type StoredCash, setCash, shownCash } from '../cash-balance/cash-balance.ts';
import { externalAccountParam } from '../connect/external-accounts.ts';
import { creditBalances, withBalance } from '../customer-balance.ts';
import { type Customer, customers, deleteCustomer, updateCustomer } from '../customers.ts';
import { paymentMethods } from '../payment-methods/payment-method.ts';
import {
  attachSource,
  isSource,
  ownSource,
  removeSource,
  resolveSource,
  shownSource,
} from '../payment-methods/sources.ts';
import { type Call, declare, found, listed, type Resource, route, searched } from '../resource.ts';
import { existingClock } from '../test-clocks/test-clock.ts';
import { noSuch } from '../wire/errors.ts';
import type { Lookup } from '../wire/expand.ts';
import { datedPageParams, embeddedList } from '../wire/pages.ts';
import { integer, type Parsed, text } from '../wire/params.ts';
import { searchParams } from '../wire/search.ts';
import { createCustomer, createParams } from './create.ts';
import { discountParams, dropDiscount, onInvoiceFinal, withDiscount } from './discount.ts';
import { customerTax, setTax, shownTax, taxParam } from './tax.ts';
import { changedCustomer, common } from './terms.ts';

function existingOr404(call: Call<unknown>): Customer {
  const customer = found(call, customers, 'customer');
  if (customer.deleted) throw noSuch('customer', customer.id, 'id');
  return customer;
}

/** The subscriptions of a customer that have not ended, the first few of them. */
function runningSubscriptions(lookup: Lookup, id: string) {
  const all = lookup.by('subscriptions', 'customer', id);
  const running = all.filter((one) => 'status' in one && one.status !== 'canceled');
  const shown = running.slice(0, 10);
  const url = `/v1/customers/${id}/subscriptions`;
  return { ...embeddedList(shown, url), has_more: running.length > shown.length };
}

/** `POST /v1/customers/:id`. A source that is given takes the place of the default one. */
function updateFrom(call: Call<Parsed<typeof updateParams>>): Customer {
  const { account, params } = call;
  const customer = existingOr404(call);
  const { balance, coupon, default_source: chosen, promotion_code, source, tax, ...others } = params;
  const { validate: _, ...changes } = others;
  if (chosen !== undefined) ownSource(account, customer.id, chosen);
  const before = customer.default_source;
  const added =
    source === undefined
      ? undefined
      : attachSource(account, resolveSource(account, source, 'source'), customer.id).id;
  const replaced =
    added === undefined || before === null ? undefined : account.of(paymentMethods).get(before);
  if (replaced) removeSource(account, replaced);
  const next: Customer = { ...customer, default_source: added ?? chosen ?? before };
  const changed = changedCustomer(account, next, changes);
  setTax(account, changed, tax);
  setCash(account, customer.id, changes.cash_balance);
  const reduced = withDiscount(account, changed, { coupon, promotion_code });
  return updateCustomer(
    account,
    balance === undefined ? reduced : withBalance(account, reduced, balance, 'adjustment'),
  );
}

const searchFields = { created: 'number', email: 'text', name: 'text', phone: 'token' } as const;
const updateParams = {
  ...common,
  ...discountParams,
  balance: integer(),
  default_source: text(),
  source: externalAccountParam,
  tax: taxParam,
  validate: text(),
} as const;
const listParams = { ...datedPageParams, email: text(512), test_clock: text() } as const;

export const customerResource: Resource = {
  collections: [declare(customers), declare(customerTax)],
  listeners: { 'invoice.finalized': onInvoiceFinal },
  expand: {
    customer: {
      cash_balance: (lookup, customer) => {
        const stored = lookup(cashBalances.name, customer.id) as StoredCash | undefined;
        const { livemode } = customer as Customer;
        return shownCash(stored ?? { id: customer.id, available: {}, mode: null }, livemode);
      },
      default_source: (lookup, customer) => shownSource(lookup, (customer as Customer).default_source),
      'invoice_settings.default_payment_method': ['payment_methods'],
      invoice_credit_balance: (lookup, { id }) => creditBalances(lookup, id),
      sources: (lookup, customer) => {
        const methods = lookup.by(paymentMethods.name, 'customer', customer.id).filter(isSource);
        const shown = methods.map(({ id }) => shownSource(lookup, id));
        return embeddedList(shown, `/v1/customers/${customer.id}/sources`);
      },
      subscriptions: (lookup, { id }) => runningSubscriptions(lookup, id),
      tax: (lookup, customer) => shownTax(lookup, customer as Customer),
    },
  },
  routes: [
    route('POST', '/v1/customers', { permission: 'customer', params: createParams }, ({ account, params }) =>
      createCustomer(account, params),
    ),
    route('GET', '/v1/customers/search', { permission: 'customer', params: searchParams }, (call) =>
      searched(call, customers, searchFields),
    ),
    route('GET', '/v1/customers/:id', { permission: 'customer' }, (call) =>
      found(call, customers, 'customer'),
    ),
    route('POST', '/v1/customers/:id', { permission: 'customer', params: updateParams }, updateFrom),
    route('DELETE', '/v1/customers/:id', { permission: 'customer' }, (call) =>
      deleteCustomer(call.account, existingOr404(call)),
    ),
    route('DELETE', '/v1/customers/:id/discount', { permission: 'customer' }, (call) =>
      dropDiscount(call.account, existingOr404(call)),
    ),
    route('GET', '/v1/customers', { permission: 'customer', params: listParams }, (call) => {
      const { email, test_clock: clock } = call.params;
      if (clock !== undefined)
        return listed(call, customers, {
          index: 'test_clock',
          key: existingClock(call.account, clock).id,
          where: (customer) => email === undefined || (!customer.deleted && customer.email === email),
        });
      return email === undefined
        ? listed(call, customers)
        : listed(call, customers, { index: 'email', key: email });
    }),
  ],
};
