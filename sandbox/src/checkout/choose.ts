import type { Account } from '../account.ts';
import { promiseCode } from '../discounts.ts';
import { promotionCodes } from '../promotion-codes/code.ts';
import { refused } from '../resource.ts';
import { boundsOf, itemsOf, lineItems, newItem, type StoredItem } from './items.ts';
import {
  discountOwner,
  type Session,
  type SessionTerms,
  sessions,
  sessionTerms,
  termsOf,
} from './session.ts';
import { costOf } from './shipping.ts';
import { withTotals } from './totals.ts';
import { closed } from './update.ts';

/** What the customer chooses on the page. */
export interface Choice {
  /** Quantities by item, where they may be adjusted. */
  readonly quantities?: ReadonlyMap<string, number>;
  readonly shippingRate?: string;
  /** A promotion code as typed; null takes the one that is there away. */
  readonly code?: string | null;
  /** The price of an optional item to add. */
  readonly add?: string;
  /** An optional item to take away again. */
  readonly remove?: string;
}

/** Changes an open session as the customer wants. Throws what the page shows beside the field. */
export function chooseIn(account: Account, session: Session, choice: Choice): Session {
  if (session.status !== 'open') throw closed(session);
  const items = itemsOf(account, session.id).map((item) =>
    withQuantity(item, choice.quantities?.get(item.id)),
  );
  const changed = withOptional(account, session, items, choice);
  const shipped = choice.shippingRate === undefined ? session : withShipping(session, choice.shippingRate);
  const { next, terms } =
    choice.code === undefined
      ? { next: shipped, terms: termsOf(account, session.id) }
      : withCode(account, shipped, choice.code);
  return account.of(sessions).put(withTotals(account, next, terms, changed));
}

function withQuantity(item: StoredItem, quantity: number | undefined): StoredItem {
  if (quantity === undefined || quantity === item.quantity) return item;
  const { enabled, minimum, maximum } = item.adjustable_quantity ?? { enabled: false };
  const param = `quantity_${item.id}`;
  if (!enabled) throw refused(param, 'The quantity of this item cannot be changed.');
  const least = Math.max(1, minimum ?? 0);
  const most = maximum ?? 99;
  if (!Number.isInteger(quantity) || quantity < least || quantity > most)
    throw refused(param, `Choose a quantity from ${least} to ${most}.`);
  return { ...item, quantity };
}

/** The items with an optional one added or taken away. */
function withOptional(
  account: Account,
  session: Session,
  items: readonly StoredItem[],
  { add, remove }: Choice,
): readonly StoredItem[] {
  const offered = session.optional_items?.find(({ price }) => price === add);
  if (offered && !items.some((item) => item.optional && item.price === offered.price)) {
    const { adjustable_quantity: adjustable, price, quantity } = offered;
    const chosen = { price, quantity, adjustable_quantity: boundsOf(adjustable) };
    return [...items, { ...newItem(account, chosen, session.id, 'optional_items'), optional: true }];
  }
  const gone = items.find((item) => item.optional && item.id === remove);
  if (gone) account.of(lineItems).delete(gone.id);
  return gone ? items.filter((item) => item !== gone) : items;
}

function withShipping(session: Session, rate: string): Session {
  const option = session.shipping_options.find(({ shipping_rate: id }) => id === rate);
  if (!option) throw refused('shipping_rate', 'Choose one of the ways of shipping.');
  return { ...session, shipping_cost: costOf(option) };
}

interface WithTerms {
  readonly next: Session;
  readonly terms: SessionTerms;
}

function withCode(account: Account, session: Session, typed: string | null): WithTerms {
  const terms = termsOf(account, session.id);
  if (!session.allow_promotion_codes) throw refused('promotion_code', 'This order takes no promotion codes.');
  if (typed === null)
    return {
      next: { ...session, discounts: [] },
      terms: account.of(sessionTerms).put({ ...terms, discounts: [] }),
    };
  const code = account
    .of(promotionCodes)
    .by('code', typed.toLowerCase())
    .find(({ active }) => active);
  if (!code) throw refused('promotion_code', 'This code is invalid.');
  const discount = promiseCode(account, code.id, discountOwner(session), 'promotion_code');
  return {
    next: { ...session, discounts: [{ coupon: discount.source.coupon, promotion_code: code.id }] },
    terms: account.of(sessionTerms).put({ ...terms, discounts: [discount.id] }),
  };
}
