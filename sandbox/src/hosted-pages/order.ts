import { html } from 'hono/html';
import type { Account } from '../account.ts';
import { itemsOf, priceItems, priceOf, type StoredItem } from '../checkout/items.ts';
import { type Session, termsOf } from '../checkout/session.ts';
import { sessionPricing, trialEndOf } from '../checkout/totals.ts';
import { couponAtWork } from '../coupons.ts';
import { discounts, reductionsOf } from '../discounts.ts';
import { amountOf } from '../prices/cost.ts';
import { prices } from '../prices/price.ts';
import { intervalText } from '../prices/text.ts';
import { products } from '../product-store.ts';
import { promotionCodes } from '../promotion-codes/code.ts';
import { shippingRates } from '../shipping-rates.ts';
import { type Filled, input } from './fields.ts';
import type { Html } from './layout.ts';
import { amountText, businessName, couponText, dayText } from './words.ts';

/** What is bought and what it comes to, with everything the customer may still change about it. */
export function orderColumn(account: Account, session: Session, filled: Filled): Html {
  const items = itemsOf(account, session.id);
  const back = session.cancel_url;
  return html`<section aria-label="Your order">
${back === null ? '' : html`<p class="business"><a href="${back}" rel="noreferrer">Back</a></p>`}
${headline(account, session, items)}
${session.mode === 'setup' ? '' : html`<ul class="lines">${items.map((item) => itemLine(account, session, item, filled))}</ul>`}
${optionalItems(account, session, items)}
${shippingChoice(account, session)}
${session.mode === 'setup' ? '' : sums(account, session, items)}
${codeForm(account, session, filled)}
</section>`;
}

function headline(account: Account, session: Session, items: readonly StoredItem[]): Html {
  const business = businessName(account);
  if (session.mode === 'setup')
    return html`<h1>Save your card with ${business}</h1><p class="small quiet">Nothing is charged now.</p>`;
  const total = amountText(session.amount_total ?? 0, session.currency ?? '');
  if (session.mode === 'payment') return html`<h1>Pay ${business}</h1><p class="total">${total}</p>`;
  return html`<h1>Subscribe to ${business}</h1><p class="total">${total}</p>
<p class="quiet">${laterText(account, session, items)}</p>`;
}

/** What a subscription costs once its first payment is behind it. */
function laterText(account: Account, session: Session, items: readonly StoredItem[]): string {
  const terms = termsOf(account, session.id);
  const recurring = items.filter((item) => priceOf(account, item).recurring);
  const lasting = reductionsOf(account, terms.discounts, 0).filter(
    ({ coupon }) => coupon.duration !== 'once',
  );
  const pricing = sessionPricing(account, session, terms);
  const regular = priceItems(account, recurring, {
    ...pricing,
    discounts: lasting,
    dueNow: (_price, amount) => amount,
  }).total;
  const [first] = recurring;
  const often = first
    ? intervalText(priceOf(account, first)).replace(' / ', 'per ').replace('per every', 'every')
    : '';
  const price = `${amountText(regular, session.currency ?? '')} ${often}`;
  const trial = trialEndOf(account, terms.params);
  if (trial !== undefined) return `Free until ${dayText(trial)}, then ${price}`;
  return regular === session.amount_total ? often : `due today, then ${price}`;
}

function itemLine(account: Account, session: Session, item: StoredItem, { problems, form }: Filled): Html {
  const price = priceOf(account, item);
  const product = account.of(products).get(price.product);
  const description = product && !product.deleted ? product.description : null;
  const adjustable = item.adjustable_quantity?.enabled ? item.adjustable_quantity : null;
  const name = `quantity_${item.id}`;
  const amount = amountText(item.amount_subtotal, session.currency ?? '');
  const terms = [quantityText(item), intervalText(price).replace(' / ', 'per ')];
  const facts = [description, terms.filter((text) => text !== '').join(' · ')].filter(Boolean);
  return html`<li><span>${item.description ?? 'Item'}</span><span>${amount}</span>
${facts.map((fact) => html`<span class="below small quiet">${fact}</span>`)}
${
  adjustable
    ? html`<form method="post" class="inline">${input(
        {
          name,
          label: html`Quantity<span class="hidden"> of ${item.description ?? 'this item'}</span>`,
          type: 'number',
          min: Math.max(1, adjustable.minimum ?? 0),
          max: adjustable.maximum ?? 99,
        },
        problems[name] === undefined ? String(item.quantity) : form.text(name),
        problems,
      )}<button name="action" value="order">Update</button></form>`
    : ''
}
${item.optional ? html`<form method="post"><input type="hidden" name="remove" value="${item.id}"><button name="action" value="order">Remove ${item.description ?? 'this item'}</button></form>` : ''}</li>`;
}

