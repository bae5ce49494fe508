import { html } from 'hono/html';
import { productsOf } from '../../billing-portal/configuration.ts';
import type { Flow } from '../../billing-portal/session.ts';
import { invoices } from '../../invoices/invoice.ts';
import { type PaymentMethod, paymentMethods } from '../../payment-methods/payment-method.ts';
import { amountOf } from '../../prices/cost.ts';
import { intervalText, productOf } from '../../prices/text.ts';
import { hasEnded, periodOf, type Subscription, subscriptions } from '../../subscriptions/subscription.ts';
import { noSuch } from '../../wire/errors.ts';
import { methodTitle } from '../card.ts';
import type { Form } from '../form.ts';
import type { Answer, HostedPage, Visit } from '../frame.ts';
import type { Html } from '../layout.ts';
import { amountText, dayText } from '../words.ts';
import { type Portal, portalAt, portalPage, portalPath, requireAllowed } from './portal.ts';

/** How many invoices the history shows. */
const shownInvoices = 24;

/** The portal's first page: what a customer has, pays with and has paid. */
export const portalHome: HostedPage = {
  path: portalPath,
  show: (visit) => {
    const portal = portalAt(visit);
    const { flow } = portal.session;
    if (flow && visit.query('home') === '') return { next: `${portal.url}${pathOf(flow)}` };
    return portalPage(visit, portal, {
      title: 'Your subscriptions and payments',
      body: homeOf(visit, portal),
      isHome: true,
    });
  },
  act: (visit, form) => act(visit, portalAt(visit), form),
};

/** Where a session that was made for one thing begins. */
function pathOf(flow: Flow): string {
  if (flow.subscription_cancel) return `/cancel/${flow.subscription_cancel.subscription}`;
  if (flow.subscription_update) return `/switch/${flow.subscription_update.subscription}`;
  const confirm = flow.subscription_update_confirm;
  if (confirm) return `/switch/${confirm.subscription}`;
  return flow.type === 'customer_update' ? '/details' : '/card';
}

function act({ account, play }: Visit, portal: Portal, form: Form): Answer {
  const { configuration, customer, url } = portal;
  const action = form.text('action');
  const id = form.text('card');
  if (action === 'renew') {
    requireAllowed(configuration.features.subscription_cancel.enabled);
    const subscription = account.of(subscriptions).get(form.text('subscription'));
    if (subscription?.customer !== customer.id) throw noSuch('subscription', form.text('subscription'), 'id');
    play.post(`/v1/subscriptions/${subscription.id}`, { cancel_at_period_end: false });
  } else if (action === 'default' || action === 'remove') {
    requireAllowed(configuration.features.payment_method_update.enabled);
    const card = account.of(paymentMethods).get(id);
    if (card?.customer !== customer.id) throw noSuch('PaymentMethod', id, 'id');
    if (action === 'default')
      play.post(`/v1/customers/${customer.id}`, { invoice_settings: { default_payment_method: id } });
    else play.post(`/v1/payment_methods/${id}/detach`);
  }
  return { next: `${url}?home=1` };
}

function homeOf(visit: Visit, portal: Portal): Html {
  const { features } = portal.configuration;
  return html`${subscriptionSection(visit, portal)}
${methodSection(visit, portal)}
${features.customer_update.enabled ? detailsSection(portal) : ''}
${features.invoice_history.enabled ? invoiceSection(visit, portal) : ''}`;
}

function subscriptionSection({ account }: Visit, portal: Portal): Html {
  const mine = account.of(subscriptions).by('customer', portal.customer.id);
  const running = mine.filter((one) => !hasEnded(one) && one.status !== 'incomplete');
  if (running.length === 0)
    return html`<section class="card"><h2>Subscriptions</h2><p class="quiet">You have no subscription.</p></section>`;
  return html`${running.map((one) => subscriptionCard(account, portal, one))}`;
}

function subscriptionCard(account: Visit['account'], portal: Portal, subscription: Subscription): Html {
  const { features, id: configuration } = portal.configuration;
  const { id, items } = subscription;
  const [item] = items.data;
  const offered = productsOf(account, configuration);
  const canSwitch =
    features.subscription_update.enabled &&
    items.data.length === 1 &&
    offered.some(({ product }) => product === item?.price.product);
  const isEnding = subscription.cancel_at !== null;
  const names = items.data.map(({ price }) => productOf(account, price).name).join(', ');
  return html`<section class="card"><h2>${names} <span class="tag">${statusText(subscription)}</span></h2>
${items.data.map(({ price, quantity }) => html`<p>${amountText(amountOf(account, price, quantity ?? 0, subscription.currency), subscription.currency)}${intervalText(price)}${(quantity ?? 1) > 1 ? html` <span class="quiet">for ${quantity}</span>` : ''}</p>`)}
<p class="quiet">${nextText(subscription)}</p>
<div class="actions">
${canSwitch && !isEnding ? html`<a class="button" href="${portal.url}/switch/${id}">Change plan</a>` : ''}
${features.subscription_cancel.enabled && !isEnding ? html`<a class="button" href="${portal.url}/cancel/${id}">Cancel subscription</a>` : ''}
${features.subscription_cancel.enabled && subscription.cancel_at_period_end ? html`<form method="post"><input type="hidden" name="subscription" value="${id}"><button name="action" value="renew">Keep subscription</button></form>` : ''}
</div></section>`;
}

