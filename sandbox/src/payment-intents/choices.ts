import type Stripe from 'stripe';
import type { Account } from '../account.ts';
import { shippingOf } from '../charges/shipping.ts';
import { type TokenUse, useConfirmationToken } from '../confirmation-tokens.ts';
import { configurationDetails, configurationFor } from '../payment-methods/configuration.ts';
import { createPaymentMethod, type PaymentMethod, resolveMethod } from '../payment-methods/payment-method.ts';
import { given, refused } from '../resource.ts';
import type { Parsed } from '../wire/params.ts';
import type { Wire } from '../wire/shapes.ts';
import { detailsAfter, keepLines } from './amount-details.ts';
import type { Confirmation, ConfirmOptions } from './confirm.ts';
import { type PaymentIntent, typesFor } from './intent.ts';
import { optionsAfter } from './options.ts';
import type { confirming, confirmParams, createParams, updateParams } from './params.ts';

/** The intent, or the error that its confirmation ended in; what it did stays either way. */
export function outcome(confirmation: Confirmation): PaymentIntent {
  if (confirmation.fault) throw confirmation.fault;
  return confirmation.intent;
}

type MethodChoice = Pick<Parsed<typeof createParams>, 'payment_method' | 'payment_method_data'>;

export function chosenMethod(account: Account, choice: MethodChoice): PaymentMethod | undefined {
  const { payment_method: id, payment_method_data: data } = choice;
  if (id !== undefined && data)
    throw refused(
      'payment_method',
      'You may only specify one of these parameters: payment_method, payment_method_data.',
    );
  if (id !== undefined) return resolveMethod(account, id, 'payment_method');
  return data ? createPaymentMethod(account, data, 'payment_method_data') : undefined;
}

export function tokenOf(
  account: Account,
  params: Parsed<typeof confirming> & MethodChoice,
): TokenUse | undefined {
  const { confirmation_token: id, payment_method: method, payment_method_data: data } = params;
  if (id === undefined) return undefined;
  if (method !== undefined || data)
    throw refused(
      'confirmation_token',
      'You may only specify one of these parameters: confirmation_token, payment_method, payment_method_data.',
    );
  return useConfirmationToken(account, id);
}

export function confirmOptions(
  params: Parsed<typeof confirming>,
  method: PaymentMethod | undefined,
  token: TokenUse | undefined,
): ConfirmOptions {
  const { error_on_requires_action: errorOnRequiresAction, mandate, mandate_data: agreement } = params;
  return {
    method,
    offSession: (params.off_session ?? false) !== false,
    returnUrl: params.return_url ?? token?.returnUrl,
    errorOnRequiresAction,
    useStripeSdk: params.use_stripe_sdk,
    acceptance: agreement?.customer_acceptance ?? token?.acceptance,
    mandate,
  };
}

export function paymentDetailsOf(
  wanted: Parsed<typeof createParams>['payment_details'],
): Wire<Stripe.PaymentIntent.PaymentDetails> | undefined {
  if (!wanted) return undefined;
  return {
    customer_reference: wanted.customer_reference ?? null,
    order_reference: wanted.order_reference ?? null,
  };
}

/** What updating and confirming may both choose: who may pay how, and where the goods go. */
export function applyChoices(
  account: Account,
  intent: PaymentIntent,
  params: Parsed<typeof updateParams> | Parsed<typeof confirmParams>,
): PaymentIntent {
  const { capture_method, receipt_email, setup_future_usage, shipping, amount_details: amounts } = params;
  const asked = params.allowed_payment_method_types ?? params.payment_method_types;
  const excluded = params.excluded_payment_method_types;
  const named = 'payment_method_configuration' in params ? params.payment_method_configuration : undefined;
  const before = intent.payment_method_configuration_details;
  const configuration = configurationFor(account, named ?? before?.id);
  const isRetyped =
    asked !== undefined ||
    excluded !== undefined ||
    named !== undefined ||
    intent.payment_method_types.length === 0;
  const types = isRetyped
    ? typesFor({
        currency: intent.currency,
        configuration,
        allowedTypes: params.payment_method_types
          ? undefined
          : (asked ?? intent.allowed_payment_method_types ?? undefined),
        methodTypes: params.payment_method_types,
        excludedTypes: excluded ?? intent.excluded_payment_method_types,
      })
    : intent.payment_method_types;
  if (amounts !== undefined) keepLines(account, intent.id, amounts);
  const details = paymentDetailsOf(params.payment_details);
  return {
    ...intent,
    ...given({ capture_method, receipt_email, setup_future_usage }),
    allowed_payment_method_types: params.allowed_payment_method_types ?? intent.allowed_payment_method_types,
    amount_details: detailsAfter(intent.amount_details, amounts, intent.amount),
    ...(excluded === undefined ? {} : { excluded_payment_method_types: excluded }),
    ...(details ? { payment_details: details } : {}),
    payment_method_configuration_details: named === undefined ? before : configurationDetails(configuration),
    payment_method_options: optionsAfter(intent.payment_method_options, params.payment_method_options, types),
    payment_method_types: types,
    shipping: shipping === undefined ? intent.shipping : shippingOf(shipping),
  };
}
