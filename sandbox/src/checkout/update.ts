import type { Account } from '../account.ts';
import { type Call, found, given, refused } from '../resource.ts';
import { existingTaxRates } from '../tax-rates.ts';
import { noSuch, type StripeFault } from '../wire/errors.ts';
import { applyMetadata, type MetadataChange } from '../wire/params.ts';
import { checkItems } from './create.ts';
import { boundsOf, itemsOf, lineItems, newItem, type StoredItem } from './items.ts';
import type { SessionChanges, SessionParams } from './params.ts';
import { type Session, type SessionTerms, sessions, sessionTerms, termsOf } from './session.ts';
import { defaultShipping, shippingOptionsOf } from './shipping.ts';
import { withTotals } from './totals.ts';

/** `POST /v1/checkout/sessions/:id`: what the business changes. Throws Stripe's 400 for terms of a closed session. */
export function updateSession(call: Call<SessionChanges>): Session {
  const { account, params } = call;
  const session = found(call, sessions, 'checkout.session', 'session');
  const { line_items: wanted, metadata: meta, payment_intent_data: data, shipping_options: options } = params;
  const next: Session = { ...session, metadata: applyMetadata(session.metadata ?? {}, meta) };
  if (!wanted && !data && options === undefined) return account.of(sessions).put(next);
  if (session.status !== 'open') throw closed(session);
  const terms = data ? changedTerms(account, session, data) : termsOf(account, session.id);
  const items = wanted ? changedItems(account, session, wanted) : itemsOf(account, session.id);
  const shipping =
    options === undefined
      ? session.shipping_options
      : shippingOptionsOf(account, options ?? [], session.currency ?? '');
  return account.of(sessions).put(
    withTotals(
      account,
      {
        ...next,
        shipping_cost: options === undefined ? session.shipping_cost : defaultShipping(shipping),
        shipping_options: shipping,
      },
      terms,
      items,
    ),
  );
}

/** The refusal to change a session that is over. */
export function closed(session: Session): StripeFault {
  return refused(
    'session',
    `Only Checkout Sessions with a status in ["open"] can be updated. This Checkout Session has a status of \`${session.status}\`.`,
  );
}

function changedTerms(
  account: Account,
  session: Session,
  data: NonNullable<SessionChanges['payment_intent_data']>,
): SessionTerms {
  if (session.mode !== 'payment')
    throw refused(
      'payment_intent_data',
      `You can not pass \`payment_intent_data\` in \`${session.mode}\` mode.`,
    );
  const terms = termsOf(account, session.id);
  const before = terms.params.payment_intent_data ?? {};
  const { metadata: meta, ...plain } = data;
  const set = Object.entries(given(plain)).filter(([, value]) => value !== null);
  const kept = Object.entries(before).filter(([name]) => !(name in plain));
  const merged: NonNullable<SessionParams['payment_intent_data']> = {
    ...Object.fromEntries([...kept, ...set]),
    metadata: mergedMetadata(before.metadata, meta),
  };
  return account.of(sessionTerms).put({ ...terms, params: { ...terms.params, payment_intent_data: merged } });
}

function mergedMetadata(before: MetadataChange | undefined, change: MetadataChange | undefined) {
  return applyMetadata(applyMetadata({}, before), change);
}

/** The items as the business wants them: those it names stay, those it leaves out go, new ones join. */
function changedItems(
  account: Account,
  session: Session,
  wanted: NonNullable<SessionChanges['line_items']>,
): StoredItem[] {
  const before = new Map(itemsOf(account, session.id).map((item) => [item.id, item]));
  const items = wanted.map(({ id, ...change }, at) => {
    const path = `line_items[${at}]`;
    const { tax_rates: rates } = change;
    if (id === undefined)
      return newItem(account, { ...change, tax_rates: rates ?? undefined }, session.id, path);
    const item = before.get(id);
    if (!item) throw noSuch('line item', id, `${path}[id]`);
    const again = newItem(account, inputAgain(item, change), session.id, path);
    return {
      ...again,
      id,
      metadata: applyMetadata(item.metadata ?? {}, change.metadata),
      optional: item.optional,
      tax_rates: rates === undefined ? item.tax_rates : taxRateIds(account, rates ?? [], path),
    };
  });
  if (items.length === 0) throw refused('line_items', 'A Checkout Session needs at least one line item.');
  checkItems(account, session.mode, items, session.currency);
  const kept = new Set(items.map(({ id }) => id));
  for (const id of before.keys()) if (!kept.has(id)) account.of(lineItems).delete(id);
  return items;
}

/** What an item would be asked for with a change. */
function inputAgain(
  item: StoredItem,
  change: NonNullable<SessionChanges['line_items']>[number],
): Parameters<typeof newItem>[1] {
  const { adjustable_quantity, price, price_data, quantity } = change;
  const isPriced = price !== undefined || price_data !== undefined;
  return {
    ...(isPriced ? { price, price_data } : { chosen: item.price }),
    adjustable_quantity: adjustable_quantity ?? boundsOf(item.adjustable_quantity),
    quantity: quantity ?? item.quantity ?? 1,
  };
}

function taxRateIds(account: Account, ids: readonly string[], path: string): string[] {
  return existingTaxRates(account, ids, `${path}[tax_rates]`).map(({ id }) => id);
}
