import type Stripe from 'stripe';
import type { Account } from '../account.ts';
import { existingCustomer } from '../customers.ts';
import { groupBy } from '../group-by.ts';
import { type Call, type Route, referred, refused, route } from '../resource.ts';
import { missingParam } from '../wire/errors.ts';
import { list, object, oneOf, type Parsed, required, text } from '../wire/params.ts';
import type { Wire } from '../wire/shapes.ts';
import {
  type CreditGrant,
  creditGrants,
  creditTransactions,
  currencyOf,
  isUsable,
  leftOf,
  signedValue,
} from './grant.ts';

const params = {
  customer: text(),
  filter: required(
    object({
      applicability_scope: object({
        price_type: oneOf('metered'),
        prices: list(object({ id: required(text()) }), 20),
      }),
      credit_grant: text(),
      type: required(oneOf('applicability_scope', 'credit_grant')),
    }),
  ),
} as const;
type Summary = Wire<Stripe.Billing.CreditBalanceSummary>;

/** What a customer has in credit for a purpose: what can be used now, and what the books say so far. */
function summarize({ account, params: asked }: Call<Parsed<typeof params>>): Summary {
  if (asked.customer === undefined) throw missingParam('customer');
  const customer = existingCustomer(account, asked.customer).id;
  const grants = account
    .of(creditGrants)
    .by('customer', customer)
    .reverse()
    .filter(matching(account, customer, asked.filter));
  const byCurrency = groupBy(grants, currencyOf);
  return {
    object: 'billing.credit_balance_summary',
    balances: [...byCurrency].map(([currency, own]) => ({
      available_balance: monetary(currency, available(account, own)),
      ledger_balance: monetary(currency, booked(account, own)),
    })),
    customer,
    customer_account: null,
    livemode: account.livemode,
  };
}

function matching(
  account: Account,
  customer: string,
  filter: Parsed<typeof params>['filter'],
): (grant: CreditGrant) => boolean {
  if (filter.type === 'credit_grant') {
    const id = filter.credit_grant;
    if (id === undefined) throw missingParam('filter[credit_grant]');
    const grant = referred(account, creditGrants, 'credit grant', id, 'filter[credit_grant]');
    if (grant.customer !== customer)
      throw refused('filter[credit_grant]', `The credit grant ${id} does not belong to ${customer}.`);
    return (other) => other.id === id;
  }
  const scope = filter.applicability_scope;
  if (!scope) throw missingParam('filter[applicability_scope]');
  const named = new Set(scope.prices?.map(({ id }) => id));
  return ({ applicability_config: { scope: own } }) =>
    own.price_type === 'metered' || (own.prices ?? []).some(({ id }) => id !== null && named.has(id));
}

function available(account: Account, grants: readonly CreditGrant[]): number {
  return sum(grants.filter((grant) => isUsable(grant, account.now())).map((grant) => leftOf(account, grant)));
}

/** The sum of the transactions that are in effect. */
function booked(account: Account, grants: readonly CreditGrant[]): number {
  return sum(
    grants
      .flatMap((grant) => account.of(creditTransactions).by('credit_grant', grant.id))
      .filter((entry) => entry.effective_at <= account.now())
      .map(signedValue),
  );
}

function monetary(currency: string, value: number): Summary['balances'][number]['available_balance'] {
  return { monetary: { currency, value }, type: 'monetary' };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

/** `/v1/billing/credit_balance_summary`. */
export const summaryRoute: Route = route(
  'GET',
  '/v1/billing/credit_balance_summary',
  { permission: 'billing_credit_balance', params },
  summarize,
);
