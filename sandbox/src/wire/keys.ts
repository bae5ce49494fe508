import { StripeFault, unauthorized } from './errors.ts';

export type Access = 'read' | 'write';
/** What a restricted key may do: machine name → level. A full secret key has `null` and may do everything. */
export type Permissions = Readonly<Record<string, Access>> | null;

/** Names people and Stripe's dashboard use → the row's machine name. */
const rowNames: Readonly<Record<string, string>> = {
  report_runs_and_report_types: 'report_runs_and_report_types',
  account: 'accounts_kyc_basic',
  accounts: 'accounts_kyc_basic',
  balance_transaction: 'balance_transaction_source',
  balance_transactions: 'balance_transaction_source',
  price: 'plan',
  prices: 'plan',
  plans: 'plan',
  refund: 'charge',
  refunds: 'charge',
  charges_and_refunds: 'charge',
  promotion_codes: 'promotion_code',
  tax_rates: 'tax_rate',
  files: 'file_upload',
  file: 'file_upload',
  webhook_endpoints: 'webhook',
  webhook_endpoint: 'webhook',
  checkout_sessions: 'checkout_session',
  billing_portal: 'customer_portal',
  billing_portal_sessions: 'customer_portal',
  billing_portal_configurations: 'customer_portal',
  invoice_items: 'invoice',
  invoiceitems: 'invoice',
  subscription_items: 'subscription',
  payment_links: 'payment_link',
  test_clock: 'billing_clock',
  test_clocks: 'billing_clock',
};

/** The machine name for any of a row's names: `payment_intents`, `rak_payment_intent_read`, `prices`. */
export function permissionRow(name: string): string {
  const plain = name
    .toLowerCase()
    .replace(/^rak_/, '')
    .replace(/_(read|write)$/, '')
    .replaceAll(/[\s-]+/g, '_');
  return (Object.hasOwn(rowNames, plain) && rowNames[plain]) || plain.replace(/s$/, '');
}

/** The key in an `Authorization` header: Bearer, or Basic with the key as user name. Throws Stripe's 401 without one. */
export function keyFrom(header: string | undefined): string {
  const [scheme = '', value = ''] = (header ?? '').split(/\s+/, 2);
  if (/^bearer$/i.test(scheme) && value) return value;
  if (/^basic$/i.test(scheme)) {
    const user = Buffer.from(value, 'base64').toString().split(':')[0];
    if (user) return user;
  }
  throw unauthorized(
    "You did not provide an API key. You need to provide your API key in the Authorization header, using Bearer auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY'). See https://stripe.com/docs/api#authentication for details, or we can help at https://support.stripe.com/.",
  );
}

/** What begins the token of a meter event session. */
export const sessionPrefix = 'mes';
const streamPath = '/v2/billing/meter_event_stream';

/** The token of a meter event session opens one address, which no other key opens. Throws Stripe's 401. */
export function requireRightKey(key: string, path: string): void {
  if (key.startsWith(`${sessionPrefix}_`) !== (path === streamPath)) throw invalidKey(key);
}

export function publishableKeyRefused(): StripeFault {
  return unauthorized(
    'This API call cannot be made with a publishable API key. Please use a secret API key. You can find a list of your API keys at https://dashboard.stripe.com/account/apikeys.',
    'secret_key_required',
  );
}

export function invalidKey(key: string): StripeFault {
  return unauthorized(`Invalid API Key provided: ${maskedKey(key)}`);
}

export function expiredKey(key: string): StripeFault {
  return unauthorized(`Expired API Key provided: ${maskedKey(key)}`, 'api_key_expired');
}

export function expiredSession(): StripeFault {
  return new StripeFault(
    401,
    { type: 'invalid_request_error', message: 'The temporary session token has expired.' },
    { v2Type: 'temporary_session_expired', v2Code: 'billing_meter_event_session_expired' },
  );
}

/** A key as Stripe shows it in errors: the prefix, stars, the last four. */
export function maskedKey(key: string): string {
  const prefix = /^[a-z]{2}_(test|live)_/.exec(key)?.[0] ?? '';
  const rest = key.slice(prefix.length);
  const shown = rest.length > 8 ? rest.slice(-4) : '';
  return `${prefix}${'*'.repeat(Math.min(Math.max(rest.length - shown.length, 4), 24))}${shown}`;
}

/** Throws Stripe's 403 that names the missing permission. */
export function requirePermission(
  permissions: Permissions,
  row: string,
  access: Access,
  key: string,
  accountId: string,
): void {
  if (permissions === null) return;
  const granted = permissions[row];
  if (granted === 'write' || granted === access) return;
  throw new StripeFault(403, {
    type: 'invalid_request_error',
    message: `The provided key '${maskedKey(key)}' does not have the required permissions for this endpoint on account '${accountId}'. Having the 'rak_${row}_${access}' permission would allow this request to continue.`,
  });
}
