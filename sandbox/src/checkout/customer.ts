import type { Account } from '../account.ts';
import { createCustomer } from '../customers/create.ts';
import { type Customer, existingCustomer, updateCustomer } from '../customers.ts';
import { addTaxId, taxIdsOf } from '../tax/tax-id.ts';
import type { Collected } from './attempt.ts';
import { type Session, termsOf } from './session.ts';

/** The session's customer, made now if there has to be one; null for a guest. `known` is one made by an earlier try. */
export function customerFor(
  account: Account,
  session: Session,
  collected: Collected,
  options: { readonly known: string | null; readonly save: boolean },
): string | null {
  const id = session.customer ?? options.known;
  if (id !== null) return existingCustomer(account, id).id;
  if (!needsCustomer(account, session, options.save)) return null;
  return createCustomer(account, {
    email: collected.email ?? undefined,
    name: nameOf(collected) ?? undefined,
    phone: collected.phone ?? undefined,
    address: collected.address ?? undefined,
    shipping: collected.shipping ?? undefined,
    business_name: collected.businessName ?? undefined,
    individual_name: collected.individualName ?? undefined,
  }).id;
}

function needsCustomer(account: Account, session: Session, save: boolean): boolean {
  if (session.customer_creation === 'always' || save) return true;
  const { params } = termsOf(account, session.id);
  const later =
    params.payment_intent_data?.setup_future_usage ?? params.payment_method_options?.card?.setup_future_usage;
  return later !== undefined || session.invoice_creation?.enabled === true;
}

/** What the customer is called: who buys for a business, as the business is; else as they said. */
export function nameOf({ businessName, individualName, name, taxId }: Collected): string | null {
  return (taxId && businessName) ?? name ?? businessName ?? individualName;
}

/** Keeps a tax id with its customer, before anything is billed to them. Throws Stripe's refusal of one too many. */
export function keepTaxId(account: Account, customer: string | null, { taxId }: Collected): void {
  if (!taxId || customer === null) return;
  const known = taxIdsOf(account, customer).some(
    ({ type, value }) => type === taxId.type && value === taxId.value,
  );
  if (!known) addTaxId(account, customer, taxId);
}

/** Brings an existing customer up to date with what they told, as far as the session may. */
export function enrichCustomer(account: Account, session: Session, collected: Collected): void {
  if (session.customer === null) return;
  const customer = existingCustomer(account, session.customer);
  const may = termsOf(account, session.id).params.customer_update ?? {};
  const { shipping } = collected;
  const name = nameOf(collected);
  const next: Customer = {
    ...customer,
    email: customer.email ?? collected.email,
    ...(may.name === 'auto' && name !== null ? { name } : {}),
    ...(may.address === 'auto' && collected.address ? { address: collected.address } : {}),
    ...(may.shipping === 'auto' && shipping
      ? { shipping: { name: shipping.name, phone: collected.phone, address: shipping.address } }
      : {}),
  };
  updateCustomer(account, next);
}
