import type { Account } from '../account.ts';
import { type TokenUse, useConfirmationToken } from '../confirmation-tokens.ts';
import { existingCustomer } from '../customers.ts';
import { requireUsable } from '../payment-intents/ownership.ts';
import { configurationDetails, configurationFor } from '../payment-methods/configuration.ts';
import { createPaymentMethod, type PaymentMethod, resolveMethod } from '../payment-methods/payment-method.ts';
import { refused } from '../resource.ts';
import { settlingAccount } from '../transfers/destination.ts';
import { applyMetadata, type Parsed } from '../wire/params.ts';
import { confirmSetupIntent, requireFitting, type SetupConfirmation, type SetupOptions } from './confirm.ts';
import { optionsAfter } from './options.ts';
import type { choosing, confirming, confirmParams, createParams, updateParams } from './params.ts';
import { createSetupIntent, type SetupIntent, setupIntents, setupTypesFor } from './setup-intent.ts';
import { requireAllowed } from './transitions.ts';

/** The intent, or the error that its confirmation ended in; what it did stays either way. */
export function outcome(confirmation: SetupConfirmation): SetupIntent {
  if (confirmation.fault) throw confirmation.fault;
  return confirmation.intent;
}

type Choice = Pick<Parsed<typeof choosing>, 'payment_method' | 'payment_method_data'>;

function chosenMethod(account: Account, choice: Choice): PaymentMethod | undefined {
  const { payment_method: id, payment_method_data: data } = choice;
  if (id !== undefined && data)
    throw refused(
      'payment_method',
      'You may only specify one of these parameters: payment_method, payment_method_data.',
    );
  if (id !== undefined) return resolveMethod(account, id, 'payment_method');
  return data ? createPaymentMethod(account, data, 'payment_method_data') : undefined;
}

function tokenOf(account: Account, params: Parsed<typeof confirming> & Choice): TokenUse | undefined {
  const { confirmation_token: id, payment_method: method, payment_method_data: data } = params;
  if (id === undefined) return undefined;
  if (method !== undefined || data)
    throw refused(
      'confirmation_token',
      'You may only specify one of these parameters: confirmation_token, payment_method, payment_method_data.',
    );
  return useConfirmationToken(account, id);
}

function optionsOf(
  params: Parsed<typeof confirming>,
  method: PaymentMethod | undefined,
  token: TokenUse | undefined,
): SetupOptions {
  return {
    method,
    returnUrl: params.return_url ?? token?.returnUrl,
    useStripeSdk: params.use_stripe_sdk,
    acceptance: params.mandate_data?.customer_acceptance ?? token?.acceptance,
  };
}

/** `POST /v1/setup_intents`. */
export function createFrom(account: Account, params: Parsed<typeof createParams>): SetupIntent {
  const { automatic_payment_methods: automatic, confirm = false, on_behalf_of: behalf } = params;
  for (const name of ['confirmation_token', 'mandate_data', 'return_url'] as const)
    if (params[name] !== undefined && !confirm)
      throw refused(name, `The parameter \`${name}\` can only be passed when \`confirm\` is \`true\`.`);
  const customer = params.customer === undefined ? null : existingCustomer(account, params.customer).id;
  if (behalf !== undefined) settlingAccount(account, behalf, 'on_behalf_of');
  const token = confirm ? tokenOf(account, params) : undefined;
  const method = chosenMethod(account, params) ?? token?.method;
  if (method) requireUsable(account, method, customer, 'SetupIntent');
  const created = createSetupIntent(account, {
    customer,
    method: method ?? null,
    description: params.description,
    metadata: applyMetadata({}, params.metadata),
    allowedTypes: params.allowed_payment_method_types,
    configuration: configurationFor(account, params.payment_method_configuration),
    excludedTypes: params.excluded_payment_method_types,
    methodTypes: params.payment_method_types ?? (automatic?.enabled === false ? ['card'] : undefined),
    allowRedirects: automatic?.allow_redirects,
    onBehalfOf: behalf,
    options: params.payment_method_options,
    singleUse: params.single_use,
    usage: params.usage,
  });
  if (method) requireFitting(account, created, method);
  if (!confirm) return created;
  const confirmed = confirmSetupIntent(account, created, optionsOf(params, method, token));
  token?.usedFor({ setup_intent: created.id });
  return outcome(confirmed);
}

/** What can be changed only before there is a method. */
const settledParams = [
  'allowed_payment_method_types',
  'customer',
  'excluded_payment_method_types',
  'payment_method',
  'payment_method_data',
  'payment_method_options',
  'payment_method_types',
] as const;

/** `POST /v1/setup_intents/:id`. */
export function updateFrom(
  account: Account,
  intent: SetupIntent,
  params: Parsed<typeof updateParams>,
): SetupIntent {
  if (settledParams.some((name) => params[name] !== undefined)) requireAllowed(intent, 'change');
  const customer =
    params.customer === undefined ? intent.customer : existingCustomer(account, params.customer).id;
  const method = chosenMethod(account, params);
  const changed = withChoices(account, { ...intent, customer }, params);
  if (method) requireFitting(account, changed, method);
  return account.of(setupIntents).put({
    ...changed,
    ...(params.description === undefined ? {} : { description: params.description }),
    metadata: applyMetadata(intent.metadata ?? {}, params.metadata),
    ...(method
      ? { payment_method: method.id, next_action: null, status: 'requires_confirmation' as const }
      : {}),
  });
}

/** The intent with other kinds of methods and other options, where these are named. */
function withChoices(
  account: Account,
  intent: SetupIntent,
  params: Pick<
    Parsed<typeof updateParams>,
    | 'allowed_payment_method_types'
    | 'excluded_payment_method_types'
    | 'payment_method_configuration'
    | 'payment_method_options'
    | 'payment_method_types'
  >,
): SetupIntent {
  const { allowed_payment_method_types: allowed, excluded_payment_method_types: excluded } = params;
  const { payment_method_types: fixed, payment_method_configuration: named } = params;
  const before = intent.payment_method_configuration_details;
  const configuration = configurationFor(account, named ?? before?.id);
  const isRetyped = [allowed, excluded, fixed, named].some((choice) => choice !== undefined);
  const types = isRetyped
    ? setupTypesFor({
        configuration,
        allowedTypes: (allowed === undefined ? intent.allowed_payment_method_types : allowed) ?? undefined,
        excludedTypes: excluded === undefined ? intent.excluded_payment_method_types : excluded,
        methodTypes: fixed,
      })
    : intent.payment_method_types;
  return {
    ...intent,
    allowed_payment_method_types: allowed === undefined ? intent.allowed_payment_method_types : allowed,
    excluded_payment_method_types: excluded === undefined ? intent.excluded_payment_method_types : excluded,
    payment_method_configuration_details: named === undefined ? before : configurationDetails(configuration),
    payment_method_options: optionsAfter(intent.payment_method_options, params.payment_method_options, types),
    payment_method_types: types,
  };
}

/** `POST /v1/setup_intents/:id/confirm`. */
export function confirmFrom(
  account: Account,
  intent: SetupIntent,
  params: Parsed<typeof confirmParams>,
): SetupIntent {
  requireAllowed(intent, 'confirm');
  const token = tokenOf(account, params);
  const method = chosenMethod(account, params) ?? token?.method;
  const confirmed = confirmSetupIntent(
    account,
    withChoices(account, intent, params),
    optionsOf(params, method, token),
  );
  token?.usedFor({ setup_intent: intent.id });
  return outcome(confirmed);
}
