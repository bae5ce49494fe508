import type { StoredEvent } from '../events.ts';
import type { ThinEvent } from './thin-event.ts';

type Json = Readonly<Record<string, unknown>>;

/** Where objects are found that are not simply the plural of their type. */
const addresses: Readonly<Record<string, (object: Json) => string | null>> = {
  balance: () => '/v1/balance',
  balance_settings: () => '/v1/balance_settings',
  'tax.settings': () => '/v1/tax/settings',
  capability: ({ account, id }) => `/v1/accounts/${account}/capabilities/${id}`,
  person: ({ account, id }) => `/v1/accounts/${account}/persons/${id}`,
  fee_refund: ({ fee, id }) => `/v1/application_fees/${fee}/refunds/${id}`,
  customer_cash_balance_transaction: ({ customer, id }) =>
    `/v1/customers/${customer}/cash_balance_transactions/${id}`,
  cash_balance: ({ customer }) => `/v1/customers/${customer}/cash_balance`,
  tax_id: ({ customer, id }) => (customer ? `/v1/customers/${customer}/tax_ids/${id}` : `/v1/tax_ids/${id}`),
  'entitlements.active_entitlement_summary': ({ customer }) =>
    `/v1/entitlements/active_entitlements?customer=${customer}`,
  // Nothing in Stripe's API answers a discount, a bank account or a card by its id alone.
  bank_account: () => null,
  card: () => null,
  discount: () => null,
};

/** What a v1 event is about, for its thin form; undefined when that has no address. */
export function relatedObject({ data }: StoredEvent): ThinEvent['related_object'] {
  const object: Json = { ...data.object };
  const type = String(object.object);
  const url = addresses[type] ? addresses[type](object) : usualAddress(type, String(object.id));
  if (url === null) return undefined;
  return typeof object.id === 'string' ? { id: object.id, type, url } : { type, url };
}

function usualAddress(type: string, id: string): string {
  const [name = '', ...groups] = type.split('.').reverse();
  const plural = name.endsWith('y') ? `${name.slice(0, -1)}ies` : `${name}s`;
  return `/v1/${[...groups.reverse(), plural].join('/')}/${id}`;
}
