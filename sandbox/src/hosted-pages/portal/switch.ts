import { html } from 'hono/html';
import { type PortalProduct, productsOf } from '../../billing-portal/configuration.ts';
import { currentInvoice } from '../../invoices/invoice.ts';
import { intentOf } from '../../invoices/payments.ts';
import { amountOf } from '../../prices/cost.ts';
import { type Price, prices } from '../../prices/price.ts';
import { intervalText, productOf } from '../../prices/text.ts';
import { type Subscription, type SubscriptionItem, subscriptions } from '../../subscriptions/subscription.ts';
import { alert, input } from '../fields.ts';
import { emptyForm, type Form, type Problems } from '../form.ts';
import type { Answer, HostedPage, Visit } from '../frame.ts';
import type { Html } from '../layout.ts';
import { amountText } from '../words.ts';
import { subscriptionAt } from './cancel.ts';
import { afterwards, type Portal, portalAt, portalPage, portalPath, requireAllowed } from './portal.ts';

/** Where a customer changes plan or quantity: first the choice, then what it costs, then it is done. */
export const portalSwitch: HostedPage = {
  path: `${portalPath}/switch/:subscription`,
  show: (visit) => {
    const portal = portalAt(visit);
    const subscription = subscriptionAt(visit, portal);
    const wish = wishOf(visit, portal, subscription);
    return wish
      ? confirmation(visit, portal, subscription, wish)
      : choice(visit, portal, subscription, emptyForm, {});
  },
  act: (visit, form) => {
    const portal = portalAt(visit);
    const subscription = subscriptionAt(visit, portal);
    requireAllowed(portal.configuration.features.subscription_update.enabled);
    if (form.text('action') === 'confirm') return change(visit, portal, subscription);
    const price = form.text('price') || itemOf(subscription).price.id;
    const quantity = form.text('quantity') || String(itemOf(subscription).quantity ?? 1);
    const problem = problemWith(visit, portal, subscription, { price, quantity: Number(quantity) });
    if (problem) return choice(visit, portal, subscription, form, problem);
    return { next: `${visit.url}?${new URLSearchParams({ price, quantity })}` };
  },
  refuse: (visit, form, fault) => {
    const portal = portalAt(visit);
    return choice(visit, portal, subscriptionAt(visit, portal), form, { '': fault.message });
  },
};

interface Wish {
  readonly price: string;
  readonly quantity: number;
}

function itemOf(subscription: Subscription): SubscriptionItem {
  const [item] = subscription.items.data;
  if (!item) throw new Error(`${subscription.id} has no item`);
  return item;
}

/** What somebody chose on the page before, or what the session was made to confirm. */
function wishOf(visit: Visit, portal: Portal, subscription: Subscription): Wish | null {
  const item = itemOf(subscription);
  const given = portal.session.flow?.subscription_update_confirm?.items[0];
  if (given) return { price: given.price ?? item.price.id, quantity: given.quantity ?? item.quantity ?? 1 };
  const price = visit.query('price');
  const wish = { price, quantity: Number(visit.query('quantity')) };
  return price === '' || problemWith(visit, portal, subscription, wish) ? null : wish;
}

interface Offer {
  readonly price: Price;
  readonly bounds: PortalProduct['adjustable_quantity'];
}

function offersOf({ account }: Visit, { configuration }: Portal): Offer[] {
  return productsOf(account, configuration.id).flatMap(({ adjustable_quantity: bounds, prices: ids }) =>
    ids.flatMap((id) => {
      const price = account.of(prices).get(id);
      return price?.active ? [{ price, bounds }] : [];
    }),
  );
}

function allows({ configuration }: Portal, update: 'price' | 'quantity'): boolean {
  return configuration.features.subscription_update.default_allowed_updates.includes(update);
}

function problemWith(visit: Visit, portal: Portal, subscription: Subscription, wish: Wish): Problems | null {
  const item = itemOf(subscription);
  const offer = offersOf(visit, portal).find(({ price }) => price.id === wish.price);
  if (wish.price !== item.price.id && (!offer || !allows(portal, 'price')))
    return { price: 'Choose one of the plans.' };
  if (wish.quantity === (item.quantity ?? 1)) return null;
  const { enabled = false, maximum = null, minimum = 1 } = offer?.bounds ?? {};
  if (!enabled || !allows(portal, 'quantity')) return { quantity: 'The quantity cannot be changed here.' };
  const isWithin =
    Number.isInteger(wish.quantity) &&
    wish.quantity >= Math.max(1, minimum) &&
    wish.quantity <= (maximum ?? 999_999);
  return isWithin
    ? null
    : {
        quantity: `Choose a quantity from ${Math.max(1, minimum)}${maximum === null ? '' : ` to ${maximum}`}.`,
      };
}

