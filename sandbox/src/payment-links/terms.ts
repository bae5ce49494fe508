import type { Account } from '../account.ts';
import {
  type Collecting,
  consentOf,
  customFieldsOf,
  customTextOf,
  invoiceCreationOf,
  nameCollectionOf,
  requireSimulated,
} from '../checkout/collecting.ts';
import { newItem } from '../checkout/items.ts';
import { typesFor } from '../checkout/methods.ts';
import { shippingOptionsOf } from '../checkout/shipping.ts';
import { given, refused } from '../resource.ts';
import { requireUrl } from '../urls.ts';
import { missingParam } from '../wire/errors.ts';
import { applyMetadata } from '../wire/params.ts';
import type { PaymentLink } from './link.ts';
import type { LinkTerms } from './params.ts';
import { sharesOfLink } from './shares.ts';

/** The link with the terms that were given; what was not named stays. Throws Stripe's refusals. */
export function withTerms(account: Account, link: PaymentLink, terms: LinkTerms): PaymentLink {
  requireSimulated({ ...terms, name_collection: undefined, shipping_address_collection: undefined });
  checkMode(link, terms);
  const { active, allow_promotion_codes, billing_address_collection, customer_creation } = terms;
  const { inactive_message, payment_method_collection, submit_type } = terms;
  const plain = given({
    active,
    allow_promotion_codes,
    billing_address_collection,
    customer_creation,
    inactive_message,
    payment_method_collection,
    submit_type,
  });
  return {
    ...link,
    ...plain,
    ...collectedBy(link, terms),
    ...sharesOfLink(account, link, terms),
    after_completion: completionOf(terms.after_completion) ?? link.after_completion,
    invoice_creation: terms.invoice_creation ? invoiceOf(terms.invoice_creation) : link.invoice_creation,
    metadata: applyMetadata(link.metadata, terms.metadata),
    optional_items:
      terms.optional_items === undefined ? link.optional_items : optionalOf(account, link, terms),
    payment_intent_data: intentDataOf(link, terms.payment_intent_data),
    payment_method_options:
      terms.payment_method_options === undefined ? link.payment_method_options : cardOf(terms),
    payment_method_types:
      terms.payment_method_types === undefined ? link.payment_method_types : typesOf(account, link, terms),
    restrictions: terms.restrictions === undefined ? link.restrictions : restrictedTo(link, terms),
    shipping_options:
      terms.shipping_options === undefined
        ? link.shipping_options
        : shippingOptionsOf(account, terms.shipping_options ?? [], link.currency),
    subscription_data: subscriptionDataOf(link, terms.subscription_data),
  };
}

/** What a link asks its customers. */
function collectedBy(link: PaymentLink, terms: LinkTerms): Partial<PaymentLink> {
  const { name_collection: names, shipping_address_collection: shipping } = terms;
  return given({
    consent_collection: terms.consent_collection && consentOf(terms.consent_collection),
    custom_fields:
      terms.custom_fields === undefined
        ? undefined
        : customFieldsOf(terms.custom_fields).map(({ dropdown, numeric, text, ...field }) => ({
            ...field,
            ...(dropdown ? { dropdown: withoutValue(dropdown) } : {}),
            ...(numeric ? { numeric: withoutValue(numeric) } : {}),
            ...(text ? { text: withoutValue(text) } : {}),
          })),
    custom_text: terms.custom_text && { ...link.custom_text, ...customTextOf(terms.custom_text) },
    name_collection: names === undefined ? undefined : nameCollectionOf(names ?? undefined),
    phone_number_collection: terms.phone_number_collection,
    shipping_address_collection: shipping,
    tax_id_collection: terms.tax_id_collection && {
      required: 'never' as const,
      ...given(terms.tax_id_collection),
    },
  });
}

function withoutValue<T extends { readonly value: unknown }>({ value: _, ...rest }: T): Omit<T, 'value'> {
  return rest;
}

