import type Stripe from 'stripe';
import type { Account } from '../account.ts';
import { create, update } from '../events.ts';
import { newId } from '../ids.ts';
import { given, referred, refused } from '../resource.ts';
import type { CollectionSpec } from '../store/collection.ts';
import { invalidRequest, missingParam } from '../wire/errors.ts';
import { applyMetadata } from '../wire/params.ts';
import type { Wire } from '../wire/shapes.ts';
import { cardNumbers, newCardNumber } from './card-numbers.ts';
import type { CardChange, CardWish } from './card-params.ts';
import { type Cardholder, isVerified, namedCardholder } from './cardholder.ts';
import { requireIssuer } from './issuer.ts';
import { type ShippingStep, shippingAfter, shippingOf } from './shipping.ts';
import { controlsAfter, standardControls } from './spending-controls.ts';

// inactive ⇄ active        inactive, active ─▶ canceled, for good

export type Card = Wire<Stripe.Issuing.Card>;

/** Cards are kept with their cardholder inside, as they are shown. */
export const cards: CollectionSpec<Card, 'cardholder'> = {
  name: 'issuing_cards',
  indexes: { cardholder: ({ cardholder }) => cardholder.id },
};

/** Where cardholders need no phone number, as no 3D Secure asks for one. */
const withoutPhoneNumber: ReadonlySet<string> = new Set(['US']);
/** How long a card is good for unless said, in years. */
const yearsGood = 4;

export function createCard(account: Account, wish: CardWish): Card {
  requireIssuer(account);
  const replaced =
    wish.replacement_for === undefined ? null : namedCard(account, wish.replacement_for, 'replacement_for');
  if (replaced && !wish.replacement_reason) throw missingParam('replacement_reason');
  const cardholder = cardholderOf(account, wish, replaced);
  if (wish.type === 'physical' && !wish.shipping) throw missingParam('shipping');
  const { currency, status = 'inactive', type } = wish;
  if (status === 'active') requireReady(cardholder);
  const id = newId('ic', 24);
  const number = account.of(cardNumbers).put(newCardNumber(id));
  const card: Card = {
    id,
    object: 'issuing.card',
    brand: 'Visa',
    cancellation_reason: null,
    cardholder,
    created: account.now(),
    currency,
    ...expiryOf(account, wish),
    last4: number.number.slice(-4),
    latest_fraud_warning: null,
    lifecycle_controls: wish.lifecycle_controls ?? null,
    livemode: account.livemode,
    metadata: applyMetadata({}, wish.metadata),
    personalization_design: null,
    replaced_by: null,
    replacement_for: replaced?.id ?? null,
    replacement_reason: wish.replacement_reason ?? null,
    second_line: wish.second_line ?? null,
    shipping: type === 'physical' && wish.shipping ? shippingOf(account, wish.shipping) : null,
    spending_controls: controlsAfter(standardControls(currency), wish.spending_controls, currency),
    status,
    type,
    wallets: walletsOf(cardholder),
  };
  const created = create(account, cards, card, 'issuing_card.created');
  if (replaced) replace(account, replaced, created);
  return created;
}

export function updateCard(account: Account, before: Card, change: CardChange): Card {
  const { cancellation_reason: reason, metadata, shipping, spending_controls: controls, status } = change;
  if (before.status === 'canceled' && status !== undefined && status !== 'canceled')
    throw refused('status', 'You cannot update the status of a card that has been canceled.');
  if (reason !== undefined && status !== 'canceled')
    throw refused(
      'cancellation_reason',
      '`cancellation_reason` can only be set when `status` is `canceled`.',
    );
  if (status === 'active' && before.status !== 'active') requireReady(before.cardholder);
  if (shipping && before.shipping?.status !== 'pending')
    throw refused(
      'shipping',
      'The shipping details of a card can only be changed while its shipping status is `pending`.',
    );
  const after: Card = {
    ...before,
    metadata: applyMetadata(before.metadata, metadata),
    spending_controls: controlsAfter(before.spending_controls, controls, before.currency),
    ...(shipping ? { shipping: shippingOf(account, shipping) } : {}),
    ...given({ status }),
  };
  const canceled = status === 'canceled' && before.status !== 'canceled';
  const done = update(
    account,
    cards,
    canceled ? canceledCard(after, reason ?? null) : after,
    'issuing_card.updated',
  );
  if (status === 'active' && before.status !== 'active') retireReplaced(account, done);
  return done;
}

