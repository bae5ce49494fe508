import { html } from 'hono/html';
import { isWellFormed } from '../tax/id-forms.ts';
import { type TaxIdKind, taxIdKinds } from '../tax/id-kinds.ts';
import { taxIdLabel } from '../tax/tax-id.ts';
import { type Filled, input, select } from './fields.ts';
import type { Form } from './form.ts';
import type { Html } from './layout.ts';

export interface EnteredTaxId {
  readonly type: TaxIdKind;
  readonly value: string;
}

const kindOptions = taxIdKinds.map((kind) => ({ value: kind, label: taxIdLabel(kind) }));

/** Asks for a tax id: of what kind, and its number. */
export function taxIdFields({ form, problems }: Filled, optional: boolean): Html {
  const chosen = form.text('tax_id_type') || 'eu_vat';
  return html`<div class="row">
${select({ name: 'tax_id_type', label: 'Kind of tax ID' }, kindOptions, chosen, problems)}
${input({ name: 'tax_id', label: 'Tax ID', maxlength: 100, optional }, form.text('tax_id'), problems)}
</div>`;
}

/** The tax id a form gives, null for none; the second is what is wrong with it. */
export function enteredTaxId(form: Form): readonly [taxId: EnteredTaxId | null, problem: string | null] {
  const value = form.text('tax_id');
  if (value === '') return [null, null];
  const type = taxIdKinds.find((kind) => kind === form.text('tax_id_type'));
  if (type === undefined) return [null, 'Choose a kind of tax ID.'];
  if (!isWellFormed(type, value)) return [null, `This is not a number of the kind ${taxIdLabel(type)}.`];
  return [{ type, value }, null];
}
