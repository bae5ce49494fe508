import type { Account } from '../account.ts';
import { requirePartners, splitOf } from '../charges/split.ts';
import { hour } from '../clock.ts';
import { type Customer, existingCustomer } from '../customers.ts';
import { promiseDiscount } from '../discounts.ts';
import { randomText } from '../ids.ts';
import type { AllowedType } from '../payment-methods/allowed-types.ts';
import { configurationDetails, configurationFor } from '../payment-methods/configuration.ts';
import { hasCurrency } from '../prices/price.ts';
import { given, refused } from '../resource.ts';
import { createSetupIntent } from '../setup-intents/setup-intent.ts';
import { missingParam } from '../wire/errors.ts';
import { applyMetadata } from '../wire/params.ts';
import { checkParams } from './check.ts';
import {
  consentOf,
  customFieldsOf,
  customTextOf,
  invoiceCreationOf,
  nameCollectionOf,
} from './collecting.ts';
import { expiryJob } from './expire.ts';
import { lineItems, newItem, priceOf, type StoredItem } from './items.ts';
import { offeredTypes, typesFor } from './methods.ts';
import type { SessionParams } from './params.ts';
import {
  discountOwner,
  type Session,
  type SessionTerms,
  sessions,
  sessionTerms,
  sessionUrl,
} from './session.ts';
import { defaultShipping, shippingOptionsOf } from './shipping.ts';
import { tryStarting } from './subscription.ts';
import { withTotals } from './totals.ts';
import { nobody, untouched } from './untouched.ts';
import { within } from './within.ts';

/** How long a session stays open unless told otherwise. */
export const openSeconds = 24 * hour;

/** Where a session comes from, if not from the API itself. */
export interface Origin {
  readonly paymentLink?: string;
  readonly recoveredFrom?: string;
}

/** Opens a checkout session. Throws Stripe's refusals of terms that do not go together. */
export function createSession(account: Account, params: SessionParams, origin: Origin = {}): Session {
  const mode = checkParams(account, params);
  const isHosted = (params.ui_mode ?? 'hosted_page') === 'hosted_page';
  if (isHosted && params.success_url === undefined && origin.paymentLink === undefined)
    throw missingParam('success_url');
  const id = `cs_${account.livemode ? 'live' : 'test'}_a1${randomText(56)}`;
  const customer = params.customer === undefined ? null : existingCustomer(account, params.customer);
  const items = (params.line_items ?? []).map((item, at) => newItem(account, item, id, `line_items[${at}]`));
  requireNoQuantity(items, params);
  const currency = currencyOf(account, params, items);
  const types = typesFor(account, params, mode, currency);
  const optional = optionalItems(account, params, id);
  checkItems(account, mode, [...items, ...optional], currency);
  const blank = blankSession(account, params, { id, mode, currency, customer, types, origin });
  const options = shippingOptionsOf(account, params.shipping_options ?? [], currency ?? '');
  const chosen = (params.discounts ?? []).map((given, at) =>
    promiseDiscount(account, given, discountOwner(blank), `discounts[${at}]`),
  );
  const terms: SessionTerms = { id, params, discounts: chosen.map(({ id: discount }) => discount) };
  account.of(sessionTerms).put(terms);
  for (const item of items) account.of(lineItems).put(item);
  const session = withTotals(
    account,
    {
      ...blank,
      discounts: chosen.map(({ source, promotion_code }) => ({ coupon: source.coupon, promotion_code })),
      optional_items: optional.map(({ adjustable_quantity, price, quantity }) => ({
        adjustable_quantity,
        price,
        quantity: quantity ?? 1,
      })),
      setup_intent: mode === 'setup' ? setupFor(account, blank, params) : null,
      shipping_cost: defaultShipping(options),
      shipping_options: options,
    },
    terms,
    items,
  );
  checkOutcome(account, session, params);
  account.schedule(session.expires_at, expiryJob, id);
  return account.of(sessions).put(session);
}

/** Throws what Stripe would refuse about the payment or the subscription that a session leads to, before anybody pays. */
function checkOutcome(account: Account, session: Session, params: SessionParams): void {
  const { payment_intent_data: payment, subscription_data: subscription } = params;
  if (payment)
    within('payment_intent_data', () => splitOf(account, payment, session.amount_total ?? 0), payment);
  requirePartners(account, undefined, params.setup_intent_data?.on_behalf_of);
  if (session.mode === 'subscription')
    within('subscription_data', () => tryStarting(account, session), subscription);
}

