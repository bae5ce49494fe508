import type { Account } from '../account.ts';
import { setCash } from '../cash-balance/cash-balance.ts';
import { externalAccountParam } from '../connect/external-accounts.ts';
import { withBalance } from '../customer-balance.ts';
import { type Customer, customers, type StoredCustomer } from '../customers.ts';
import { create } from '../events.ts';
import { newId, randomText } from '../ids.ts';
import { attachMethod } from '../payment-methods/attach.ts';
import { resolveMethod } from '../payment-methods/payment-method.ts';
import { attachSource, resolveSource } from '../payment-methods/sources.ts';
import { refused } from '../resource.ts';
import { addTaxId, taxIdParams } from '../tax/tax-id.ts';
import { clockLimits, existingClock } from '../test-clocks/test-clock.ts';
import { integer, list, object, type Parsed, text } from '../wire/params.ts';
import { discountParams, withDiscount } from './discount.ts';
import { setTax, taxParam } from './tax.ts';
import { changedCustomer, common } from './terms.ts';

export const createParams = {
  ...common,
  ...discountParams,
  balance: integer(),
  payment_method: text(),
  source: externalAccountParam,
  tax: taxParam,
  tax_id_data: list(object(taxIdParams), 5),
  test_clock: text(),
  validate: text(),
} as const;

function fresh(account: Account): Customer {
  return {
    id: newId('cus'),
    object: 'customer',
    address: null,
    balance: 0,
    created: account.now(),
    currency: null,
    customer_account: null,
    default_source: null,
    delinquent: false,
    description: null,
    discount: null,
    email: null,
    invoice_prefix: randomText(8).toUpperCase(),
    invoice_settings: {
      custom_fields: null,
      default_payment_method: null,
      footer: null,
      rendering_options: null,
    },
    livemode: account.livemode,
    metadata: {},
    name: null,
    next_invoice_sequence: 1,
    phone: null,
    preferred_locales: [],
    shipping: null,
    tax_exempt: 'none',
    test_clock: account.timeline(),
  };
}

/** Throws Stripe's 400 when the clock in force has as many customers as it may. */
function requireRoomOnClock(account: Account): void {
  const clock = account.timeline();
  if (clock === null || account.of(customers).by('test_clock', clock).length < clockLimits.customers) return;
  throw refused(
    'test_clock',
    `You have reached the maximum number of customers for this test clock (${clockLimits.customers}): ${clock}`,
  );
}

/** Makes a customer and gives it the cards it comes with; a test token may be named as its default at once. */
export function createCustomer(account: Account, params: Parsed<typeof createParams>): Customer {
  const { payment_method: token, source, validate: _, invoice_settings: settings, ...rest } = params;
  const { coupon, promotion_code, balance = 0, tax, tax_id_data: ids = [], ...others } = rest;
  const { test_clock: clock, ...changes } = others;
  if (clock !== undefined) {
    existingClock(account, clock);
    requireRoomOnClock(account);
  }
  const customer = changedCustomer(account, fresh(account), changes);
  account.of(customers).put(customer);
  const method =
    token === undefined
      ? undefined
      : attachMethod(account, resolveMethod(account, token, 'payment_method'), customer.id);
  const card =
    source === undefined
      ? undefined
      : attachSource(account, resolveSource(account, source, 'source'), customer.id);
  const isToken = method !== undefined && settings?.default_payment_method === token;
  const chosen = isToken ? { ...settings, default_payment_method: method.id } : settings;
  const settled = changedCustomer(
    account,
    { ...withBalance(account, customer, balance, 'initial'), default_source: card?.id ?? null },
    { invoice_settings: chosen },
  );
  setTax(account, settled, tax);
  setCash(account, settled.id, changes.cash_balance);
  const made = withDiscount(account, settled, { coupon, promotion_code });
  create<StoredCustomer>(account, customers, made, 'customer.created');
  for (const [at, id] of ids.entries()) addTaxId(account, customer.id, id, `tax_id_data[${at}]`);
  return made;
}
