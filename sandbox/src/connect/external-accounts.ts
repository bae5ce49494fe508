import type Stripe from 'stripe';
import type { Account } from '../account.ts';
import { accountByNumber, accountFingerprint } from '../behaviours/banks/test-accounts.ts';
import { tokenUnknown } from '../behaviours/cards/card-input.ts';
import { cardByFingerprint } from '../behaviours/cards/test-cards.ts';
import { create, emit, update } from '../events.ts';
import { derivedText, newId } from '../ids.ts';
import { cardTokens } from '../payment-methods/card-tokens.ts';
import { legacyCardFields } from '../payment-methods/legacy-card.ts';
import { given, refused } from '../resource.ts';
import type { CollectionSpec } from '../store/collection.ts';
import {
  applyMetadata,
  either,
  type MetadataChange,
  metadata,
  object,
  oneOf,
  type Parsed,
  required,
  text,
} from '../wire/params.ts';
import type { Wire } from '../wire/shapes.ts';
import { numberOfTestToken, payoutFailureOf } from './bank-numbers.ts';
import { countryCurrencies } from './countries.ts';
import { type PayoutCard, payoutCards } from './payout-cards.ts';

/** Where an account's payouts go: bank accounts and debit cards, kept with the account. */
export type Destination = Wire<Stripe.BankAccount> | Wire<Stripe.Card>;
type StoredDestination = Destination | Stripe.DeletedBankAccount | Stripe.DeletedCard;
export const externalAccounts: CollectionSpec<StoredDestination> = {
  name: 'external_accounts',
  indexes: {},
};

/** What the number behind a destination does to payouts; the number itself is not kept. */
export interface DestinationTrait {
  readonly id: string;
  /** Why payouts to it fail; null when they arrive. */
  readonly failure: string | null;
}
export const destinationTraits: CollectionSpec<DestinationTrait> = {
  name: 'destination_traits',
  indexes: {},
};

/** Tokens of bank accounts from `/v1/tokens`: single-use, as those of cards are. */
export interface BankToken {
  readonly id: string;
  readonly token: Wire<Stripe.Token>;
  readonly bank: Wire<Stripe.BankAccount>;
  readonly failure: string | null;
}
export const bankTokens: CollectionSpec<BankToken> = { name: 'bank_tokens', indexes: {} };

const param = 'external_account';

export const bankFields = {
  account_holder_name: text(),
  account_holder_type: oneOf('company', 'individual'),
  account_number: required(text(60)),
  account_type: oneOf('checking', 'futsu', 'savings', 'toza'),
  country: required(text(2)),
  currency: text(3),
  routing_number: text(30),
} as const;
export type BankParams = Parsed<typeof bankFields>;
const bank = object({ ...bankFields, object: required(oneOf('bank_account')) });
const card = object({
  ...legacyCardFields,
  object: required(oneOf('card')),
  metadata: metadata(),
});
/** A token, or the details of a bank account or of a debit card. */
export const externalAccountParam = either(
  (value) => typeof value === 'string',
  text(200),
  either(
    (value) => typeof value === 'object' && !Array.isArray(value) && value.object === 'card',
    card,
    bank,
  ),
);
export type ExternalAccountInput = ReturnType<(typeof externalAccountParam)['parse']>;

export function destinationsOf(account: Account): Destination[] {
  return [...account.of(externalAccounts).oldestFirst()].filter((one): one is Destination => !one.deleted);
}

/** Where payouts in a currency go unless told otherwise. */
export function defaultDestination(account: Account, currency: string): Destination | undefined {
  const all = destinationsOf(account).filter((one) => one.currency === currency);
  return all.find((one) => one.default_for_currency) ?? all[0];
}

/** The bank account of an account that named none: an account of its own has one, as a Stripe account does. */
export function standInBank(account: Account, currency: string): Wire<Stripe.BankAccount> {
  const { destination } = bankDestination(
    { country: 'US', account_number: '000123456789', routing_number: '110000000', currency },
    param,
  );
  return {
    ...destination,
    id: `ba_${derivedText(`bank of ${account.id} in ${currency}`, 24)}`,
    account: account.id,
    default_for_currency: true,
  };
}

/** Adds a destination; the first of its currency, or one asked to be, becomes the default. */
export function addExternalAccount(
  account: Account,
  input: ExternalAccountInput,
  options: { readonly isDefault?: boolean | undefined; readonly metadata?: MetadataChange | undefined } = {},
): Destination {
  const { destination, failure } = destinationFor(account, input);
  const isDefault = options.isDefault || !defaultDestination(account, destination.currency ?? '');
  if (isDefault) demoteDefault(account, destination.currency ?? '');
  const kept = {
    ...destination,
    account: account.id,
    default_for_currency: isDefault,
    metadata: applyMetadata(destination.metadata ?? {}, options.metadata),
  };
  account.of(destinationTraits).put({ id: kept.id, failure });
  create<StoredDestination>(account, externalAccounts, kept, 'account.external_account.created');
  return kept;
}

/** Makes room for another default of a currency. */
export function demoteDefault(account: Account, currency: string): void {
  for (const one of destinationsOf(account)) {
    if (one.currency === currency && one.default_for_currency)
      update(
        account,
        externalAccounts,
        { ...one, default_for_currency: false },
        'account.external_account.updated',
      );
  }
}

