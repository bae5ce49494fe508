import type Stripe from 'stripe';
import type { Account } from '../account.ts';
import { create, emit, update } from '../events.ts';
import { newId } from '../ids.ts';
import { referred, refused } from '../resource.ts';
import type { CollectionSpec } from '../store/collection.ts';
import { noSuch } from '../wire/errors.ts';
import { oneOf, required, text } from '../wire/params.ts';
import type { Wire } from '../wire/shapes.ts';
import { countryOf, isVerifiable, isWellFormed, verdictOn } from './id-forms.ts';
import { taxIdKinds } from './id-kinds.ts';

/**
 * A tax id of a customer, or of the account itself. It is verified once, after it was made:
 * ```pending ──▶ verified | unverified | unavailable```
 */
export type TaxId = Wire<Stripe.TaxId>;
export const taxIds: CollectionSpec<TaxId, 'owner'> = {
  name: 'tax_ids',
  indexes: { owner: (id) => id.customer ?? self },
};
/** In the index of owners: the account itself. */
export const self = 'self';

/** How many a customer or an account may have. */
const most = 5;
export const verifyJob = 'tax_id.verify';
const verificationSeconds = 2;

export const taxIdParams = { type: required(oneOf(...taxIdKinds)), value: required(text(100)) } as const;
interface TaxIdInput {
  readonly type: (typeof taxIdKinds)[number];
  readonly value: string;
}

/** Gives a customer, or with null the account itself, a tax id. Throws Stripe's 400 for a value the kind cannot have. */
export function addTaxId(account: Account, customer: string | null, input: TaxIdInput, path = ''): TaxId {
  const { type, value } = input;
  const param = path === '' ? 'value' : `${path}[value]`;
  if (!isWellFormed(type, value)) throw refused(param, `Invalid value for ${type}.`, 'tax_id_invalid');
  if (account.of(taxIds).by('owner', customer ?? self).length >= most)
    throw refused(path || 'type', `You can have at most ${most} tax IDs.`);
  const taxId: TaxId = {
    id: newId('txi', 24),
    object: 'tax_id',
    country: countryOf(type, value),
    created: account.now(),
    customer,
    customer_account: null,
    livemode: account.livemode,
    owner:
      customer === null
        ? { customer_account: null, type: 'self' }
        : { customer, customer_account: null, type: 'customer' },
    type,
    value,
    verification: customer === null ? null : unverified(isVerifiable(type) ? 'pending' : 'unavailable'),
  };
  // Stripe tells of customers' ids alone, and asks about those alone.
  if (customer === null) return account.of(taxIds).put(taxId);
  if (isVerifiable(type)) account.schedule(account.now() + verificationSeconds, verifyJob, taxId.id);
  return create(account, taxIds, taxId, 'customer.tax_id.created');
}

function unverified(status: ReturnType<typeof verdictOn>): TaxId['verification'] {
  return { status, verified_address: null, verified_name: null };
}

/** Answers what became of a verification. */
export function verifyTaxId(account: Account, id: string): void {
  const taxId = account.of(taxIds).get(id);
  if (!taxId) return;
  const verification = unverified(verdictOn(taxId.value));
  update(account, taxIds, { ...taxId, verification }, 'customer.tax_id.updated');
}

export function deleteTaxId(account: Account, taxId: TaxId): Stripe.DeletedTaxId {
  account.of(taxIds).delete(taxId.id);
  if (taxId.customer !== null) emit(account, 'customer.tax_id.deleted', taxId);
  return { id: taxId.id, object: 'tax_id', deleted: true };
}

/** How papers name a kind of tax id: `EU VAT`. */
export function taxIdLabel(kind: string): string {
  return kind.toUpperCase().replaceAll('_', ' ');
}

/** The account's own tax ids that an invoice is to show. Throws Stripe's 400 for one there is not. */
export function existingTaxIds(account: Account, ids: readonly string[]): string[] {
  for (const id of ids)
    if (referred(account, taxIds, 'tax_id', id, 'account_tax_ids').customer !== null)
      throw noSuch('tax_id', id, 'account_tax_ids');
  return [...ids];
}

/** A customer's tax ids as invoices show them. */
export function taxIdsOf(account: Account, customer: string): Wire<Stripe.Invoice.CustomerTaxId>[] {
  const all = account.of(taxIds).by('owner', customer);
  return all.reverse().map(({ type, value }) => ({ type, value }));
}