/** Throws Stripe's refusal of a quantity of what is billed by usage. */
function requireNoQuantity(items: readonly StoredItem[], { line_items: wanted = [] }: SessionParams): void {
  items.forEach(({ quantity }, at) => {
    if (quantity === null && wanted[at]?.quantity !== undefined)
      throw refused(
        `line_items[${at}][quantity]`,
        `Quantity should not be specified where usage_type is \`metered\`. Remove quantity from \`line_items[${at}]\``,
      );
  });
}

/** What the customer may add, checked like any item but not part of the order yet. */
function optionalItems(account: Account, params: SessionParams, id: string): StoredItem[] {
  return (params.optional_items ?? []).map((item, at) => newItem(account, item, id, `optional_items[${at}]`));
}

function currencyOf(account: Account, params: SessionParams, items: readonly StoredItem[]): string | null {
  if (params.currency !== undefined) return params.currency;
  const first = items[0];
  return first ? priceOf(account, first).currency : null;
}

/** Throws Stripe's refusals of items that do not fit the mode, the currency or each other. */
export function checkItems(
  account: Account,
  mode: Session['mode'],
  items: readonly StoredItem[],
  currency: string | null,
): void {
  const prices = items.map((item) => priceOf(account, item));
  prices.forEach((price, at) => {
    if (mode === 'payment' && price.recurring)
      throw refused(
        `line_items[${at}]`,
        'You specified `payment` mode but passed a recurring price. Either switch to `subscription` mode or use only one-time prices.',
      );
    if (currency !== null && !hasCurrency(account, price, currency))
      throw refused(
        `line_items[${at}][price]`,
        `The price specified only supports \`${price.currency}\`. This doesn't match the expected currency: \`${currency}\`.`,
      );
  });
  if (mode !== 'subscription') return;
  const recurring = prices.filter((price) => price.recurring);
  const [first] = recurring;
  if (!first)
    throw refused(
      'line_items',
      'You must provide at least one recurring price in `subscription` mode when using prices.',
    );
  const others = recurring.some(
    ({ recurring: terms }) =>
      terms?.interval !== first.recurring?.interval ||
      terms?.interval_count !== first.recurring?.interval_count,
  );
  if (others)
    throw refused(
      'line_items',
      'Checkout does not support multiple prices with different billing intervals.',
    );
  if (recurring.length > 20 || prices.length - recurring.length > 20)
    throw refused(
      'line_items',
      'In `subscription` mode there may be at most 20 line items with recurring prices and 20 with one-time prices.',
    );
}

/** A session in `setup` mode has its intent from the start. */
function setupFor(account: Account, session: Session, params: SessionParams): string {
  const data = params.setup_intent_data;
  return createSetupIntent(account, {
    customer: params.customer ?? null,
    method: null,
    description: data?.description ?? null,
    metadata: applyMetadata({}, data?.metadata),
    methodTypes: offeredTypes(session),
    onBehalfOf: data?.on_behalf_of,
    usage: 'off_session',
  }).id;
}

interface Basics {
  readonly id: string;
  readonly mode: Session['mode'];
  readonly currency: string | null;
  readonly customer: Customer | null;
  readonly types: readonly AllowedType[];
  readonly origin: Origin;
}

