import { html } from 'hono/html';
import type { Account } from '../account.ts';
import {
  bankOf,
  createPaymentMethod,
  type PaymentMethod,
  paymentMethods,
} from '../payment-methods/payment-method.ts';
import type { StripeFault } from '../wire/errors.ts';
import { everywhere } from './address.ts';
import { type Filled, input, select } from './fields.ts';
import type { Form, Problems } from './form.ts';
import type { Html } from './layout.ts';
import { methodName } from './words.ts';

/** Countries whose banks check a postal code, so that the page asks for one. */
const withPostalCode: ReadonlySet<string> = new Set(['US', 'CA', 'GB']);

/** How a saved method is told from others: `Visa •••• 4242`. */
export function methodTitle(method: PaymentMethod): string {
  const { card, type } = method;
  return card
    ? numbered(brandName(card.brand), card.last4)
    : numbered(methodName(type), bankOf(method)?.last4);
}

function brandName(brand: string): string {
  return brand.charAt(0).toUpperCase() + brand.slice(1);
}

function numbered(name: string, last4: string | null | undefined): string {
  return last4 ? `${name} •••• ${last4}` : name;
}

/** The part of a form that asks for a card: one of those saved, or a new one. Numbers are never sent back. */
export function cardFields(saved: readonly PaymentMethod[], { form, problems }: Filled): Html {
  const chosen = form.text('saved') || saved[0]?.id || 'new';
  return html`<fieldset><legend>Card</legend>
${saved.map((method) => savedCard(method, chosen))}
${saved.length > 0 ? html`<label class="choice"><input type="radio" name="saved" value="new"${chosen === 'new' ? html` checked` : ''}><span>Another card</span></label>` : ''}
${problems.saved === undefined ? '' : html`<p class="problem" role="alert">${problems.saved}</p>`}
${input({ name: 'number', label: 'Card number', autocomplete: 'cc-number', inputmode: 'numeric', placeholder: '4242 4242 4242 4242', maxlength: 30 }, '', problems)}
<div class="row">
${input({ name: 'expiry', label: 'Expiry', autocomplete: 'cc-exp', inputmode: 'numeric', placeholder: 'MM / YY', maxlength: 9 }, '', problems)}
${input({ name: 'cvc', label: 'Security code', autocomplete: 'cc-csc', inputmode: 'numeric', placeholder: 'CVC', maxlength: 4 }, '', problems)}
</div>
${input({ name: 'card_name', label: 'Name on card', autocomplete: 'cc-name' }, form.text('card_name'), problems)}
<div class="row">
${select({ name: 'country', label: 'Country', autocomplete: 'billing country' }, everywhere, form.text('country') || 'US', problems)}
${input({ name: 'postal', label: 'ZIP or postal code', autocomplete: 'billing postal-code', maxlength: 20 }, form.text('postal'), problems)}
</div></fieldset>`;
}

function savedCard(method: PaymentMethod, chosen: string): Html {
  const expires = `expires ${method.card?.exp_month}/${method.card?.exp_year}`;
  return html`<label class="choice"><input type="radio" name="saved" value="${method.id}"${chosen === method.id ? html` checked` : ''}><span>${methodTitle(method)} <span class="quiet">${expires}</span></span></label>`;
}

/** A method to pay with, or what is wrong with what was entered. */
export type MethodEntry =
  | { readonly method: PaymentMethod; readonly problems?: undefined }
  | { readonly method?: undefined; readonly problems: Problems };

/** Makes a card of what was entered, or takes the saved one. Throws Stripe's refusal of impossible details. */
export function enteredCard(account: Account, form: Form, saved: readonly PaymentMethod[]): MethodEntry {
  const choice = form.text('saved');
  if (choice !== '' && choice !== 'new') {
    const method = saved.some(({ id }) => id === choice) ? account.of(paymentMethods).get(choice) : undefined;
    return method ? { method } : { problems: { saved: 'This card is no longer there. Choose another.' } };
  }
  const problems = missingParts(form);
  if (Object.keys(problems).length > 0) return { problems };
  const [month = '', year = ''] = expiryParts(form.text('expiry'));
  const postal = form.text('postal');
  return {
    method: createPaymentMethod(account, {
      type: 'card',
      card: {
        number: form.text('number'),
        exp_month: Number(month),
        exp_year: Number(year),
        cvc: form.text('cvc'),
      },
      billing_details: {
        name: form.text('card_name') || null,
        email: form.text('email') || null,
        address: { country: form.text('country') || null, postal_code: postal || null },
      },
    }),
  };
}

function missingParts(form: Form): Record<string, string> {
  const problems: Record<string, string> = {};
  if (form.text('number') === '') problems.number = 'Your card number is incomplete.';
  if (expiryParts(form.text('expiry')).length !== 2)
    problems.expiry = "Your card's expiration date is incomplete.";
  if (form.text('cvc') === '') problems.cvc = "Your card's security code is incomplete.";
  if (withPostalCode.has(form.text('country')) && form.text('postal') === '')
    problems.postal = 'Your postal code is incomplete.';
  return problems;
}

/** Month and year of `12/34`, `12 / 2034` or `1234`. */
function expiryParts(text: string): string[] {
  const match = /^(\d{1,2})\s*[/-]\s*(\d{2}|\d{4})$/.exec(text) ?? /^(\d{2})(\d{2})$/.exec(text);
  return match ? match.slice(1) : [];
}

/** Beside which field a refusal belongs; what has nothing to do with a field stands above the form. */
export function problemOf(fault: StripeFault, form: Form): Problems {
  const { code = '', param = '', type } = fault.body;
  const isSaved = form.text('saved') !== '' && form.text('saved') !== 'new';
  if (type !== 'card_error') return { [fieldNames.get(param) ?? '']: fault.message };
  if (isSaved) return { saved: fault.message };
  if (code.includes('expir')) return { expiry: fault.message };
  if (code.includes('cvc')) return { cvc: fault.message };
  if (code.includes('zip')) return { postal: fault.message };
  return { number: fault.message };
}

const fieldNames: ReadonlyMap<string, string> = new Map([
  ['email', 'email'],
  ['promotion_code', 'promotion_code'],
]);