/** Ends a card by itself, as its lifecycle controls ask for. */
export function cancelCard(account: Account, card: Card, reason: Card['cancellation_reason'] = null): Card {
  if (card.status === 'canceled') return card;
  return update(account, cards, canceledCard(card, reason), 'issuing_card.updated');
}

/** Moves a physical card on its way. */
export function takeShippingStep(account: Account, card: Card, step: ShippingStep): Card {
  const shipping = shippingAfter(account, card.shipping, step);
  return update(account, cards, { ...card, shipping }, 'issuing_card.updated');
}

/** The card a parameter names. */
export function namedCard(account: Account, id: string, param = 'card'): Card {
  return referred(account, cards, 'card', id, param);
}

/** Shows a cardholder as they now are in all their cards; Stripe tells of the cardholder alone. */
export function carryCardholder(account: Account, cardholder: Cardholder): void {
  const collection = account.of(cards);
  for (const card of collection.by('cardholder', cardholder.id))
    collection.put({ ...card, cardholder, wallets: walletsOf(cardholder) });
}

function canceledCard(card: Card, cancellation_reason: Card['cancellation_reason']): Card {
  const shipping =
    card.shipping?.status === 'pending' ? { ...card.shipping, status: 'canceled' as const } : card.shipping;
  return { ...card, status: 'canceled', cancellation_reason, shipping };
}

function cardholderOf(account: Account, wish: CardWish, replaced: Card | null): Cardholder {
  const id = wish.cardholder ?? replaced?.cardholder.id;
  if (id === undefined) throw missingParam('cardholder');
  const cardholder = namedCardholder(account, id);
  if (replaced && replaced.cardholder.id !== id)
    throw refused('cardholder', 'A replacement card must have the cardholder of the card it replaces.');
  const { phone_number: phone, billing } = cardholder;
  if (phone === null && !withoutPhoneNumber.has(billing.address.country ?? 'US'))
    throw invalidRequest(
      `You cannot create a card without a \`phone_number\` on file for cardholder: ${id}. Please see https://stripe.com/docs/issuing/3d-secure.`,
      { code: 'cardholder_phone_number_required' },
    );
  return cardholder;
}

/** Refuses to activate a card whose cardholder may not use one yet. */
function requireReady(cardholder: Cardholder): void {
  if (cardholder.status !== 'active')
    throw refused(
      'status',
      'The cardholder associated with this card is not active, so the card cannot be activated.',
    );
  if (!isVerified(cardholder))
    throw refused(
      'status',
      'The cardholder associated with this card has outstanding requirements preventing them from activating this card. Please check the `requirements` hash on the cardholder object.',
    );
}

function expiryOf(account: Account, wish: CardWish): Pick<Card, 'exp_month' | 'exp_year'> {
  const now = new Date(account.now() * 1000);
  const { exp_month: month = now.getUTCMonth() + 1, exp_year: year = now.getUTCFullYear() + yearsGood } =
    wish;
  if (hasExpired({ exp_month: month, exp_year: year }, account.now()))
    throw refused('exp_year', 'The expiration date of a card must be in the future.');
  return { exp_month: month, exp_year: year };
}

/** Whether a card's last month is over at a time (seconds since 1970, UTC). */
export function hasExpired(
  { exp_month: month, exp_year: year }: Pick<Card, 'exp_month' | 'exp_year'>,
  at: number,
): boolean {
  return at >= Date.UTC(year, month) / 1000;
}

/** A lost or stolen card ends at once; any other is good until the new one is active. */
function replace(account: Account, old: Card, fresh: Card): void {
  const reason = fresh.replacement_reason;
  const isGone = reason === 'lost' || reason === 'stolen';
  const next = { ...old, replaced_by: fresh.id };
  const after = isGone && old.status !== 'canceled' ? canceledCard(next, reason) : next;
  update(account, cards, after, 'issuing_card.updated');
  if (fresh.status === 'active') retireReplaced(account, fresh);
}

function retireReplaced(account: Account, { replacement_for: id }: Card): void {
  const old = id === null ? undefined : account.of(cards).get(id);
  if (old) cancelCard(account, old);
}

/** What a card can be put in: a phone asks for the cardholder's address or number first. */
function walletsOf({ email, phone_number: phone }: Cardholder): Card['wallets'] {
  const isKnown = email !== null || phone !== null;
  const wallet = {
    eligible: isKnown,
    ineligible_reason: isKnown ? null : ('missing_cardholder_contact' as const),
  };
  return { apple_pay: wallet, google_pay: wallet, primary_account_identifier: null };
}
