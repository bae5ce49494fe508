import type { Account } from '../account.ts';
import { existingCustomer } from '../customers.ts';
import { create, update } from '../events.ts';
import { newId } from '../ids.ts';
import { priceCurrency, prices } from '../prices/price.ts';
import { type Call, declare, found, listed, type Resource, referred, refused, route } from '../resource.ts';
import { missingParam } from '../wire/errors.ts';
import { pageParams } from '../wire/pages.ts';
import {
  applyMetadata,
  emptyable,
  integer,
  list,
  metadata,
  object,
  oneOf,
  type Parsed,
  required,
  text,
} from '../wire/params.ts';
import { bookCredit, type CreditGrant, creditGrants, creditTransactions, leftOf } from './grant.ts';
import { summaryRoute } from './summary.ts';

/** Stripe's limit of grants with something left, per customer. */
const mostUnused = 100;
const expiryJob = 'credit_grant.expire';

/** What credit is for: all metered prices, or some of them. */
export const scopeFields = {
  price_type: oneOf('metered'),
  prices: list(object({ id: required(text()) }), 20),
} as const;
const createParams = {
  amount: required(
    object({
      monetary: object({ currency: required(priceCurrency), value: required(integer(1, 999_999_999_999)) }),
      type: required(oneOf('monetary')),
    }),
  ),
  applicability_config: required(object({ scope: required(object(scopeFields)) })),
  category: oneOf('paid', 'promotional'),
  customer: text(),
  effective_at: integer(0),
  expires_at: integer(0),
  metadata: metadata(),
  name: text(100),
  priority: integer(0, 100),
} as const;
const updateParams = { expires_at: emptyable(integer(0)), metadata: metadata() } as const;

function make({ account, params }: Call<Parsed<typeof createParams>>): CreditGrant {
  const { amount, applicability_config, category, effective_at, expires_at, priority } = params;
  if (params.customer === undefined) throw missingParam('customer');
  const customer = existingCustomer(account, params.customer).id;
  if (!amount.monetary) throw missingParam('amount[monetary]');
  checkScope(account, applicability_config.scope);
  requireRoom(account, customer);
  const now = account.now();
  const effective = effective_at ?? now;
  if (expires_at !== undefined) checkExpiry(expires_at, Math.max(now, effective));
  const grant: CreditGrant = {
    id: newId(account.livemode ? 'credgr' : 'credgr_test', 32),
    object: 'billing.credit_grant',
    amount: { monetary: amount.monetary, type: 'monetary' },
    applicability_config,
    category: category ?? 'paid',
    created: now,
    customer,
    customer_account: null,
    effective_at: effective,
    expires_at: expires_at ?? null,
    livemode: account.livemode,
    metadata: applyMetadata({}, params.metadata),
    name: params.name ?? null,
    priority: priority ?? 50,
    test_clock: account.timeline(),
    updated: now,
    voided_at: null,
  };
  create(account, creditGrants, grant, 'billing.credit_grant.created');
  bookCredit(account, grant, amount.monetary.value, { type: 'credits_granted' }, effective);
  if (expires_at !== undefined) account.schedule(expires_at, expiryJob, grant.id);
  return grant;
}

/** Throws Stripe's refusal of a scope that names no, both or other than metered prices. */
export function checkScope(
  account: Account,
  { price_type, prices: named }: Parsed<typeof scopeFields>,
  path = 'applicability_config[scope]',
): void {
  if (price_type !== undefined && named)
    throw refused(`${path}[price_type]`, 'You may only specify one of these parameters: price_type, prices.');
  if (price_type === undefined && (!named || named.length === 0)) throw missingParam(`${path}[price_type]`);
  for (const [at, { id }] of (named ?? []).entries()) {
    const price = referred(account, prices, 'price', id, `${path}[prices][${at}][id]`);
    if (!price.recurring?.meter)
      throw refused(
        `${path}[prices][${at}][id]`,
        `Billing credits can only be applied to prices with a billing meter attached to them. ${id} has none.`,
      );
  }
}

function requireRoom(account: Account, customer: string): void {
  const unused = account
    .of(creditGrants)
    .by('customer', customer)
    .filter((grant) => leftOf(account, grant) > 0);
  if (unused.length >= mostUnused)
    throw refused('customer', `A customer can have at most ${mostUnused} unused credit grants.`);
}

function checkExpiry(at: number, after: number): void {
  if (at <= after)
    throw refused('expires_at', 'The `expires_at` must be in the future and after the `effective_at`.');
}

function change(call: Call<Parsed<typeof updateParams>>): CreditGrant {
  const { account, params } = call;
  const grant = found(call, creditGrants, 'credit grant');
  const { expires_at: end = grant.expires_at } = params;
  if (end !== grant.expires_at) {
    requireOpen(account, grant);
    if (end !== null) {
      checkExpiry(end, Math.max(account.now(), grant.effective_at ?? 0));
      account.schedule(end, expiryJob, grant.id);
    }
  }
  const next = { ...grant, expires_at: end, metadata: applyMetadata(grant.metadata, params.metadata) };
  return save(account, grant, next);
}

