import type { Account } from '../account.ts';
import type { AllowedType } from '../payment-methods/allowed-types.ts';
import { configurationFor, shownTypes } from '../payment-methods/configuration.ts';
import type { PaymentMethod } from '../payment-methods/payment-method.ts';
import {
  type Flow,
  isMethodType,
  type MethodTypeName,
  methodType,
  redirects,
} from '../payment-methods/types.ts';
import { refused } from '../resource.ts';
import { notSupported, StripeFault } from '../wire/errors.ts';
import type { SessionParams } from './params.ts';
import type { Session } from './session.ts';

/** How a session can be paid: once in any way that ends by itself, again and again without the customer. */
const payable: Readonly<Record<Session['mode'], ReadonlySet<Flow>>> = {
  payment: new Set(['card', 'debit', 'page', 'voucher']),
  setup: new Set(['card', 'debit', 'page']),
  subscription: new Set(['card', 'debit']),
};

/** The kinds of methods that the page of a session offers. */
export function offeredTypes({ mode, payment_method_types: types }: Session): MethodTypeName[] {
  return types.filter((type): type is MethodTypeName => canPay(mode, type));
}

/** The kinds of methods a new session takes. Throws Stripe's refusal of a currency, and a 501 when none is simulated. */
export function typesFor(
  account: Account,
  params: SessionParams,
  mode: Session['mode'],
  currency: string | null,
): AllowedType[] {
  const {
    allowed_payment_method_types: allowed,
    excluded_payment_method_types: excluded = [],
    payment_method_types: fixed,
  } = params;
  if (currency !== null) for (const type of fixed ?? []) requireCurrency(type, currency);
  const configuration = configurationFor(account, params.payment_method_configuration);
  const wanted: readonly AllowedType[] =
    fixed ?? allowed ?? shownTypes(configuration).filter((type) => isShown(mode, type));
  const types = wanted.filter(
    (type) => !excluded.includes(type) && (currency === null || paysIn(type, currency)),
  );
  if (!types.some((type) => canPay(mode, type)))
    throw notSupported(`${mode} sessions with payment methods of type ${wanted.join(', ')}`);
  return types;
}

/** Whether a session takes a kind of method that the account shows; to be saved, only what needs no other page. */
function isShown(mode: Session['mode'], type: MethodTypeName): boolean {
  if (methodType(type)?.flow === 'wallet') return true;
  return canPay(mode, type) && (mode === 'payment' || !redirects(type));
}

function canPay(mode: Session['mode'], type: string): boolean {
  const kind = methodType(type);
  if (!isMethodType(type) || !kind) return false;
  return payable[mode].has(kind.flow) && (mode !== 'setup' || kind.keeps === true);
}

function paysIn(type: AllowedType, currency: string): boolean {
  const currencies = methodType(type)?.currencies ?? null;
  return currencies === null || currencies.includes(currency);
}

function requireCurrency(type: AllowedType, currency: string): void {
  if (paysIn(type, currency)) return;
  const fitting = methodType(type)?.currencies ?? [];
  throw refused(
    'payment_method_types',
    `Invalid currency options \`\`${currency}\`\`. The payment method \`${type}\` only supports the following currencies: \`\`${fitting.join(', ')}\`\`.`,
  );
}

/** Throws the refusals of a method of a kind, a brand or a funding that the session does not take. */
export function requireAccepted(session: Session, { card, type }: PaymentMethod): void {
  const offered: readonly string[] = offeredTypes(session);
  if (!offered.includes(type))
    throw refused(
      'payment_method',
      `The PaymentMethod provided (${type}) is not allowed for this Checkout Session. Please provide a PaymentMethod of one of the following types: ${offered.join(', ')}.`,
    );
  const { brands_blocked: brands = [], funding_types_blocked: fundings = [] } =
    session.payment_method_options?.card?.restrictions ?? {};
  if (card && brands.some((name) => brandsOf[name]?.includes(card.brand)))
    throw cardNotSupported(`This business does not accept ${card.display_brand ?? card.brand} cards.`);
  if (card && fundings.some((funding) => funding === card.funding))
    throw cardNotSupported(`This business does not accept ${card.funding} cards.`);
}

const brandsOf: Readonly<Record<string, readonly string[]>> = {
  american_express: ['amex'],
  discover_global_network: ['diners', 'discover', 'jcb', 'unionpay'],
  mastercard: ['mastercard'],
  visa: ['visa'],
};

function cardNotSupported(message: string): StripeFault {
  return new StripeFault(402, {
    type: 'card_error',
    code: 'card_declined',
    decline_code: 'card_not_supported',
    message,
  });
}
