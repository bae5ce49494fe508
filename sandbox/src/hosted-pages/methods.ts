import { html } from 'hono/html';
import type { Account } from '../account.ts';
import { bankNames } from '../payment-methods/bank-names.ts';
import { createPaymentMethod, type PaymentMethod } from '../payment-methods/payment-method.ts';
import { type MethodTypeName, methodType } from '../payment-methods/types.ts';
import type { StripeFault } from '../wire/errors.ts';
import { cardFields, enteredCard, type MethodEntry, problemOf } from './card.ts';
import { type Filled, input, select } from './fields.ts';
import type { Form, Problems } from './form.ts';
import type { Html } from './layout.ts';
import { methodName } from './words.ts';

/** What a customer can pay with. */
export interface Offer {
  readonly types: readonly MethodTypeName[];
  readonly saved: readonly PaymentMethod[];
}

/** Something that a kind of method has to be told, and a value to try. */
interface Detail {
  readonly name: string;
  readonly label: string;
  readonly example?: string;
  readonly choices?: readonly string[];
}

const account: Detail = { name: 'account_number', label: 'Account number', example: '000123456789' };
const detailsOf: { readonly [K in MethodTypeName]?: readonly Detail[] } = {
  acss_debit: [
    { name: 'institution_number', label: 'Institution number', example: '000' },
    { name: 'transit_number', label: 'Transit number', example: '11000' },
    account,
  ],
  au_becs_debit: [
    { name: 'bsb_number', label: 'BSB', example: '000-000' },
    { ...account, example: '000123456' },
  ],
  bacs_debit: [
    { name: 'sort_code', label: 'Sort code', example: '10-88-00' },
    { ...account, example: '00012345' },
  ],
  boleto: [{ name: 'tax_id', label: 'CPF or CNPJ', example: '000.000.000-00' }],
  fpx: [{ name: 'bank', label: 'Bank', choices: bankNames.fpx }],
  nz_bank_account: [
    { name: 'bank_code', label: 'Bank code', example: '11' },
    { name: 'branch_code', label: 'Branch code', example: '0000' },
    { ...account, example: '0000000' },
    { name: 'suffix', label: 'Suffix', example: '010' },
  ],
  sepa_debit: [{ name: 'iban', label: 'IBAN', example: 'AT61 1904 3002 3457 3201' }],
  sofort: [{ name: 'country', label: 'Country', choices: ['AT', 'BE', 'DE', 'ES', 'IT', 'NL'] }],
  us_bank_account: [{ name: 'routing_number', label: 'Routing number', example: '110000000' }, account],
};

/** The part of a form that asks how to pay: a card or, where there is a choice, one of several ways. */
export function methodFields(offer: Offer, business: string, filled: Filled): Html {
  const { types, saved } = offer;
  if (types.length === 1 && types[0] === 'card') return cardFields(saved, filled);
  const chosen = chosenType(offer, filled.form);
  return html`<fieldset class="methods"><legend>Pay with</legend>
${types.map(
  (type) =>
    html`<label class="choice"><input type="radio" name="method" value="${type}"${type === chosen ? html` checked` : ''}><span>${methodName(type)}</span></label>
<div class="method">${type === 'card' ? cardFields(saved, filled) : otherFields(type, business, filled)}</div>`,
)}</fieldset>`;
}

function otherFields(type: MethodTypeName, business: string, { form, problems }: Filled): Html {
  const flow = methodType(type)?.flow;
  const details = detailsOf[type] ?? [];
  const name = nameField(type);
  return html`${needsName(type) ? input({ name, label: 'Name on the account', autocomplete: 'name' }, form.text(name), problems) : ''}
${details.map((detail) => detailField(type, detail, { form, problems }))}
${flow === 'debit' ? html`<p class="small quiet">By confirming you allow ${business} to debit this account.</p>` : ''}
${flow === 'page' ? html`<p class="small quiet">You go on to a page of ${methodName(type)} to confirm.</p>` : ''}
${flow === 'voucher' ? html`<p class="small quiet">You get a voucher to pay within three days.</p>` : ''}`;
}

function detailField(type: MethodTypeName, detail: Detail, { form, problems }: Filled): Html {
  const { label, choices, example } = detail;
  const name = `${type}_${detail.name}`;
  if (!choices) return input({ name, label, placeholder: example, maxlength: 50 }, '', problems);
  const options = choices.map((value) => ({ value, label: value.replaceAll('_', ' ') }));
  return select({ name, label }, options, form.text(name), problems);
}

function nameField(type: MethodTypeName): string {
  return `${type}_name`;
}

function needsName(type: MethodTypeName): boolean {
  return methodType(type)?.flow === 'debit' || type === 'boleto';
}

function chosenType({ types }: Offer, form: Form): MethodTypeName | undefined {
  return types.find((type) => type === form.text('method')) ?? types[0];
}

/** Makes a method of what was entered, or takes the saved card. Throws Stripe's refusal of impossible details. */
export function enteredMethod(account: Account, form: Form, offer: Offer): MethodEntry {
  const type = chosenType(offer, form);
  if (type === undefined || type === 'card') return enteredCard(account, form, offer.saved);
  const problems: Record<string, string> = {};
  const given: Record<string, string> = {};
  for (const { name, label } of detailsOf[type] ?? []) {
    const value = form.text(`${type}_${name}`);
    if (value === '') problems[`${type}_${name}`] = `Your ${label} is incomplete.`;
    given[name] = value;
  }
  const holder = form.text(nameField(type));
  if (needsName(type) && holder === '') problems[nameField(type)] = 'Your name is incomplete.';
  if (Object.keys(problems).length > 0) return { problems };
  const billing_details = { name: holder || null, email: form.text('email') || null };
  return { method: createPaymentMethod(account, { type, [type]: given, billing_details }) };
}

/** Beside which field a refusal belongs; what has nothing to do with a field stands above the form. */
export function methodProblem(fault: StripeFault, form: Form, offer: Offer): Problems {
  const type = chosenType(offer, form);
  if (type === undefined || type === 'card') return problemOf(fault, form);
  const [, field] = /\[(\w+)\]$/.exec(fault.body.param ?? '') ?? [];
  const known = detailsOf[type]?.some(({ name }) => name === field);
  return { [known ? `${type}_${field}` : '']: fault.message };
}
