import type { Account } from '../account.ts';
import { checkCharge } from '../charges/amounts.ts';
import { shippingOf } from '../charges/shipping.ts';
import { splitOf } from '../charges/split.ts';
import { existingCustomer } from '../customers.ts';
import { configurationFor } from '../payment-methods/configuration.ts';
import { refused } from '../resource.ts';
import { applyMetadata, type Parsed } from '../wire/params.ts';
import { detailsAfter, keepLines } from './amount-details.ts';
import { applyChoices, chosenMethod, confirmOptions, outcome, paymentDetailsOf, tokenOf } from './choices.ts';
import { confirmPaymentIntent, requireFitting } from './confirm.ts';
import { createPaymentIntent, type PaymentIntent } from './intent.ts';
import { requireUsable } from './ownership.ts';
import type { confirmParams, createParams } from './params.ts';
import { requireAllowed } from './transitions.ts';

/** `POST /v1/payment_intents`. */
export function createFrom(account: Account, params: Parsed<typeof createParams>): PaymentIntent {
  checkTogether(params);
  checkCharge(account, params.amount, params.currency);
  const {
    automatic_payment_methods: automatic,
    payment_method_types: types,
    allowed_payment_method_types: allowed,
    confirm = false,
  } = params;
  const customer = params.customer === undefined ? null : existingCustomer(account, params.customer).id;
  const token = confirm ? tokenOf(account, params) : undefined;
  const method = chosenMethod(account, params) ?? token?.method;
  if (method) requireUsable(account, method, customer);
  const created = createPaymentIntent(account, {
    amount: params.amount,
    currency: params.currency,
    amountDetails: detailsAfter(undefined, params.amount_details, params.amount),
    customer,
    method: method ?? null,
    captureMethod: params.capture_method,
    confirmationMethod: params.confirmation_method,
    description: params.description,
    metadata: applyMetadata({}, params.metadata),
    methodTypes: types ?? (automatic?.enabled === false ? ['card'] : undefined),
    allowedTypes: allowed,
    configuration: configurationFor(account, params.payment_method_configuration),
    excludedTypes: params.excluded_payment_method_types,
    allowRedirects: automatic?.allow_redirects,
    options: params.payment_method_options,
    paymentDetails: paymentDetailsOf(params.payment_details),
    receiptEmail: params.receipt_email,
    setupFutureUsage: params.setup_future_usage ?? token?.setupFutureUsage,
    shipping: shippingOf(params.shipping) ?? token?.shipping,
    statementDescriptor: params.statement_descriptor,
    statementDescriptorSuffix: params.statement_descriptor_suffix,
    split: splitOf(account, params, params.amount),
  });
  if (params.amount_details !== undefined) keepLines(account, created.id, params.amount_details);
  if (method) requireFitting(account, created, method);
  if (!confirm) return created;
  const confirmed = confirmPaymentIntent(account, created, confirmOptions(params, method, token));
  token?.usedFor({ payment_intent: created.id });
  return outcome(confirmed);
}

function checkTogether(params: Parsed<typeof createParams>): void {
  const { automatic_payment_methods: automatic, payment_method_types: types, confirm = false } = params;
  if (automatic?.enabled && types) {
    throw refused(
      'automatic_payment_methods',
      'You may only specify one of these parameters: automatic_payment_methods, payment_method_types.',
    );
  }
  const { payment_method_configuration: configured, allowed_payment_method_types: allowed } = params;
  if (configured !== undefined && (types || allowed))
    throw refused(
      'payment_method_configuration',
      'You may only specify one of these parameters: payment_method_configuration, payment_method_types.',
    );
  const onlyWhenConfirming = [
    'confirmation_token',
    'error_on_requires_action',
    'mandate',
    'mandate_data',
    'off_session',
    'return_url',
  ] as const;
  for (const name of onlyWhenConfirming) {
    if (params[name] !== undefined && !confirm)
      throw refused(name, `The parameter \`${name}\` can only be passed when \`confirm\` is \`true\`.`);
  }
  if (params.statement_descriptor !== undefined && (types ?? allowed)?.includes('card'))
    throw refused(
      'statement_descriptor',
      'The `statement_descriptor` parameter is not supported for the payment_method_type `card`. To continue supporting payment_method_type `card`, please pass in `statement_descriptor_suffix` or remove the `statement_descriptor` parameter altogether. Please see https://support.stripe.com/questions/use-of-the-statement-descriptor-parameter-on-paymentintents-for-card-charges for additional details.',
    );
}

/** `POST /v1/payment_intents/:id/confirm`. */
export function confirmFrom(
  account: Account,
  intent: PaymentIntent,
  params: Parsed<typeof confirmParams>,
): PaymentIntent {
  if (params.payment_method !== undefined || params.payment_method_data)
    if (intent.status === 'canceled') requireAllowed(intent, 'change', ['payment_method']);
  requireAllowed(intent, 'confirm');
  const token = tokenOf(account, params);
  const method = chosenMethod(account, params) ?? token?.method;
  const next = applyChoices(account, intent, {
    ...params,
    setup_future_usage: params.setup_future_usage ?? token?.setupFutureUsage,
  });
  const shipped =
    token?.shipping && params.shipping === undefined ? { ...next, shipping: token.shipping } : next;
  const confirmed = confirmPaymentIntent(account, shipped, confirmOptions(params, method, token));
  token?.usedFor({ payment_intent: intent.id });
  return outcome(confirmed);
}
