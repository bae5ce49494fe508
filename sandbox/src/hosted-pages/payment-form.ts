import { html } from 'hono/html';
import type { Account } from '../account.ts';
import { attempts } from '../checkout/attempt.ts';
import { countryName } from '../checkout/countries.ts';
import { offeredTypes } from '../checkout/methods.ts';
import { needsMethod } from '../checkout/pay.ts';
import type { CustomField, Session } from '../checkout/session.ts';
import { termsOf } from '../checkout/session.ts';
import { trialEndOf } from '../checkout/totals.ts';
import { existingCustomer } from '../customers.ts';
import { type PaymentMethod, paymentMethods } from '../payment-methods/payment-method.ts';
import { addressFields } from './address.ts';
import { alert, checkbox, type Filled, input, select } from './fields.ts';
import type { Html } from './layout.ts';
import { methodFields, type Offer } from './methods.ts';
import { taxIdFields } from './tax-id.ts';
import { testCards } from './test-cards.ts';
import { amountText, businessName } from './words.ts';

/** The form a session is paid with: who they are, where it goes, the card. */
export function paymentForm(account: Account, session: Session, filled: Filled): Html {
  const { form, problems } = filled;
  const text = session.custom_text;
  return html`<section class="card" aria-label="Payment">
${alert(problems)}
<form method="post" novalidate>
<input type="hidden" name="expected_amount" value="${session.amount_total ?? 0}">
${contact(account, session, filled)}
${business(session, filled)}
${shipping(session, filled)}
${session.custom_fields.length === 0 ? '' : html`<fieldset><legend>Details</legend>${session.custom_fields.map((field) => customField(field, filled))}</fieldset>`}
${needsMethod(session) ? methodFields(offerOf(account, session), businessName(account), filled) : ''}
${session.billing_address_collection === 'required' ? html`<fieldset><legend>Billing address</legend>${addressFields('billing', null, filled)}</fieldset>` : ''}
${session.saved_payment_method_options?.payment_method_save === 'enabled' ? checkbox({ name: 'save', label: `Save this card for purchases at ${businessName(account)}` }, form.text('save') === 'yes', problems) : ''}
${session.consent_collection?.promotions === 'auto' ? checkbox({ name: 'promotions', label: `Send me news and offers from ${businessName(account)}` }, form.text('promotions') === 'yes', problems) : ''}
${session.consent_collection?.terms_of_service === 'required' ? checkbox({ name: 'terms', label: text.terms_of_service_acceptance?.message ?? `I agree to the terms of service of ${businessName(account)}` }, form.text('terms') === 'yes', problems) : ''}
${text.submit ? html`<p class="small">${text.submit.message}</p>` : ''}
<button class="main" name="action" value="pay">${submitText(account, session)}</button>
${text.after_submit ? html`<p class="small quiet">${text.after_submit.message}</p>` : ''}
</form>
${needsMethod(session) && session.payment_method_types.includes('card') ? testCards() : ''}
</section>`;
}

/** What the customer of a session can pay with. */
export function offerOf(account: Account, session: Session): Offer {
  return { types: offeredTypes(session), saved: savedCards(account, session) };
}

/** The cards a customer may choose from: theirs, as far as they were meant to be shown again. */
function savedCards(account: Account, session: Session): PaymentMethod[] {
  if (session.customer === null) return [];
  const shown = session.saved_payment_method_options?.allow_redisplay_filters ?? ['always'];
  return account
    .of(paymentMethods)
    .by('customer', session.customer)
    .filter(({ allow_redisplay: allow, card }) => card && shown.includes(allow ?? 'unspecified'));
}

function contact(account: Account, session: Session, { form, problems }: Filled): Html {
  const customer = session.customer === null ? null : existingCustomer(account, session.customer);
  const fixed = customer?.email ?? null;
  const before = account.of(attempts).get(session.id)?.collected.email;
  const email = fixed ?? (form.text('email') || session.customer_email || before || '');
  const names = session.name_collection;
  return html`<fieldset><legend>Contact</legend>
${input({ name: 'email', label: 'E-mail', type: 'email', autocomplete: 'email', readonly: fixed !== null }, email, problems)}
${session.phone_number_collection?.enabled ? input({ name: 'phone', label: 'Phone', type: 'tel', autocomplete: 'tel', maxlength: 20 }, form.text('phone') || (customer?.phone ?? ''), problems) : ''}
${names?.individual?.enabled ? input({ name: 'individual_name', label: 'Full name', autocomplete: 'name', optional: names.individual.optional }, form.text('individual_name'), problems) : ''}
${names?.business?.enabled ? input({ name: 'business_name', label: 'Business name', autocomplete: 'organization', optional: names.business.optional }, form.text('business_name'), problems) : ''}
</fieldset>`;
}

/** Asks businesses who they are; their name only where it is not asked for anyway. */
function business(session: Session, filled: Filled): Html | string {
  const asked = session.tax_id_collection;
  if (!asked?.enabled) return '';
  const optional = asked.required === 'never';
  const isNamed = session.name_collection?.business?.enabled;
  const name = { name: 'business_name', label: 'Business name', autocomplete: 'organization', optional };
  return html`<fieldset><legend>For businesses</legend>
${isNamed ? '' : input(name, filled.form.text('business_name'), filled.problems)}
${taxIdFields(filled, optional)}</fieldset>`;
}

function shipping(session: Session, filled: Filled): Html | string {
  const countries = session.shipping_address_collection?.allowed_countries;
  if (!countries) return '';
  const options = countries.map((code) => ({ value: code, label: countryName(code) }));
  const note = session.custom_text.shipping_address;
  return html`<fieldset><legend>Shipping address</legend>
${note ? html`<p class="small">${note.message}</p>` : ''}
${input({ name: 'shipping_name', label: 'Name', autocomplete: 'shipping name' }, filled.form.text('shipping_name'), filled.problems)}
${addressFields('shipping', options, filled)}</fieldset>`;
}

function customField(field: CustomField, { form, problems }: Filled): Html {
  const name = `field_${field.key}`;
  const described = { name, label: field.label.custom ?? field.key, optional: field.optional };
  if (field.dropdown) {
    const options = field.dropdown.options.map(({ label, value }) => ({ label, value }));
    const value = form.text(name) || (field.dropdown.default_value ?? '');
    return select(described, [{ value: '', label: 'Choose' }, ...options], value, problems);
  }
  const limits = field.numeric ?? field.text;
  const inputmode = field.type === 'numeric' ? { inputmode: 'numeric' as const } : {};
  const value = form.text(name) || (limits?.default_value ?? '');
  return input({ ...described, ...inputmode, maxlength: limits?.maximum_length ?? 255 }, value, problems);
}

function submitText(account: Account, session: Session): string {
  if (session.mode === 'setup') return 'Save card';
  const amount = amountText(session.amount_total ?? 0, session.currency ?? '');
  if (session.mode === 'subscription') {
    const isTrial = trialEndOf(account, termsOf(account, session.id).params) !== undefined;
    return isTrial ? 'Start trial' : `Subscribe for ${amount}`;
  }
  if (session.amount_total === 0) return 'Complete order';
  const verbs = { book: 'Book for', donate: 'Donate', subscribe: 'Subscribe for', pay: 'Pay', auto: 'Pay' };
  return `${verbs[session.submit_type ?? 'auto']} ${amount}`;
}