/** What goes with recurring prices only, and what only with others. */
function checkMode(link: PaymentLink, terms: LinkTerms): void {
  const recurs = link.subscription_data !== null;
  const misplaced = recurs
    ? (['customer_creation', 'invoice_creation', 'payment_intent_data', 'shipping_options'] as const)
    : (['subscription_data'] as const);
  for (const name of misplaced)
    if (terms[name] !== undefined)
      throw refused(
        name,
        recurs
          ? `\`${name}\` can only be used with payment links that have no recurring prices.`
          : `\`${name}\` can only be used with payment links that have a recurring price.`,
      );
  if (!recurs && terms.payment_method_collection === 'if_required')
    throw refused(
      'payment_method_collection',
      '`payment_method_collection` can only be used with payment links that have a recurring price.',
    );
}

function completionOf(after: LinkTerms['after_completion']): PaymentLink['after_completion'] | undefined {
  if (!after) return undefined;
  if (after.type === 'redirect') {
    if (!after.redirect) throw missingParam('after_completion[redirect]');
    requireUrl(after.redirect.url, 'after_completion[redirect][url]');
    return { type: 'redirect', redirect: after.redirect };
  }
  const custom_message = after.hosted_confirmation?.custom_message ?? null;
  return { type: 'hosted_confirmation', hosted_confirmation: { custom_message } };
}

function invoiceOf(creation: NonNullable<Collecting['invoice_creation']>): PaymentLink['invoice_creation'] {
  const { enabled, invoice_data } = invoiceCreationOf(creation);
  return { enabled, invoice_data };
}

function optionalOf(
  account: Account,
  link: PaymentLink,
  { optional_items: wanted }: LinkTerms,
): PaymentLink['optional_items'] {
  return (wanted ?? []).map((item, at) => {
    const { adjustable_quantity, price, quantity } = newItem(account, item, link.id, `optional_items[${at}]`);
    return { adjustable_quantity, price, quantity: quantity ?? 1 };
  });
}

function intentDataOf(
  { payment_intent_data: before }: PaymentLink,
  data: LinkTerms['payment_intent_data'],
): PaymentLink['payment_intent_data'] {
  if (!data) return before;
  const { metadata: meta, ...plain } = data;
  return {
    capture_method: null,
    description: null,
    setup_future_usage: null,
    statement_descriptor: null,
    statement_descriptor_suffix: null,
    transfer_group: null,
    ...before,
    ...given(plain),
    metadata: applyMetadata(before?.metadata ?? {}, meta),
  };
}

function subscriptionDataOf(
  { subscription_data: before }: PaymentLink,
  data: LinkTerms['subscription_data'],
): PaymentLink['subscription_data'] {
  if (!before || !data) return before;
  const { invoice_settings: settings, metadata: meta, ...plain } = data;
  const { custom_fields = null, description = null, footer = null } = settings ?? {};
  return {
    ...before,
    ...given(plain),
    invoice_settings: settings
      ? { ...before.invoice_settings, custom_fields, description, footer }
      : before.invoice_settings,
    metadata: applyMetadata(before.metadata, meta),
  };
}

function cardOf({ payment_method_options: options }: LinkTerms): PaymentLink['payment_method_options'] {
  if (!options?.card) return null;
  const { restrictions } = options.card;
  return {
    card: {
      restrictions: restrictions ? { brands_blocked: restrictions.brands_blocked ?? [] } : null,
    },
  };
}

function typesOf(
  account: Account,
  { currency, subscription_data: recurs }: PaymentLink,
  { payment_method_types: types }: LinkTerms,
): PaymentLink['payment_method_types'] {
  if (!types) return null;
  typesFor(account, { payment_method_types: types }, recurs ? 'subscription' : 'payment', currency);
  return types;
}

function restrictedTo(
  { restrictions: before }: PaymentLink,
  { restrictions }: LinkTerms,
): PaymentLink['restrictions'] {
  if (!restrictions) return null;
  const count = before?.completed_sessions.count ?? 0;
  return { completed_sessions: { count, limit: restrictions.completed_sessions.limit } };
}
