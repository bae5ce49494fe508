import { html } from 'hono/html';
import { countries, countryName } from '../checkout/countries.ts';
import { type Filled, input, select } from './fields.ts';
import type { Form } from './form.ts';
import type { Html } from './layout.ts';

type Kind = 'billing' | 'shipping';
interface Address {
  readonly city: string | null;
  readonly country: string | null;
  readonly line1: string | null;
  readonly line2: string | null;
  readonly postal_code: string | null;
  readonly state: string | null;
}
interface Option {
  readonly value: string;
  readonly label: string;
}

/** Every country there is, by name. */
export const everywhere: readonly Option[] = countries
  .filter((code) => code !== 'ZZ')
  .map((code) => ({ value: code, label: countryName(code) }))
  .sort((one, other) => one.label.localeCompare(other.label, 'en'));

/** The fields of an address; `allowed` narrows the countries, `known` fills them in before the form was sent. */
export function addressFields(
  kind: Kind,
  allowed: readonly Option[] | null,
  { form, problems }: Filled,
  known: Address | null = null,
): Html {
  const name = (part: keyof Address) => `${kind}_${part}`;
  const value = (part: keyof Address) => form.text(name(part)) || (known?.[part] ?? '');
  const options = allowed ?? everywhere;
  const country = value('country') || (options.find((option) => option.value === 'US') ?? options[0])?.value;
  return html`${select({ name: name('country'), label: 'Country', autocomplete: `${kind} country` }, options, country ?? '', problems)}
${input({ name: name('line1'), label: 'Address', autocomplete: `${kind} address-line1` }, value('line1'), problems)}
${input({ name: name('line2'), label: 'Address, second line', autocomplete: `${kind} address-line2`, optional: true }, value('line2'), problems)}
<div class="row">
${input({ name: name('city'), label: 'City', autocomplete: `${kind} address-level2` }, value('city'), problems)}
${input({ name: name('postal_code'), label: 'Postal code', autocomplete: `${kind} postal-code`, maxlength: 20 }, value('postal_code'), problems)}
</div>
${input({ name: name('state'), label: 'State or region', autocomplete: `${kind} address-level1`, optional: true }, value('state'), problems)}`;
}

/** The address a form gives, and what is missing from it. */
export function enteredAddress(
  kind: Kind,
  form: Form,
): { readonly address: Address; readonly problems: Record<string, string> } {
  const part = (name: keyof Address) => form.text(`${kind}_${name}`) || null;
  const address: Address = {
    city: part('city'),
    country: part('country'),
    line1: part('line1'),
    line2: part('line2'),
    postal_code: part('postal_code'),
    state: part('state'),
  };
  const problems: Record<string, string> = {};
  if (address.line1 === null) problems[`${kind}_line1`] = 'Your address is incomplete.';
  if (address.city === null) problems[`${kind}_city`] = 'Your city is incomplete.';
  if (address.country === null) problems[`${kind}_country`] = 'Choose a country.';
  return { address, problems };
}
