import type { StripeAccount, StripeObject } from './stripe-account.ts';

/** Everything of an account that a request could have changed, by kind and id. */
export type AccountState = ReadonlyMap<string, StripeObject & { readonly kind: string }>;

export interface Change {
  readonly how: '+' | '~' | '-';
  readonly kind: string;
  readonly id: string;
  /** As it is now; as it was, where it is gone. */
  readonly object: StripeObject;
  /** The fields that differ, with their values now. */
  readonly fields: { readonly [field: string]: unknown };
}

const lists: Readonly<Record<string, string>> = {
  customer: '/v1/customers',
  product: '/v1/products',
  price: '/v1/prices',
  payment_intent: '/v1/payment_intents',
  charge: '/v1/charges',
  refund: '/v1/refunds',
  subscription: '/v1/subscriptions?status=all',
  subscription_schedule: '/v1/subscription_schedules',
  invoice: '/v1/invoices',
  invoice_item: '/v1/invoiceitems?pending=true',
  credit_note: '/v1/credit_notes',
  quote: '/v1/quotes',
  coupon: '/v1/coupons',
  promotion_code: '/v1/promotion_codes',
  payment_link: '/v1/payment_links',
  checkout_session: '/v1/checkout/sessions',
  setup_intent: '/v1/setup_intents',
  dispute: '/v1/disputes',
  payout: '/v1/payouts',
  tax_rate: '/v1/tax_rates',
  webhook_endpoint: '/v1/webhook_endpoints',
  credit_grant: '/v1/billing/credit_grants',
  meter: '/v1/billing/meters',
  test_clock: '/v1/test_helpers/test_clocks',
  transfer: '/v1/transfers',
  file: '/v1/files',
};
const perCustomer: Readonly<Record<string, string>> = {
  payment_method: 'payment_methods',
  tax_id: 'tax_ids',
  balance_transaction: 'balance_transactions',
};

export async function readState(account: StripeAccount): Promise<AccountState> {
  const state = new Map<string, StripeObject & { kind: string }>();
  const take = (kind: string, rows: readonly StripeObject[]) => {
    for (const row of rows) state.set(`${kind} ${row.id}`, { ...row, kind });
  };
  const kinds = Object.entries(lists).map(async ([kind, path]) => take(kind, await account.all(path)));
  await Promise.all(kinds);
  const customers = [...state.values()].filter(({ kind }) => kind === 'customer');
  // A crowd of bystanders has nothing of its own; reading it one by one would only take time.
  for (const { id } of customers.slice(0, 25)) {
    for (const [kind, path] of Object.entries(perCustomer))
      take(kind, await account.all(`/v1/customers/${id}/${path}`));
  }
  return state;
}

/** Fields that move by themselves, or only say again what another object says. */
const incidental = new Set(
  'updated created livemode kind object url pdf hosted_invoice_url invoice_pdf lines latest_charge last_payment_error next_payment_attempt attempt_count attempted status_transitions balance_transaction receipt_url webhooks_delivered_at client_secret next_invoice_sequence effective_at payment_method_details outcome ending_balance latest_invoice default_source lastResponse payments confirmation_secret auto_advance automatically_finalizes_at processing transfer_data period_start period_end'.split(
    ' ',
  ),
);

/** What is otherwise than it was, in no particular order. */
export function changesBetween(before: AccountState, after: AccountState): Change[] {
  const changes: Change[] = [];
  for (const [key, object] of after) {
    const was = before.get(key);
    const { kind, id } = object;
    if (!was) changes.push({ how: '+', kind, id, object, fields: object });
    else {
      const fields = Object.fromEntries(
        Object.entries(object).filter(
          ([name, value]) => !incidental.has(name) && plain(value) !== plain(was[name]),
        ),
      );
      if (Object.keys(fields).length > 0) changes.push({ how: '~', kind, id, object, fields });
    }
  }
  for (const [key, object] of before)
    if (!after.has(key)) changes.push({ how: '-', kind: object.kind, id: object.id, object, fields: {} });
  return changes;
}

/** The mark that each operation leaves is no change anybody asked for. */
function plain(value: unknown): string {
  return JSON.stringify(value, (name, inner: unknown) => (name === 'purser_op' ? undefined : inner)) ?? '';
}
