import type Stripe from 'stripe';
import type { Account } from '../account.ts';
import { existingCustomer } from '../customers.ts';
import { invoices } from '../invoices/invoice.ts';
import { type Call, declare, found, listed, type Resource, route } from '../resource.ts';
import { missingParam, noSuch, notSupported } from '../wire/errors.ts';
import { embeddedList, pageParams } from '../wire/pages.ts';
import { object, oneOf, type Parsed, required, text } from '../wire/params.ts';
import {
  addTaxId,
  deleteTaxId,
  self,
  type TaxId,
  taxIdParams,
  taxIds,
  taxIdsOf,
  verifyJob,
  verifyTaxId,
} from './tax-id.ts';

const owner = object({
  account: text(),
  customer: text(),
  type: required(oneOf('account', 'application', 'customer', 'self')),
});

/** The customer an owner names; null for the account itself. */
function ownerOf(account: Account, named: ReturnType<typeof owner.parse> | undefined): string | null {
  if (!named || named.type === 'self') return null;
  if (named.type !== 'customer') throw notSupported(`tax IDs of an owner of type ${named.type}`);
  if (named.customer === undefined) throw missingParam('owner[customer]');
  return existingCustomer(account, named.customer, 'owner[customer]').id;
}

function ofCustomer(call: Call<unknown>): TaxId {
  const { id: customer } = existingCustomer(call.account, call.id(), 'id');
  const taxId = found(call, taxIds, 'tax_id', 'tax_id');
  if (taxId.customer !== customer) throw noSuch('tax_id', taxId.id, 'tax_id', 404);
  return taxId;
}

/** Drafts show the ids that their customer has now; what was finalized keeps those of that moment. */
function onChange(account: Account, changed: unknown): void {
  const { customer } = changed as TaxId;
  if (customer === null) return;
  for (const invoice of account.of(invoices).by('customer', customer))
    if (!invoice.deleted && invoice.status === 'draft')
      account.of(invoices).put({ ...invoice, customer_tax_ids: taxIdsOf(account, customer) });
}

function onCustomerDeleted(account: Account, deleted: unknown): void {
  const { id } = deleted as Stripe.Customer;
  for (const taxId of account.of(taxIds).by('owner', id)) account.of(taxIds).delete(taxId.id);
}

const permission = 'tax_id';
const createParams = { ...taxIdParams, owner } as const;

function create({ account, params }: Call<Parsed<typeof createParams>>): TaxId {
  return addTaxId(account, ownerOf(account, params.owner), params);
}

/** `/v1/tax_ids` and `/v1/customers/:id/tax_ids`. */
export const taxIdResource: Resource = {
  collections: [declare(taxIds)],
  expand: {
    customer: {
      tax_ids: (lookup, { id }) =>
        embeddedList([...lookup.by(taxIds.name, 'owner', id)], `/v1/customers/${id}/tax_ids`),
    },
    tax_id: { customer: ['customers'], 'owner.account': ['accounts'], 'owner.customer': ['customers'] },
    invoice: { account_tax_ids: ['tax_ids'] },
  },
  jobs: { [verifyJob]: verifyTaxId },
  listeners: {
    'customer.deleted': onCustomerDeleted,
    'customer.tax_id.created': onChange,
    'customer.tax_id.deleted': onChange,
  },
  routes: [
    route('POST', '/v1/customers/:id/tax_ids', { permission: 'customer', params: taxIdParams }, (call) =>
      addTaxId(call.account, existingCustomer(call.account, call.id(), 'id').id, call.params),
    ),
    route('GET', '/v1/customers/:id/tax_ids/:tax_id', { permission: 'customer' }, ofCustomer),
    route('DELETE', '/v1/customers/:id/tax_ids/:tax_id', { permission: 'customer' }, (call) =>
      deleteTaxId(call.account, ofCustomer(call)),
    ),
    route('GET', '/v1/customers/:id/tax_ids', { permission: 'customer', params: pageParams }, (call) =>
      listed(call, taxIds, { index: 'owner', key: existingCustomer(call.account, call.id(), 'id').id }),
    ),
    route('POST', '/v1/tax_ids', { permission, params: createParams }, create),
    route('GET', '/v1/tax_ids/:id', { permission }, (call) => found(call, taxIds, 'tax_id')),
    route('DELETE', '/v1/tax_ids/:id', { permission }, (call) =>
      deleteTaxId(call.account, found(call, taxIds, 'tax_id')),
    ),
    route('GET', '/v1/tax_ids', { permission, params: { ...pageParams, owner } }, (call) =>
      listed(call, taxIds, { index: 'owner', key: ownerOf(call.account, call.params.owner) ?? self }),
    ),
  ],
};