function statusText({ cancel_at: at, status }: Subscription): string {
  if (at !== null) return 'ends soon';
  return status === 'trialing' ? 'trial' : status.replaceAll('_', ' ');
}

function nextText(subscription: Subscription): string {
  if (subscription.cancel_at !== null) return `Ends on ${dayText(subscription.cancel_at)}`;
  if (subscription.trial_end !== null && subscription.status === 'trialing')
    return `Free until ${dayText(subscription.trial_end)}`;
  return `Renews on ${dayText(periodOf(subscription).end)}`;
}

function methodSection({ account }: Visit, portal: Portal): Html {
  const methods = account.of(paymentMethods).by('customer', portal.customer.id);
  const chosen = portal.customer.invoice_settings.default_payment_method;
  const canChange = portal.configuration.features.payment_method_update.enabled;
  return html`<section class="card"><h2>Payment methods</h2>
${methods.length === 0 ? html`<p class="quiet">Nothing is saved to pay with.</p>` : html`<table><thead><tr><th scope="col">Method</th><th scope="col">Expires</th><th scope="col"><span class="hidden">Actions</span></th></tr></thead><tbody>${methods.map((method) => methodRow(method, method.id === chosen, canChange))}</tbody></table>`}
${canChange ? html`<div class="actions"><a class="button" href="${portal.url}/card">Add card</a></div>` : ''}</section>`;
}

function methodRow(method: PaymentMethod, isDefault: boolean, canChange: boolean): Html {
  const name = methodTitle(method);
  const form = html`<form method="post" class="inline end"><input type="hidden" name="card" value="${method.id}">
<button name="action" value="default">Make default<span class="hidden">: ${name}</span></button>
<button name="action" value="remove">Remove<span class="hidden"> ${name}</span></button></form>`;
  const tag = isDefault ? html`<span class="tag">Default</span>` : '';
  return html`<tr><td>${name} ${tag}</td><td>${method.card ? `${method.card.exp_month}/${method.card.exp_year}` : ''}</td><td class="end">${canChange && !isDefault ? form : ''}</td></tr>`;
}

function detailsSection({ customer, url }: Portal): Html {
  const { address, email, name, phone } = customer;
  const lines = [
    name,
    email,
    phone,
    address &&
      [address.line1, address.line2, address.postal_code, address.city, address.country]
        .filter(Boolean)
        .join(', '),
  ].filter(Boolean);
  return html`<section class="card"><h2>Billing information</h2>
${lines.length === 0 ? html`<p class="quiet">Nothing is known yet.</p>` : html`<p>${lines.map((line) => html`${line}<br>`)}</p>`}
<div class="actions"><a class="button" href="${url}/details">Update information</a></div></section>`;
}

function invoiceSection({ account }: Visit, { customer }: Portal): Html {
  const shown = account
    .of(invoices)
    .by('customer', customer.id)
    .flatMap((invoice) => (invoice.deleted || invoice.status === 'draft' ? [] : [invoice]));
  return html`<section class="card"><h2>Invoices</h2>
${
  shown.length === 0
    ? html`<p class="quiet">There is none yet.</p>`
    : html`<table><thead><tr><th scope="col">Date</th><th scope="col">Invoice</th><th scope="col">Status</th><th scope="col" class="end">Amount</th></tr></thead><tbody>${shown
        .slice(0, shownInvoices)
        .map(
          (invoice) =>
            html`<tr><td>${dayText(invoice.created)}</td><td>${invoice.hosted_invoice_url ? html`<a href="${invoice.hosted_invoice_url}">${invoice.number}</a>` : invoice.number}</td><td>${invoice.status}</td><td class="end">${amountText(invoice.total, invoice.currency)}</td></tr>`,
        )}</tbody></table>`
}
${shown.length > shownInvoices ? html`<p class="small quiet">The newest ${shownInvoices} of ${shown.length}.</p>` : ''}</section>`;
}
