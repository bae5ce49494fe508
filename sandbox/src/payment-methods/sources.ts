import type Stripe from 'stripe';
import type { Account } from '../account.ts';
import { bankFromNumber, checkRoutingNumber } from '../behaviours/banks/bank-input.ts';
import {
  accountByFingerprint,
  accountByNumber,
  type TestAccount,
} from '../behaviours/banks/test-accounts.ts';
import { cardFromDetails, tokenUnknown } from '../behaviours/cards/card-input.ts';
import { numberOfTestToken } from '../connect/bank-numbers.ts';
import { bankTokens, type ExternalAccountInput } from '../connect/external-accounts.ts';
import { emit } from '../events.ts';
import { newId } from '../ids.ts';
import { refused } from '../resource.ts';
import { noSuch } from '../wire/errors.ts';
import type { Lookup } from '../wire/expand.ts';
import { applyMetadata } from '../wire/params.ts';
import type { Wire } from '../wire/shapes.ts';
import { attachMethod, detachMethod } from './attach.ts';
import { bankDetailsOf } from './banks.ts';
import { blank, noBilling } from './blank.ts';
import { spendCardToken } from './card-tokens.ts';
import { cardMethod } from './cards.ts';
import { factsOf, type MethodFacts, methodFacts, rememberFact } from './facts.ts';
import { billingAfter, legacyCard } from './legacy-card.ts';
import { type PaymentMethod, paymentMethods, resolveMethod } from './payment-method.ts';

/** A customer's card or bank account, as endpoints older than payment methods show it. */
export type LegacySource = Wire<Stripe.Card> | Wire<Stripe.BankAccount>;

/** Whether a method is also one of its customer's sources: what came by a token is. */
export function isSource({ id }: { readonly id: string }): boolean {
  return id.startsWith('card_') || id.startsWith('ba_');
}

/** A customer's sources, newest first. */
export function sourcesOf(account: Account, customer: string): PaymentMethod[] {
  return account.of(paymentMethods).by('customer', customer).filter(isSource);
}

/** A method the way customers' sources show it. `facts`: what is known of a bank account. */
export function sourceView(method: PaymentMethod, facts: MethodFacts | undefined): LegacySource {
  const bank = method.us_bank_account;
  return bank ? bankView(method, bank, facts) : legacyCard(method);
}

export function bankView(
  method: PaymentMethod,
  bank: NonNullable<PaymentMethod['us_bank_account']>,
  facts: MethodFacts | undefined,
): Wire<Stripe.BankAccount> {
  return {
    id: method.id,
    object: 'bank_account',
    account_holder_name: method.billing_details.name,
    account_holder_type: bank.account_holder_type,
    account_type: bank.account_type,
    bank_name: bank.bank_name,
    country: 'US',
    currency: 'usd',
    ...(method.customer === null ? {} : { customer: method.customer }),
    fingerprint: bank.fingerprint,
    last4: bank.last4 ?? '',
    metadata: method.metadata ?? {},
    routing_number: bank.routing_number,
    status: facts?.verified ? 'verified' : facts?.unverifiable ? 'verification_failed' : 'new',
  };
}

/** A default source as expanding shows it. */
export function shownSource(lookup: Lookup, id: unknown): unknown {
  const method = typeof id === 'string' ? lookup(paymentMethods.name, id) : undefined;
  if (!method || !isSource(method)) return method ?? id;
  return sourceView(method as PaymentMethod, lookup(methodFacts.name, method.id) as MethodFacts | undefined);
}

/** The source of a customer that a `default_source` names. Throws Stripe's 400 for what is not one of theirs. */
export function ownSource(account: Account, customer: string, id: string): PaymentMethod {
  const method = account.of(paymentMethods).get(id);
  if (method?.customer === customer && isSource(method)) return method;
  throw noSuch('source', id, 'default_source');
}

export function viewOf(account: Account, method: PaymentMethod): LegacySource {
  return sourceView(method, factsOf(account, method.id));
}

/** The method behind an old-style `source`: a token or details make one (`card_…`, `ba_…`), an id names one. */
export function resolveSource(account: Account, input: ExternalAccountInput, param: string): PaymentMethod {
  const methods = account.of(paymentMethods);
  if (typeof input !== 'string') return methods.put(fromDetails(account, input, param));
  if (input.startsWith('tok_')) return methods.put(spendCardToken(account, input, param));
  if (input.startsWith('btok_')) return methods.put(fromBankToken(account, input, param));
  return resolveMethod(account, input, param);
}

function fromDetails(
  account: Account,
  input: Exclude<ExternalAccountInput, string>,
  param: string,
): PaymentMethod {
  if (input.object === 'card') {
    const card = cardMethod(account, cardFromDetails(input, param, account.now()), newId('card', 24));
    return {
      ...card,
      billing_details: billingAfter(noBilling, input),
      metadata: applyMetadata({}, input.metadata),
    };
  }
  const { account_number: number, country, routing_number: routing } = input;
  if (country.toUpperCase() !== 'US')
    throw refused(`${param}[country]`, 'Only US bank accounts can be debited as customer sources.');
  checkRoutingNumber(routing ?? '', `${param}[routing_number]`);
  const test = bankFromNumber('us_bank_account', number, `${param}[account_number]`);
  return bankSource(account, test, input);
}

function fromBankToken(account: Account, id: string, param: string): PaymentMethod {
  const number = numberOfTestToken(id);
  const test = number === undefined ? undefined : accountByNumber('us_bank_account', number);
  if (test) {
    const method = bankSource(account, test, { account_holder_name: 'Jane Austen' });
    rememberFact(account, method.id, { verified: true });
    return method;
  }
  const stored = account.of(bankTokens).get(id);
  if (!stored) throw tokenUnknown(id, param);
  if (stored.token.used)
    throw refused(param, `You cannot use a Stripe token more than once: ${id}.`, 'token_already_used');
  const known = accountByFingerprint(stored.bank.fingerprint);
  if (!known) throw refused(param, 'This bank account cannot be debited: only published test accounts can.');
  account.of(bankTokens).put({ ...stored, token: { ...stored.token, used: true } });
  return { ...bankSource(account, known, stored.bank), id: stored.bank.id };
}

function bankSource(
  account: Account,
  test: TestAccount,
  owner: { readonly account_holder_name?: string | null; readonly account_holder_type?: string | null },
): PaymentMethod {
  const method = { ...blank(account, newId('ba', 24), 'us_bank_account'), ...bankDetailsOf(test) };
  const type = owner.account_holder_type === 'company' ? 'company' : 'individual';
  const bank = method.us_bank_account;
  return {
    ...method,
    billing_details: { ...noBilling, name: owner.account_holder_name ?? null },
    ...(bank ? { us_bank_account: { ...bank, account_holder_type: type } } : {}),
  };
}

/** Gives a source to a customer. Throws as attaching a method does. */
export function attachSource(account: Account, method: PaymentMethod, customer: string): PaymentMethod {
  const attached = method.us_bank_account
    ? account.of(paymentMethods).put({ ...method, customer })
    : attachMethod(account, method, customer);
  emit(account, 'customer.source.created', viewOf(account, attached));
  return attached;
}

/** Takes a source from its customer. */
export function removeSource(account: Account, method: PaymentMethod): void {
  const shown = viewOf(account, method);
  detachMethod(account, method);
  emit(account, 'customer.source.deleted', shown);
}
