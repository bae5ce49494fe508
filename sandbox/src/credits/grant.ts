import type Stripe from 'stripe';
import type { Account } from '../account.ts';
import { create } from '../events.ts';
import { newId } from '../ids.ts';
import type { Price } from '../prices/price.ts';
import type { CollectionSpec } from '../store/collection.ts';
import type { Wire } from '../wire/shapes.ts';

/**
 * Credit that a customer can use up on metered prices. What it is worth now is the sum of its transactions.
 *
 * ```
 * pending ──effective_at──▶ granted ──used up──▶ depleted
 *    │                         └──expires_at, expire──▶ expired
 *    └──void, also when granted but untouched──▶ voided
 * ```
 */
export type CreditGrant = Wire<Stripe.Billing.CreditGrant>;
export const creditGrants: CollectionSpec<CreditGrant, 'customer'> = {
  name: 'billing_credit_grants',
  indexes: { customer: (grant) => grant.customer },
};

export type CreditTransaction = Wire<Stripe.Billing.CreditBalanceTransaction>;
export const creditTransactions: CollectionSpec<CreditTransaction, 'credit_grant' | 'invoice'> = {
  name: 'billing_credit_balance_transactions',
  indexes: {
    credit_grant: (entry) => entry.credit_grant,
    invoice: (entry) => entry.debit?.credits_applied?.invoice ?? null,
  },
};

/** Why credit came or went. */
type Cause =
  | { readonly type: 'credits_granted' | 'credits_expired' | 'credits_voided' }
  | {
      readonly type: 'credits_applied' | 'credits_application_invoice_voided';
      readonly invoice: string;
      readonly invoice_line_item: string;
    };

/** Books a change of a grant's credit, in minor units of its currency. */
export function bookCredit(
  account: Account,
  grant: CreditGrant,
  value: number,
  cause: Cause,
  effectiveAt = account.now(),
): CreditTransaction {
  const amount = { monetary: { currency: currencyOf(grant), value }, type: 'monetary' } as const;
  const applied =
    'invoice' in cause ? { invoice: cause.invoice, invoice_line_item: cause.invoice_line_item } : null;
  const adds = cause.type === 'credits_granted' || cause.type === 'credits_application_invoice_voided';
  const entry: CreditTransaction = {
    id: newId(account.livemode ? 'cbtxn' : 'cbtxn_test', 32),
    object: 'billing.credit_balance_transaction',
    created: account.now(),
    credit: adds ? { amount, credits_application_invoice_voided: applied, type: cause.type } : null,
    credit_grant: grant.id,
    debit: adds ? null : { amount, credits_applied: applied, type: cause.type },
    effective_at: effectiveAt,
    livemode: account.livemode,
    test_clock: account.timeline(),
    type: adds ? 'credit' : 'debit',
  };
  return create(account, creditTransactions, entry, 'billing.credit_balance_transaction.created');
}

export function currencyOf(grant: CreditGrant): string {
  return grant.amount.monetary?.currency ?? '';
}

/** What a transaction adds to its grant, in minor units; negative for a debit. */
export function signedValue({ credit, debit }: CreditTransaction): number {
  return (credit?.amount.monetary?.value ?? 0) - (debit?.amount.monetary?.value ?? 0);
}

/** What is left of a grant, in minor units, whether or not it can be used now. */
export function leftOf(account: Account, grant: CreditGrant): number {
  return account
    .of(creditTransactions)
    .by('credit_grant', grant.id)
    .reduce((sum, entry) => sum + signedValue(entry), 0);
}

/** Whether a grant has begun and neither ended nor was taken back, at `now` (seconds). */
export function isUsable(
  { effective_at: start, expires_at: end, voided_at: voided }: CreditGrant,
  now: number,
) {
  return voided === null && (start ?? 0) <= now && (end === null || end > now);
}

/** Whether a grant pays for a price: all metered ones, or those it names. */
export function covers({ applicability_config: { scope } }: CreditGrant, price: Price): boolean {
  if (price.recurring?.usage_type !== 'metered' || price.recurring.meter === null) return false;
  return scope.prices ? scope.prices.some(({ id }) => id === price.id) : true;
}

/**
 * The grants of a customer that can be used now, in the order in which Stripe uses them: by priority, then the one that
 * expires first, promotional before paid, effective first, made first.
 */
export function usableGrants(account: Account, customer: string, currency: string): CreditGrant[] {
  const now = account.now();
  return account
    .of(creditGrants)
    .by('customer', customer)
    .reverse()
    .filter((grant) => currencyOf(grant) === currency && isUsable(grant, now))
    .sort(
      (a, b) =>
        (a.priority ?? 50) - (b.priority ?? 50) ||
        (a.expires_at ?? Number.MAX_SAFE_INTEGER) - (b.expires_at ?? Number.MAX_SAFE_INTEGER) ||
        rank(a) - rank(b) ||
        (a.effective_at ?? 0) - (b.effective_at ?? 0),
    );
}

function rank({ category }: CreditGrant): number {
  return category === 'promotional' ? 0 : 1;
}