function change({ account, play, ...visit }: Visit, portal: Portal, subscription: Subscription): Answer {
  const wish = wishOf({ account, play, ...visit }, portal, subscription);
  if (!wish) return { next: visit.url };
  play.post(`/v1/subscriptions/${subscription.id}`, changeParams(portal, subscription, wish));
  const { latest_invoice: id = null } = account.of(subscriptions).get(subscription.id) ?? {};
  const bill = id === null ? undefined : currentInvoice(account, id);
  // The bank wants to be asked, or another card is needed: the invoice's own page goes on from here.
  const isUnpaid = bill?.status === 'open' && intentOf(account, bill)?.status !== 'processing';
  return isUnpaid && bill.hosted_invoice_url ? { next: bill.hosted_invoice_url } : afterwards(portal);
}

function changeParams(
  { configuration, session }: Portal,
  subscription: Subscription,
  { price, quantity }: Wish,
) {
  const { billing_cycle_anchor, proration_behavior, trial_update_behavior } =
    configuration.features.subscription_update;
  const endsTrial = subscription.status === 'trialing' && trial_update_behavior === 'end_trial';
  const discounts = session.flow?.subscription_update_confirm?.discounts?.map((discount) => ({
    coupon: discount.coupon ?? undefined,
    promotion_code: discount.promotion_code ?? undefined,
  }));
  return {
    items: [{ id: itemOf(subscription).id, price, quantity }],
    proration_behavior,
    ...(billing_cycle_anchor === 'now' ? { billing_cycle_anchor } : {}),
    ...(endsTrial ? { trial_end: 'now' } : {}),
    ...(discounts ? { discounts } : {}),
  };
}

function choice(
  visit: Visit,
  portal: Portal,
  subscription: Subscription,
  form: Form,
  problems: Problems,
): Answer {
  requireAllowed(portal.configuration.features.subscription_update.enabled);
  const item = itemOf(subscription);
  const chosen = form.text('price') || item.price.id;
  const offers = offersOf(visit, portal);
  const bounds = offers.find(({ price }) => price.id === item.price.id)?.bounds;
  const hasQuantity = bounds?.enabled && allows(portal, 'quantity');
  const body = html`<div class="card">${alert(problems)}
<form method="post">
${allows(portal, 'price') ? html`<fieldset><legend>Plan</legend>${offers.map(({ price }) => planChoice(visit, price, price.id === chosen, price.id === item.price.id))}${problems.price === undefined ? '' : html`<p class="problem" role="alert">${problems.price}</p>`}</fieldset>` : ''}
${hasQuantity ? input({ name: 'quantity', label: 'Quantity', type: 'number', min: Math.max(1, bounds.minimum), max: bounds.maximum ?? undefined }, form.text('quantity') || String(item.quantity ?? 1), problems) : ''}
<button class="main" name="action" value="choose">Go on</button>
</form></div>`;
  const status = Object.keys(problems).length > 0 ? 400 : 200;
  return portalPage(visit, portal, { title: 'Change plan', body, status });
}

function planChoice({ account }: Visit, price: Price, isChosen: boolean, isCurrent: boolean): Html {
  const { name } = productOf(account, price);
  const amount = `${amountText(amountOf(account, price, 1, price.currency), price.currency)}${intervalText(price)}`;
  return html`<label class="choice"><input type="radio" name="price" value="${price.id}"${isChosen ? html` checked` : ''}><span>${name}, ${amount}${isCurrent ? html` <span class="tag">Current plan</span>` : ''}</span></label>`;
}

function confirmation(visit: Visit, portal: Portal, subscription: Subscription, wish: Wish): Answer {
  requireAllowed(portal.configuration.features.subscription_update.enabled);
  const { account } = visit;
  const price = account.of(prices).get(wish.price);
  if (!price) return { next: visit.url };
  const text = (minor: number) => amountText(minor, subscription.currency);
  const regular = amountOf(account, price, wish.quantity, subscription.currency);
  const due = dueNow(visit, portal, subscription, wish);
  const body = html`<div class="card"><h2>${productOf(account, price).name}</h2>
<dl class="sums"><div><dt>New price</dt><dd>${text(regular)}${intervalText(price)}</dd></div>
<div><dt>Quantity</dt><dd>${wish.quantity}</dd></div>
<div class="sum"><dt>Due today</dt><dd>${text(due)}</dd></div></dl>
<form method="post"><div class="actions"><button class="main" name="action" value="confirm">Confirm</button></div></form></div>`;
  return portalPage(visit, portal, { title: 'Confirm your new plan', body });
}

/** What the change would cost at once: it is tried, and taken back. */
function dueNow({ account, play }: Visit, portal: Portal, subscription: Subscription, wish: Wish): number {
  const { id, latest_invoice: before } = subscription;
  return account.imagine(() => {
    play.post(`/v1/subscriptions/${id}`, changeParams(portal, subscription, wish));
    const { latest_invoice: latest = null } = account.of(subscriptions).get(id) ?? {};
    const bill = latest === null || latest === before ? undefined : currentInvoice(account, latest);
    return bill?.amount_due ?? 0;
  });
}
