import { expandedItems, itemPage, itemsOf } from '../checkout/items.ts';
import { update } from '../events.ts';
import { type Call, declare, found, listed, type Resource, route } from '../resource.ts';
import { noSuch } from '../wire/errors.ts';
import { pageParams } from '../wire/pages.ts';
import type { Parsed } from '../wire/params.ts';
import { changedItem, createLink, keepItems } from './create.ts';
import { type PaymentLink, paymentLinks } from './link.ts';
import { onSessionCompleted } from './open.ts';
import { createParams, listParams, updateParams } from './params.ts';
import { withTerms } from './terms.ts';

const permission = 'payment_link';

function existing(call: Call<unknown>): PaymentLink {
  return found(call, paymentLinks, 'payment link', 'payment_link');
}

function updateFrom(call: Call<Parsed<typeof updateParams>>): PaymentLink {
  const { account } = call;
  const link = existing(call);
  const { line_items: wanted, ...terms } = call.params;
  if (wanted) changeItems(call, link, wanted);
  return update(account, paymentLinks, withTerms(account, link, terms), 'payment_link.updated');
}

/** A link keeps its items; only how many of each there are can be changed. */
function changeItems(
  { account }: Call<unknown>,
  link: PaymentLink,
  wanted: NonNullable<Parsed<typeof updateParams>['line_items']>,
): void {
  const items = itemsOf(account, link.id);
  const changed = wanted.map(({ id, ...change }, at) => {
    const path = `line_items[${at}]`;
    const item = items.find((one) => one.id === id);
    if (!item) throw noSuch('line item', id, `${path}[id]`);
    return changedItem(account, item, change, path);
  });
  keepItems(account, changed, link.currency);
}

/** `/v1/payment_links`. */
export const paymentLinkResource: Resource = {
  collections: [declare(paymentLinks)],
  expand: {
    payment_link: {
      'invoice_creation.invoice_data.account_tax_ids': ['tax_ids'],
      'subscription_data.invoice_settings.account_tax_ids': ['tax_ids'],
      on_behalf_of: ['accounts'],
      'transfer_data.destination': ['accounts'],
      line_items: (lookup, link) => expandedItems(lookup, link.id, `/v1/payment_links/${link.id}/line_items`),
      'shipping_options.shipping_rate': ['shipping_rates'],
    },
  },
  listeners: { 'checkout.session.completed': onSessionCompleted },
  routes: [
    route('POST', '/v1/payment_links', { permission, params: createParams }, ({ account, params }) =>
      createLink(account, params),
    ),
    route('GET', '/v1/payment_links/:payment_link', { permission }, existing),
    route('POST', '/v1/payment_links/:payment_link', { permission, params: updateParams }, updateFrom),
    route('GET', '/v1/payment_links/:payment_link/line_items', { permission, params: pageParams }, (call) =>
      itemPage(call.account, existing(call).id, call.url, call.params),
    ),
    route('GET', '/v1/payment_links', { permission, params: listParams }, (call) => {
      const { active } = call.params;
      return listed(call, paymentLinks, {
        where: (link) => active === undefined || link.active === active,
      });
    }),
  ],
};