function blankSession(account: Account, params: SessionParams, basics: Basics): Session {
  const { id, mode, currency, customer, types, origin } = basics;
  const now = account.now();
  const email = customer?.email ?? params.customer_email ?? null;
  const names = nameCollectionOf(params.name_collection);
  return {
    id,
    object: 'checkout.session',
    ...untouched,
    adaptive_pricing: { enabled: params.adaptive_pricing?.enabled ?? false },
    after_expiration: recoveryOf(params),
    allow_promotion_codes: params.allow_promotion_codes ?? null,
    allowed_payment_method_types: params.allowed_payment_method_types ?? null,
    billing_address_collection: params.billing_address_collection ?? null,
    cancel_url: params.cancel_url ?? null,
    client_reference_id: params.client_reference_id ?? null,
    consent_collection: consentOf(params.consent_collection),
    created: now,
    currency,
    custom_fields: customFieldsOf(params.custom_fields),
    custom_text: customTextOf(params.custom_text),
    customer: customer?.id ?? null,
    customer_creation: customer ? null : creationOf(mode, params),
    customer_details: email === null ? null : { ...nobody, email },
    customer_email: params.customer_email ?? null,
    ...(params.excluded_payment_method_types
      ? { excluded_payment_method_types: params.excluded_payment_method_types }
      : {}),
    expires_at: params.expires_at ?? now + openSeconds,
    integration_identifier: params.integration_identifier ?? null,
    invoice_creation: mode === 'payment' ? invoiceCreationOf(params.invoice_creation) : null,
    livemode: account.livemode,
    locale: params.locale ?? null,
    metadata: applyMetadata({}, params.metadata),
    mode,
    ...(names ? { name_collection: names } : {}),
    origin_context: params.origin_context ?? null,
    payment_link: origin.paymentLink ?? null,
    payment_method_collection:
      params.payment_method_collection ?? (mode === 'payment' ? 'if_required' : 'always'),
    payment_method_configuration_details: isOpen(params)
      ? configurationDetails(configurationFor(account, params.payment_method_configuration))
      : null,
    payment_method_options: { ...params.payment_method_options, card: cardOptionsOf(params) },
    payment_method_types: [...types],
    payment_status: mode === 'setup' ? 'no_payment_required' : 'unpaid',
    phone_number_collection: { enabled: params.phone_number_collection?.enabled ?? false },
    recovered_from: origin.recoveredFrom ?? null,
    saved_payment_method_options: savedOf(customer, params),
    shipping_address_collection: params.shipping_address_collection ?? null,
    submit_type: params.submit_type ?? null,
    success_url: params.success_url ?? null,
    ...shownAt(account, id, params),
    ...(params.tax_id_collection
      ? { tax_id_collection: { required: 'never' as const, ...given(params.tax_id_collection) } }
      : {}),
    wallet_options: params.wallet_options ?? null,
  };
}

/** Where a session is shown: at an address, or wherever the business shows it with the session's secret. */
function shownAt(
  account: Account,
  id: string,
  params: SessionParams,
): Partial<Session> & Pick<Session, 'url'> {
  const { redirect_on_completion: redirects, return_url, ui_mode = 'hosted_page' } = params;
  if (ui_mode === 'hosted_page') return { url: sessionUrl(account, id) };
  return {
    client_secret: `${id}_secret_${randomText(40)}`,
    ...(ui_mode === 'embedded_page' ? { redirect_on_completion: redirects ?? 'always' } : {}),
    ...given({ return_url }),
    ui_mode,
    url: null,
  };
}

/** Whether the account's settings say how a session can be paid, rather than the session itself. */
function isOpen(params: SessionParams): boolean {
  return !params.payment_method_types && !params.allowed_payment_method_types;
}

function creationOf(mode: Session['mode'], params: SessionParams): Session['customer_creation'] {
  return mode === 'subscription' ? 'always' : (params.customer_creation ?? 'if_required');
}

function recoveryOf(params: SessionParams): Session['after_expiration'] {
  const wanted = params.after_expiration?.recovery;
  if (!wanted) return null;
  const { allow_promotion_codes = false, enabled } = wanted;
  return { recovery: { allow_promotion_codes, enabled, expires_at: null, url: null } };
}

function cardOptionsOf(
  params: SessionParams,
): NonNullable<NonNullable<Session['payment_method_options']>['card']> {
  const { request_three_d_secure: secure = 'automatic', ...rest } = params.payment_method_options?.card ?? {};
  return { request_three_d_secure: secure, ...rest };
}

function savedOf(customer: Customer | null, params: SessionParams): Session['saved_payment_method_options'] {
  const given = params.saved_payment_method_options;
  if (!customer && !given) return null;
  return {
    allow_redisplay_filters: given?.allow_redisplay_filters ?? ['always'],
    payment_method_remove: given?.payment_method_remove ?? 'disabled',
    payment_method_save: given?.payment_method_save ?? null,
  };
}