function quantityText({ adjustable_quantity: adjustable, quantity }: StoredItem): string {
  if (quantity === null) return 'Billed by usage';
  return adjustable?.enabled ? '' : `Quantity ${quantity}`;
}

function optionalItems(account: Account, session: Session, items: readonly StoredItem[]): Html | string {
  const left = (session.optional_items ?? []).filter(
    ({ price }) => !items.some((item) => item.optional && item.price === price),
  );
  if (left.length === 0) return '';
  return html`<h2>You may also like</h2><div class="options">${left.map(({ price: id, quantity }) => {
    const price = account.of(prices).get(id);
    const product = price && account.of(products).get(price.product);
    const name = product && !product.deleted ? product.name : 'Item';
    const amount = price
      ? amountText(
          amountOf(account, price, quantity, session.currency ?? price.currency),
          session.currency ?? price.currency,
        )
      : '';
    return html`<form method="post"><input type="hidden" name="add" value="${id}"><button name="action" value="order"><span>Add ${name}</span><span>${amount}${price ? intervalText(price) : ''}</span></button></form>`;
  })}</div>`;
}

function shippingChoice(account: Account, session: Session): Html | string {
  if (session.shipping_options.length < 2) return '';
  const chosen = session.shipping_cost?.shipping_rate;
  return html`<form method="post"><input type="hidden" name="action" value="order"><h2 id="shipping">Shipping</h2>
<div class="options" role="group" aria-labelledby="shipping">${session.shipping_options.map((option) => {
    const rate = account.of(shippingRates).get(option.shipping_rate);
    const isChosen = option.shipping_rate === chosen;
    return html`<button name="shipping_rate" value="${option.shipping_rate}" aria-pressed="${String(isChosen)}"><span>${rate?.display_name ?? 'Shipping'}</span><span>${shippingText(option.shipping_amount, session)}</span></button>`;
  })}</div></form>`;
}

function shippingText(amount: number, session: Session): string {
  return amount === 0 ? 'Free' : amountText(amount, session.currency ?? '');
}

function sums(account: Account, session: Session, items: readonly StoredItem[]): Html {
  const { currency, shipping_cost: shipping, total_details: details } = session;
  const text = (amount: number) => amountText(amount, currency ?? '');
  const off = details?.amount_discount ?? 0;
  const rate = shipping?.shipping_rate ? account.of(shippingRates).get(shipping.shipping_rate) : undefined;
  const plain = off === 0 && !shipping && (details?.amount_tax ?? 0) === 0;
  return html`<dl class="sums">
${plain ? '' : html`<div><dt>Subtotal</dt><dd>${text(session.amount_subtotal ?? 0)}</dd></div>`}
${off === 0 ? '' : html`<div><dt>${discountName(account, session)}</dt><dd>${text(-off)}</dd></div>`}
${shipping ? html`<div><dt>Shipping${rate ? ` (${rate.display_name})` : ''}</dt><dd>${shippingText(shipping.amount_total, session)}</dd></div>` : ''}
${taxLines(items).map(([name, amount]) => html`<div><dt>${name}</dt><dd>${text(amount)}</dd></div>`)}
<div class="sum"><dt>Total due${session.mode === 'subscription' ? ' today' : ''}</dt><dd>${text(session.amount_total ?? 0)}</dd></div>
</dl>`;
}

function taxLines(items: readonly StoredItem[]): [string, number][] {
  const sums = new Map<string, number>();
  for (const { amount, rate } of items.flatMap((item) => item.taxes)) {
    const name = `${rate.display_name} (${rate.percentage}%${rate.inclusive ? ' incl.' : ''})`;
    sums.set(name, (sums.get(name) ?? 0) + amount);
  }
  return [...sums];
}

function discountName(account: Account, session: Session): string {
  const [discount] = termsOf(account, session.id).discounts.map((id) => account.of(discounts).get(id));
  const coupon = discount && couponAtWork(account, discount.source.coupon);
  const code = discount?.promotion_code ? account.of(promotionCodes).get(discount.promotion_code) : undefined;
  return `${code?.code ?? coupon?.name ?? 'Discount'}${coupon ? ` (${couponText(coupon)})` : ''}`;
}

function codeForm(account: Account, session: Session, { form, problems }: Filled): Html | string {
  if (!session.allow_promotion_codes) return '';
  if (session.discounts.length > 0)
    return html`<form method="post" class="inline applied"><span>Applied: ${discountName(account, session)}</span><button name="action" value="remove_code">Remove code</button></form>`;
  return html`<form method="post" class="inline">${input(
    { name: 'promotion_code', label: 'Promotion code', maxlength: 100 },
    form.text('promotion_code'),
    problems,
  )}<button name="action" value="code">Apply</button></form>`;
}