/** Forgets a destination. Throws Stripe's refusal for the default of the account's own currency. */
export function removeExternalAccount(
  account: Account,
  destination: Destination,
  defaultCurrency: string | undefined,
): Stripe.DeletedExternalAccount {
  if (destination.default_for_currency && destination.currency === defaultCurrency)
    throw refused(
      'id',
      'You cannot delete the default external account for your default currency. Please make another external account the default using the `default_for_currency` param, and then delete this one.',
    );
  const { id, object, currency = null } = destination;
  const deleted: Stripe.DeletedBankAccount | Stripe.DeletedCard =
    object === 'card' ? { id, object, currency, deleted: true } : { id, object, currency, deleted: true };
  account.of(externalAccounts).put(deleted);
  emit(account, 'account.external_account.deleted', destination);
  return deleted;
}

/** A destination not yet kept, and what payouts to it come to. */
interface Made<D extends Destination = Destination> {
  readonly destination: D;
  readonly failure: string | null;
}

function destinationFor(account: Account, input: ExternalAccountInput): Made {
  if (typeof input === 'string') return fromToken(account, input);
  if (input.object === 'bank_account') return bankDestination(input, param);
  const { number, cvc: _cvc, networks: _networks, object: _object, metadata: meta, ...plain } = input;
  const { destination, failure } = cardDestination(
    account,
    (one) => one.number === number.replaceAll(/[\s-]/g, ''),
  );
  return { failure, destination: { ...destination, ...given(plain), metadata: applyMetadata({}, meta) } };
}

function fromToken(account: Account, token: string): Made {
  const number = numberOfTestToken(token);
  if (number !== undefined)
    return bankDestination({ country: 'US', account_number: number, routing_number: '110000000' }, param);
  const banked = account.of(bankTokens).get(token);
  if (banked) {
    if (banked.token.used)
      throw refused(param, `You cannot use a Stripe token more than once: ${token}.`, 'token_already_used');
    account.of(bankTokens).put({ ...banked, token: { ...banked.token, used: true } });
    return { destination: { ...banked.bank, id: newId('ba', 24) }, failure: banked.failure };
  }
  const fingerprint = account.of(cardTokens).get(token)?.method.card?.fingerprint;
  const typed = cardByFingerprint(fingerprint)?.number;
  if (typed === undefined && !payoutCards.some((one) => one.token === token))
    throw tokenUnknown(token, param);
  return cardDestination(account, (one) => one.token === token || one.number === typed);
}

/** A bank account for these details. Throws Stripe's refusals of its numbers. */
export function bankDestination(input: BankParams, path: string): Made<Wire<Stripe.BankAccount>> {
  const failure = payoutFailureOf(input, path);
  const number = input.account_number.replaceAll(/[\s-]/g, '');
  const country = input.country.toUpperCase();
  return {
    failure,
    destination: {
      id: newId('ba', 24),
      object: 'bank_account',
      account_holder_name: input.account_holder_name ?? null,
      account_holder_type: input.account_holder_type ?? null,
      account_type: input.account_type ?? null,
      available_payout_methods: country === 'US' ? ['standard', 'instant'] : ['standard'],
      bank_name: 'STRIPE TEST BANK',
      country,
      currency: (input.currency ?? countryCurrencies[country] ?? 'usd').toLowerCase(),
      fingerprint: fingerprintOf(country, number),
      last4: number.slice(-4),
      metadata: {},
      routing_number: input.routing_number ?? null,
      status: 'new',
    },
  };
}

/** The same for the same account, also where it is debited. */
function fingerprintOf(country: string, number: string): string {
  const test = country === 'US' ? accountByNumber('us_bank_account', number) : undefined;
  return test ? accountFingerprint(test) : derivedText(`bank ${country} ${number}`, 16);
}

function cardDestination(account: Account, isIt: (card: PayoutCard) => boolean): Made<Wire<Stripe.Card>> {
  const card = payoutCards.find(isIt);
  if (!card)
    throw refused(
      param,
      'Only debit cards that can receive payouts can be external accounts.',
      'invalid_card_type',
    );
  const year = new Date(account.now() * 1000).getUTCFullYear() + 2;
  return {
    failure: card.fails ? 'could_not_process' : null,
    destination: {
      id: newId('card', 24),
      object: 'card',
      address_city: null,
      address_country: null,
      address_line1: null,
      address_line1_check: null,
      address_line2: null,
      address_state: null,
      address_zip: null,
      address_zip_check: null,
      available_payout_methods: card.takesInstant ? ['standard', 'instant'] : ['standard'],
      brand: card.brand,
      country: card.country,
      currency: countryCurrencies[card.country] ?? 'usd',
      cvc_check: null,
      dynamic_last4: null,
      exp_month: 12,
      exp_year: year,
      fingerprint: derivedText(`card ${card.number}`, 16),
      funding: 'debit',
      last4: card.number.slice(-4),
      metadata: {},
      name: null,
      regulated_status: 'unregulated',
      tokenization_method: null,
    },
  };
}
