import type { Account } from '../account.ts';
import { chooseIn } from '../checkout/choose.ts';
import { createSession } from '../checkout/create.ts';
import { expireSession } from '../checkout/expire.ts';
import { boundsOf, itemsOf, priceOf, type StoredItem } from '../checkout/items.ts';
import type { SessionParams } from '../checkout/params.ts';
import { type CustomField, type Session, sessions } from '../checkout/session.ts';
import { update } from '../events.ts';
import { StripeFault } from '../wire/errors.ts';
import { type PaymentLink, paymentLinks } from './link.ts';
import { paymentShares, subscriptionShares } from './shares.ts';

/** What a link's address may bring along: https://docs.stripe.com/payment-links/url-parameters */
export interface LinkQuery {
  readonly clientReferenceId?: string;
  readonly email?: string;
  readonly promotionCode?: string;
}

/** Opens the checkout session through which somebody pays a link. */
export function openSession(account: Account, link: PaymentLink, query: LinkQuery = {}): Session {
  const params = { ...paramsOf(account, link), ...given(query) };
  const session = createSession(account, params, { paymentLink: link.id });
  return query.promotionCode ? withCode(account, session, query.promotionCode) : session;
}

/** A code in an address that cannot be used is left out: the customer can still pay. */
function withCode(account: Account, session: Session, code: string): Session {
  if (!session.allow_promotion_codes) return session;
  try {
    return chooseIn(account, session, { code });
  } catch (error) {
    if (error instanceof StripeFault) return session;
    throw error;
  }
}

function given({ clientReferenceId, email }: LinkQuery): Partial<SessionParams> {
  const isReference = clientReferenceId !== undefined && /^[\w-]{1,200}$/.test(clientReferenceId);
  const isEmail = email !== undefined && /^[^\s@]+@[^\s@]+$/.test(email) && email.length <= 800;
  return {
    ...(isReference ? { client_reference_id: clientReferenceId } : {}),
    ...(isEmail ? { customer_email: email } : {}),
  };
}

/** The session a link stands for, as it would be asked for through the API. */
function paramsOf(account: Account, link: PaymentLink): SessionParams {
  const items = itemsOf(account, link.id);
  const recurs = items.some((item) => priceOf(account, item).recurring);
  const { redirect } = link.after_completion;
  return {
    mode: recurs ? 'subscription' : 'payment',
    currency: link.currency,
    line_items: items.map(itemParams),
    allow_promotion_codes: link.allow_promotion_codes,
    billing_address_collection: link.billing_address_collection,
    consent_collection: unset(link.consent_collection),
    custom_fields: link.custom_fields.map(fieldParams),
    custom_text: link.custom_text,
    metadata: link.metadata,
    name_collection: link.name_collection,
    optional_items: link.optional_items?.map(({ adjustable_quantity: adjustable, ...item }) => ({
      ...item,
      adjustable_quantity: boundsOf(adjustable),
    })),
    payment_method_options: link.payment_method_options?.card
      ? { card: { restrictions: unset(link.payment_method_options.card.restrictions) } }
      : undefined,
    payment_method_types: link.payment_method_types ?? undefined,
    phone_number_collection: link.phone_number_collection,
    shipping_address_collection: link.shipping_address_collection ?? undefined,
    submit_type: link.submit_type,
    tax_id_collection: link.tax_id_collection.enabled ? link.tax_id_collection : undefined,
    ...(redirect ? { success_url: redirect.url } : {}),
    ...(recurs ? subscriptionParams(link) : paymentParams(link)),
  };
}

function paymentParams(link: PaymentLink): Partial<SessionParams> {
  const { enabled = false, invoice_data: data = null } = link.invoice_creation ?? {};
  return {
    customer_creation: link.customer_creation,
    invoice_creation: {
      enabled,
      invoice_data: {
        custom_fields: data?.custom_fields,
        description: data?.description ?? undefined,
        footer: data?.footer ?? undefined,
        metadata: data?.metadata ?? {},
      },
    },
    payment_intent_data: { ...unset(link.payment_intent_data), ...paymentShares(link) },
    shipping_options: link.shipping_options.map(({ shipping_rate }) => ({ shipping_rate })),
  };
}

function subscriptionParams(link: PaymentLink): Partial<SessionParams> {
  const data = link.subscription_data;
  return {
    payment_method_collection: link.payment_method_collection,
    subscription_data: data
      ? {
          ...subscriptionShares(link),
          description: data.description ?? undefined,
          invoice_settings: {
            custom_fields: data.invoice_settings.custom_fields,
            description: data.invoice_settings.description ?? undefined,
            footer: data.invoice_settings.footer ?? undefined,
          },
          metadata: data.metadata,
          trial_period_days: data.trial_period_days ?? undefined,
          trial_settings: data.trial_settings ?? undefined,
        }
      : undefined,
  };
}

function itemParams({ adjustable_quantity: adjustable, price, quantity }: StoredItem) {
  return { chosen: price, quantity: quantity ?? undefined, adjustable_quantity: boundsOf(adjustable) };
}

type FieldParams = NonNullable<NonNullable<SessionParams['custom_fields']>>[number];

function fieldParams(field: PaymentLink['custom_fields'][number] | CustomField): FieldParams {
  const { dropdown, key, label, numeric, optional, text, type } = field;
  return {
    key,
    label: { custom: label.custom ?? key, type: 'custom' },
    optional,
    type,
    dropdown: dropdown && { options: dropdown.options, default_value: dropdown.default_value ?? undefined },
    numeric: numeric && unset(numeric),
    text: text && unset(text),
  };
}

/** An object with what is null left out, as a request leaves out what it does not ask for. */
function unset<T extends object>(object: T | null) {
  if (object === null) return undefined;
  const entries = Object.entries(object).filter(([, value]) => value !== null);
  return Object.fromEntries(entries) as { [K in keyof T]: Exclude<T[K], null> | undefined };
}

/**
 * Hears that a session was completed: one through a link counts, and when as many are complete as the link allows, it
 * is closed, and what else is open through it expires.
 */
export function onSessionCompleted(account: Account, object: unknown): void {
  const { payment_link: id } = object as Session;
  const link = id === null ? undefined : account.of(paymentLinks).get(id);
  const completed = link?.restrictions?.completed_sessions;
  if (!link || !completed) return;
  const count = completed.count + 1;
  const active = link.active && count < completed.limit;
  const restrictions = { completed_sessions: { ...completed, count } };
  update(account, paymentLinks, { ...link, active, restrictions }, 'payment_link.updated');
  if (active) return;
  for (const session of account.of(sessions).by('payment_link', link.id))
    if (session.status === 'open') expireSession(account, session);
}
