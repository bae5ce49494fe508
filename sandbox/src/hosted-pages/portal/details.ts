import { html } from 'hono/html';
import type { Customer } from '../../customers.ts';
import type { PlayerParams } from '../../seeds/seed.ts';
import { taxIdLabel, taxIds } from '../../tax/tax-id.ts';
import { addressFields, enteredAddress } from '../address.ts';
import { alert, type Filled, input } from '../fields.ts';
import { emptyForm, type Form, type Problems } from '../form.ts';
import type { Answer, HostedPage, Visit } from '../frame.ts';
import type { Html } from '../layout.ts';
import { type EnteredTaxId, enteredTaxId, taxIdFields } from '../tax-id.ts';
import { afterwards, type Portal, portalAt, portalPage, portalPath, requireAllowed } from './portal.ts';

/** Where a customer corrects their name and addresses. */
export const portalDetails: HostedPage = {
  path: `${portalPath}/details`,
  show: (visit) => pageOf(visit, portalAt(visit), { form: emptyForm, problems: {} }, 200),
  act: (visit, form) => {
    const portal = portalAt(visit);
    requireAllowed(portal.configuration.features.customer_update.enabled);
    const customer = `/v1/customers/${portal.customer.id}`;
    const removed = form.text('remove_tax_id');
    if (removed !== '') {
      requireAllowed(mayChange(portal, 'tax_id'));
      visit.play.delete(`${customer}/tax_ids/${removed}`);
      return { next: visit.url };
    }
    const { changes, problems, taxId } = entered(portal, form);
    if (Object.keys(problems).length > 0) return pageOf(visit, portal, { form, problems }, 400);
    visit.play.post(customer, changes);
    if (taxId) visit.play.post(`${customer}/tax_ids`, { ...taxId });
    return afterwards(portal);
  },
  refuse: (visit, form, fault) =>
    pageOf(visit, portalAt(visit), { form, problems: { [fault.body.param ?? '']: fault.message } }, 400),
};

type Update = Portal['configuration']['features']['customer_update']['allowed_updates'][number];

function mayChange({ configuration }: Portal, update: Update): boolean {
  return configuration.features.customer_update.allowed_updates.includes(update);
}

interface Entered {
  readonly changes: PlayerParams;
  readonly problems: Problems;
  readonly taxId: EnteredTaxId | null;
}

function entered(portal: Portal, form: Form): Entered {
  const problems: Record<string, string> = {};
  const changes: Record<string, string | PlayerParams> = {};
  for (const part of ['name', 'email', 'phone'] as const)
    if (mayChange(portal, part)) changes[part] = form.text(part);
  if (changes.email === '') problems.email = 'Your e-mail address is incomplete.';
  if (mayChange(portal, 'address')) {
    const { address, problems: more } = enteredAddress('billing', form);
    Object.assign(problems, more);
    changes.address = plain(address);
  }
  if (mayChange(portal, 'shipping')) {
    const { address, problems: more } = enteredAddress('shipping', form);
    const name = form.text('shipping_name');
    if (name === '') problems.shipping_name = 'The name is incomplete.';
    Object.assign(problems, more);
    changes.shipping = { name, address: plain(address) };
  }
  const [taxId, problem] = mayChange(portal, 'tax_id') ? enteredTaxId(form) : [null, null];
  if (problem !== null) problems.tax_id = problem;
  return { changes, problems, taxId };
}

function knownTaxIds({ account }: Visit, { id }: Customer): Html | string {
  const known = account.of(taxIds).by('owner', id);
  if (known.length === 0) return '';
  return html`<section class="card"><h2>Your tax IDs</h2><table><thead><tr><th scope="col">Kind</th><th scope="col">Number</th><th scope="col"><span class="hidden">Actions</span></th></tr></thead><tbody>
${known.map(
  ({ id: taxId, type, value }) => html`<tr><td>${taxIdLabel(type)}</td><td>${value}</td><td class="end">
<form method="post"><button name="remove_tax_id" value="${taxId}">Remove<span class="hidden"> ${value}</span></button></form></td></tr>`,
)}</tbody></table></section>`;
}

function plain(
  address: Readonly<Record<keyof NonNullable<Customer['address']>, string | null>>,
): PlayerParams {
  return Object.fromEntries(Object.entries(address).map(([name, part]) => [name, part ?? '']));
}

function pageOf(visit: Visit, portal: Portal, filled: Filled, status: 200 | 400): Answer {
  requireAllowed(portal.configuration.features.customer_update.enabled);
  const { customer } = portal;
  const { form, problems } = filled;
  const body = html`<div class="card">${alert(problems)}
<form method="post" novalidate>
${mayChange(portal, 'name') ? input({ name: 'name', label: 'Name', autocomplete: 'name' }, form.text('name') || (customer.name ?? ''), problems) : ''}
${mayChange(portal, 'email') ? input({ name: 'email', label: 'E-mail', type: 'email', autocomplete: 'email' }, form.text('email') || (customer.email ?? ''), problems) : ''}
${mayChange(portal, 'phone') ? input({ name: 'phone', label: 'Phone', type: 'tel', autocomplete: 'tel', maxlength: 20, optional: true }, form.text('phone') || (customer.phone ?? ''), problems) : ''}
${mayChange(portal, 'address') ? html`<fieldset><legend>Billing address</legend>${addressFields('billing', null, filled, customer.address)}</fieldset>` : ''}
${mayChange(portal, 'shipping') ? html`<fieldset><legend>Shipping address</legend>${input({ name: 'shipping_name', label: 'Name', autocomplete: 'shipping name' }, form.text('shipping_name') || (customer.shipping?.name ?? ''), problems)}${addressFields('shipping', null, filled, customer.shipping?.address ?? null)}</fieldset>` : ''}
${mayChange(portal, 'tax_id') ? html`<fieldset><legend>Tax IDs</legend>${taxIdFields(filled, true)}</fieldset>` : ''}
<button class="main">Save</button>
</form></div>
${mayChange(portal, 'tax_id') ? knownTaxIds(visit, customer) : ''}`;
  return portalPage(visit, portal, { title: 'Billing information', body, status });
}