function save(account: Account, before: CreditGrant, next: CreditGrant): CreditGrant {
  const changed = JSON.stringify(before) !== JSON.stringify(next);
  const stamped = changed ? { ...next, updated: account.now() } : before;
  return update(account, creditGrants, stamped, 'billing.credit_grant.updated');
}

/** Throws Stripe's refusal of a grant that is over. */
function requireOpen(account: Account, grant: CreditGrant): void {
  if (grant.voided_at !== null)
    throw refused('id', 'This credit grant has been voided and can no longer be changed.');
  if (grant.expires_at !== null && grant.expires_at <= account.now())
    throw refused('id', 'This credit grant has expired and can no longer be changed.');
}

function expire(call: Call<unknown>): CreditGrant {
  const { account } = call;
  const grant = found(call, creditGrants, 'credit grant');
  requireOpen(account, grant);
  const expired = save(account, grant, { ...grant, expires_at: account.now() });
  takeBack(account, expired, 'credits_expired');
  return expired;
}

function voidGrant(call: Call<unknown>): CreditGrant {
  const { account } = call;
  const grant = found(call, creditGrants, 'credit grant');
  requireOpen(account, grant);
  const used = account
    .of(creditTransactions)
    .by('credit_grant', grant.id)
    .some((entry) => entry.debit?.type === 'credits_applied');
  if (used)
    throw refused(
      'id',
      'This credit grant cannot be voided because some of its credits have been applied to an invoice. Expire it instead.',
    );
  const voided = save(account, grant, { ...grant, voided_at: account.now() });
  takeBack(account, voided, 'credits_voided');
  return voided;
}

function takeBack(account: Account, grant: CreditGrant, type: 'credits_expired' | 'credits_voided'): void {
  const left = leftOf(account, grant);
  if (left > 0) bookCredit(account, grant, left, { type });
}

/** A grant whose time is over is worth nothing. Runs as a due job. */
function expireWhenDue(account: Account, id: string): void {
  const grant = account.of(creditGrants).get(id);
  const ends = grant?.expires_at ?? null;
  if (grant?.voided_at === null && ends !== null && ends <= account.now())
    takeBack(account, grant, 'credits_expired');
}

const permission = 'billing_credit_grant';

/** `/v1/billing/credit_grants`, `/v1/billing/credit_balance_transactions` and `/v1/billing/credit_balance_summary`. */
export const creditResource: Resource = {
  collections: [declare(creditGrants), declare(creditTransactions)],
  expand: {
    'billing.credit_grant': { customer: ['customers'] },
    'billing.credit_balance_transaction': {
      credit_grant: ['billing_credit_grants'],
      'credit.credits_application_invoice_voided.invoice': ['invoices'],
      'debit.credits_applied.invoice': ['invoices'],
    },
    'billing.credit_balance_summary': { customer: ['customers'] },
  },
  jobs: { [expiryJob]: expireWhenDue },
  routes: [
    route('POST', '/v1/billing/credit_grants', { permission, params: createParams }, make),
    route('GET', '/v1/billing/credit_grants/:id', { permission }, (call) =>
      found(call, creditGrants, 'credit grant'),
    ),
    route('POST', '/v1/billing/credit_grants/:id', { permission, params: updateParams }, change),
    route('POST', '/v1/billing/credit_grants/:id/expire', { permission }, expire),
    route('POST', '/v1/billing/credit_grants/:id/void', { permission }, voidGrant),
    route(
      'GET',
      '/v1/billing/credit_grants',
      { permission, params: { ...pageParams, customer: text() } },
      (call) => {
        const { customer } = call.params;
        return listed(call, creditGrants, {
          ...(customer === undefined
            ? {}
            : { index: 'customer', key: existingCustomer(call.account, customer).id }),
        });
      },
    ),
    route(
      'GET',
      '/v1/billing/credit_balance_transactions/:id',
      { permission: 'billing_credit_balance' },
      (call) => found(call, creditTransactions, 'credit balance transaction'),
    ),
    route(
      'GET',
      '/v1/billing/credit_balance_transactions',
      {
        permission: 'billing_credit_balance',
        params: { ...pageParams, credit_grant: text(), customer: text() },
      },
      (call) => {
        const { credit_grant: grant, customer } = call.params;
        return listed(call, creditTransactions, {
          ...(grant === undefined ? {} : { index: 'credit_grant', key: grant }),
          where: (entry) =>
            customer === undefined ||
            call.account.of(creditGrants).get(entry.credit_grant)?.customer === customer,
        });
      },
    ),
    summaryRoute,
  ],
};
