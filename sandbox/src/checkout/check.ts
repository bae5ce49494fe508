import type { Account } from '../account.ts';
import { day, hour, minute } from '../clock.ts';
import { refused } from '../resource.ts';
import { requireUrl } from '../urls.ts';
import { missingParam, notSupported, type StripeFault } from '../wire/errors.ts';
import { requireSimulated } from './collecting.ts';
import type { SessionParams } from './params.ts';

type Mode = NonNullable<SessionParams['mode']>;

/** What only some modes take. */
const onlyIn: { readonly [K in keyof SessionParams]?: readonly Mode[] } = {
  allow_promotion_codes: ['payment', 'subscription'],
  customer_creation: ['payment', 'setup'],
  discounts: ['payment', 'subscription'],
  line_items: ['payment', 'subscription'],
  optional_items: ['payment', 'subscription'],
  payment_intent_data: ['payment'],
  saved_payment_method_options: ['payment', 'subscription'],
  setup_intent_data: ['setup'],
  shipping_options: ['payment'],
  submit_type: ['payment', 'subscription'],
  subscription_data: ['subscription'],
};

/** Two names for one choice. */
const exclusive: readonly (readonly [keyof SessionParams, keyof SessionParams])[] = [
  ['allow_promotion_codes', 'discounts'],
  ['customer', 'customer_creation'],
  ['customer', 'customer_email'],
];

/** Checks what was asked for before anything is made. Throws Stripe's refusals. */
export function checkParams(account: Account, params: SessionParams): Mode {
  checkUiMode(params);
  requireSimulated(params);
  const { mode } = params;
  if (mode === undefined) throw missingParam('mode');
  for (const [name, modes] of Object.entries(onlyIn))
    if (!modes.includes(mode) && name in params) throw notInMode(name, mode);
  for (const [one, other] of exclusive)
    if (params[one] !== undefined && params[one] !== false && params[other] !== undefined)
      throw refused(one, `You may only specify one of these parameters: ${one}, ${other}.`);
  if (mode !== 'payment' && params.invoice_creation?.enabled) throw invoiceNeedsPayment(mode);
  if (mode !== 'subscription' && params.payment_method_collection === 'if_required' && mode === 'setup')
    throw notInMode('payment_method_collection', mode);
  if (params.customer_update && params.customer === undefined)
    throw refused('customer_update', '`customer_update` can only be used when `customer` is provided.');
  if (
    params.tax_id_collection?.enabled &&
    params.customer !== undefined &&
    params.customer_update?.name !== 'auto'
  )
    throw refused(
      'tax_id_collection',
      'Tax ID collection requires updating business name on the customer. To enable tax ID collection for an existing customer, please set `customer_update[name]` to `auto`.',
    );
  if (params.customer_email !== undefined && !/^[^\s@]+@[^\s@]+$/.test(params.customer_email))
    throw refused('customer_email', `Invalid email address: ${params.customer_email}`, 'email_invalid');
  checkExpiry(account, params.expires_at);
  checkTrial(account, params);
  if (params.cancel_url !== undefined) requireUrl(params.cancel_url, 'cancel_url');
  if (params.success_url !== undefined) requireUrl(params.success_url, 'success_url');
  if (mode === 'setup') requireCurrency(params);
  else if (!params.line_items || params.line_items.length === 0) throw missingParam('line_items');
  return mode;
}

type UiMode = NonNullable<SessionParams['ui_mode']>;
const inHostedPage: readonly UiMode[] = ['hosted_page'];
const inPages: readonly UiMode[] = ['hosted_page', 'embedded_page'];
/** What is for some ways of showing a session only. */
const onlyShownIn: { readonly [K in keyof SessionParams]?: readonly UiMode[] } = {
  after_expiration: inPages,
  cancel_url: inHostedPage,
  custom_fields: inPages,
  custom_text: inPages,
  optional_items: inPages,
  origin_context: inPages,
  redirect_on_completion: ['embedded_page'],
  return_url: ['embedded_page', 'elements'],
  submit_type: inPages,
  success_url: inHostedPage,
};

/** Throws Stripe's refusals of what does not go with where the session is shown: on a page of Stripe's or on the business's own. */
function checkUiMode(params: SessionParams): void {
  const { redirect_on_completion: redirects, return_url: returnUrl, ui_mode: mode = 'hosted_page' } = params;
  if (mode === 'form') throw notSupported('ui_mode form');
  for (const [name, modes] of Object.entries(onlyShownIn))
    if (!modes.includes(mode) && name in params)
      throw refused(name, `You can not pass \`${name}\` when \`ui_mode\` is \`${mode}\`.`);
  if (returnUrl !== undefined) requireUrl(returnUrl, 'return_url');
  if (mode !== 'embedded_page') return;
  if (redirects === 'never' && returnUrl !== undefined)
    throw refused(
      'return_url',
      'You can not pass `return_url` when `redirect_on_completion` is set to `never`.',
    );
  if (redirects !== 'never' && returnUrl === undefined) throw missingParam('return_url');
}

function notInMode(name: string, mode: Mode): StripeFault {
  return refused(name, `You can not pass \`${name}\` in \`${mode}\` mode.`);
}

function invoiceNeedsPayment(mode: Mode): StripeFault {
  const instead =
    mode === 'subscription'
      ? ' Invoices are created automatically when `mode` is set to `subscription`.'
      : '';
  return refused(
    'invoice_creation',
    `You can only enable invoice creation when \`mode\` is set to \`payment\`.${instead}`,
  );
}

function requireCurrency({
  currency,
  allowed_payment_method_types: allowed,
  payment_method_types: types,
}: SessionParams) {
  if (currency === undefined && !allowed && !types) throw missingParam('currency');
}

function checkExpiry(account: Account, at: number | undefined): void {
  if (at === undefined) return;
  if (at < account.now() + 30 * minute)
    throw refused(
      'expires_at',
      'The `expires_at` timestamp must be at least 30 minutes from Checkout Session creation.',
    );
  if (at > account.now() + 24 * hour)
    throw refused(
      'expires_at',
      'The `expires_at` timestamp must be less than 24 hours from Checkout Session creation.',
    );
}

function checkTrial(account: Account, { subscription_data: data }: SessionParams): void {
  if (!data) return;
  if (data.trial_end !== undefined && data.trial_period_days !== undefined)
    throw refused(
      'subscription_data[trial_end]',
      'You may only specify one of these parameters: trial_end, trial_period_days.',
    );
  if (data.trial_end !== undefined && data.trial_end < account.now() + 2 * day)
    throw refused(
      'subscription_data[trial_end]',
      'The `trial_end` timestamp must be at least 2 days in the future.',
    );
  if (data.billing_cycle_anchor !== undefined && data.billing_cycle_anchor <= account.now())
    throw refused(
      'subscription_data[billing_cycle_anchor]',
      'The `billing_cycle_anchor` timestamp must be in the future.',
    );
}
