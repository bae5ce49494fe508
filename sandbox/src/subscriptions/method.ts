import type { Account } from '../account.ts';
import { existingCustomer } from '../customers.ts';
import { createSetupIntent, type SetupIntent } from '../setup-intents/setup-intent.ts';
import { invalidRequest } from '../wire/errors.ts';
import { hasEnded, type Subscription, saveSubscription, subscriptions } from './subscription.ts';

/** What a subscription is charged to: its own method or its customer's default; null when there is none. */
export function methodOf(account: Account, subscription: Subscription): string | null {
  const { invoice_settings: settings, default_source: source } = existingCustomer(
    account,
    subscription.customer,
  );
  const own = subscription.default_payment_method ?? subscription.default_source;
  const method = own ?? settings.default_payment_method ?? source;
  return typeof method === 'string' ? method : null;
}

/** Throws Stripe's 400 when there is nothing to charge a subscription to. */
export function requireMethod(account: Account, subscription: Subscription): void {
  if (methodOf(account, subscription) !== null) return;
  throw invalidRequest(
    'This customer has no attached payment source or default payment method. Please consider adding a default payment method. For more information, visit https://stripe.com/docs/billing/subscriptions/payment-methods-setting#payment-method-priority.',
    { code: 'resource_missing', param: 'customer' },
  );
}

/** Asks for a payment method where nothing is due yet that would. Answers the setup intent's id; null when there is one. */
export function askForMethod(account: Account, subscription: Subscription): string | null {
  if (methodOf(account, subscription) !== null) return null;
  return createSetupIntent(account, {
    customer: subscription.customer,
    method: null,
    methodTypes: ['card'],
    usage: 'off_session',
  }).id;
}

/** Hears that a method was set up: a subscription that asked for it no longer does, and keeps it where it should. */
export function onSetUp(account: Account, object: unknown): void {
  const intent = object as SetupIntent;
  const asking = account.of(subscriptions).newestBy('setup_intent', intent.id);
  if (!asking || hasEnded(asking)) return;
  const keeps = asking.payment_settings?.save_default_payment_method === 'on_subscription';
  saveSubscription(account, {
    ...asking,
    default_payment_method: keeps ? intent.payment_method : asking.default_payment_method,
    pending_setup_intent: null,
  });
}
