import type { Account } from '../account.ts';
import type { Collected } from '../checkout/attempt.ts';
import type { CustomField, Session } from '../checkout/session.ts';
import { existingCustomer } from '../customers.ts';
import { enteredAddress } from './address.ts';
import type { Form, Problems } from './form.ts';
import { enteredTaxId } from './tax-id.ts';

/** What a customer entered, and what is wrong with it, field by field. */
export function answersOf(
  account: Account,
  session: Session,
  form: Form,
): { readonly collected: Collected; readonly problems: Problems } {
  const problems: Record<string, string> = {};
  const customer = session.customer === null ? null : existingCustomer(account, session.customer);
  const email = customer?.email ?? form.text('email');
  if (email === '') problems.email = 'Your e-mail address is incomplete.';
  else if (!/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(email)) problems.email = 'Your e-mail address is invalid.';
  if (session.phone_number_collection?.enabled && !/^\+?[\d\s().-]{5,20}$/.test(form.text('phone')))
    problems.phone = 'Your phone number is incomplete.';
  for (const kind of ['individual', 'business'] as const) {
    const asked = session.name_collection?.[kind];
    if (asked?.enabled && !asked.optional && form.text(`${kind}_name`) === '')
      problems[`${kind}_name`] = 'This name is incomplete.';
  }
  const shipping = shippingOf(session, form, problems);
  const fields = fieldsOf(session, form, problems);
  const billing = billingOf(session, form, problems);
  const taxId = taxIdOf(session, form, problems);
  const consent = session.consent_collection;
  const hasAgreed = form.text('terms') === 'yes';
  if (consent?.terms_of_service === 'required' && !hasAgreed)
    problems.terms = 'You must agree to the terms of service to go on.';
  const optedIn = form.text('promotions') === 'yes' ? 'opt_in' : 'opt_out';
  return {
    problems,
    collected: {
      email,
      name: form.text(`${methodOf(form)}_name`) || shipping?.name || null,
      phone: form.text('phone') || null,
      address: billing,
      shipping,
      businessName: form.text('business_name') || null,
      individualName: form.text('individual_name') || null,
      taxId,
      fields,
      promotions: consent?.promotions === 'auto' ? optedIn : null,
      terms: consent?.terms_of_service === 'required' && hasAgreed ? 'accepted' : null,
    },
  };
}

function taxIdOf(session: Session, form: Form, problems: Record<string, string>): Collected['taxId'] {
  const asked = session.tax_id_collection;
  if (!asked?.enabled) return null;
  const [taxId, problem] = enteredTaxId(form);
  if (problem !== null) problems.tax_id = problem;
  const isNeeded = taxId !== null || asked.required === 'if_supported';
  if (isNeeded && form.text('business_name') === '') problems.business_name = 'This name is incomplete.';
  if (isNeeded && taxId === null && problem === null) problems.tax_id = 'Your tax ID is incomplete.';
  return taxId;
}

function shippingOf(session: Session, form: Form, problems: Record<string, string>): Collected['shipping'] {
  const countries: readonly string[] | undefined = session.shipping_address_collection?.allowed_countries;
  if (!countries) return null;
  const name = form.text('shipping_name');
  if (name === '') problems.shipping_name = 'The name is incomplete.';
  const { address, problems: more } = enteredAddress('shipping', form);
  Object.assign(problems, more);
  if (address.country !== null && !countries.includes(address.country))
    problems.shipping_country = 'Nothing is shipped to this country.';
  return { name, address };
}

function billingOf(session: Session, form: Form, problems: Record<string, string>): Collected['address'] {
  if (session.billing_address_collection === 'required') {
    const { address, problems: more } = enteredAddress('billing', form);
    Object.assign(problems, more);
    return address;
  }
  const country = methodOf(form) === 'card' ? form.text('country') || null : null;
  const postal_code = form.text('postal') || null;
  if (country === null) return null;
  return { city: null, country, line1: null, line2: null, postal_code, state: null };
}

/** With what kind of method somebody pays. */
function methodOf(form: Form): string {
  return form.text('method') || 'card';
}

function fieldsOf(session: Session, form: Form, problems: Record<string, string>): Record<string, string> {
  const values: Record<string, string> = {};
  for (const field of session.custom_fields) {
    const value = form.text(`field_${field.key}`);
    const problem = problemWith(field, value);
    if (problem !== null) problems[`field_${field.key}`] = problem;
    if (value !== '') values[field.key] = value;
  }
  return values;
}

function problemWith(field: CustomField, value: string): string | null {
  if (value === '') return field.optional ? null : 'This field is incomplete.';
  if (field.dropdown)
    return field.dropdown.options.some((option) => option.value === value) ? null : 'Choose one of these.';
  if (field.numeric && !/^\d+$/.test(value)) return 'Only digits go here.';
  const { minimum_length: least, maximum_length: most } = field.numeric ?? field.text ?? {};
  if (least && value.length < least) return `At least ${least} characters go here.`;
  return most && value.length > most ? `At most ${most} characters go here.` : null;
}
