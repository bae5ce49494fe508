import type { Mode } from '../../tools/account.ts';
import type { Permission } from '../../tools/tool.ts';

/**
 * The rows of a restricted key that Purser's tools use, by the machine name of Stripe's `rak_<name>_<access>`, with
 * the label of the Dashboard's page for restricted keys. Prices are governed by `plan`, refunds by `charge`.
 */
export const permissionLabels = {
  account: 'Account',
  approval_request: 'Approval requests',
  balance: 'Balance',
  balance_transaction_source: 'Balance transaction sources',
  billing_clock: 'Test clocks',
  billing_credit_balance: 'Billing credit balances',
  billing_credit_grant: 'Billing credit grants',
  billing_meter: 'Billing meters',
  billing_meter_event: 'Billing meter events',
  billing_meter_event_adjustment: 'Billing meter event adjustments',
  charge: 'Charges and Refunds',
  checkout_session: 'Checkout Sessions',
  coupon: 'Coupons',
  credit_note: 'Credit notes',
  customer: 'Customers',
  customer_portal: 'Customer portal',
  data_queries: 'Queries (Data)',
  dispute: 'Disputes',
  entitlement: 'Entitlements',
  event: 'Events',
  file_upload: 'Files',
  invoice: 'Invoices',
  payment_intent: 'PaymentIntents',
  payment_link: 'Payment Links',
  payment_method: 'PaymentMethods',
  payout: 'Payouts',
  plan: 'Prices',
  product: 'Products',
  promotion_code: 'Promotion Codes',
  quote: 'Quotes',
  radar_early_fraud_warning: 'Early fraud warnings',
  report_runs_and_report_types: 'Report runs and report types',
  review: 'Reviews',
  setup_intent: 'SetupIntents',
  subscription: 'Subscriptions',
  tax_id: 'Tax IDs',
  tax_rate: 'Tax Rates',
  topup: 'Top-ups',
  transfer: 'Transfers',
  webhook: 'Webhook Endpoints',
} as const;

export type PermissionName = keyof typeof permissionLabels;

/** Where a key of this mode is edited. */
export function keysUrl(mode: Mode): string {
  return mode === 'live'
    ? 'https://dashboard.stripe.com/apikeys'
    : 'https://dashboard.stripe.com/test/apikeys';
}

/** A short way to state what a tool needs. */
export function needs(...rows: readonly `${PermissionName}:${'read' | 'write'}`[]): Permission[] {
  return rows.map((row) => {
    const [resource = '', access] = row.split(':');
    return { resource, access: access === 'write' ? 'write' : 'read' };
  });
}

const otherNames: Readonly<Record<string, PermissionName>> = {
  accounts: 'account',
  accounts_kyc_basic: 'account',
  balance_transaction: 'balance_transaction_source',
  price: 'plan',
  prices: 'plan',
  refund: 'charge',
  refunds: 'charge',
  webhook_endpoint: 'webhook',
  invoiceitem: 'invoice',
  test_clock: 'billing_clock',
  file: 'file_upload',
  report_run: 'report_runs_and_report_types',
};

function known(name: string): PermissionName | undefined {
  const singular = name.replace(/s$/, '');
  const found = otherNames[name] ?? otherNames[singular] ?? (name in permissionLabels ? name : singular);
  return found in permissionLabels ? (found as PermissionName) : undefined;
}

/** What a 403 names as missing, with its Dashboard label. */
export interface MissingPermission extends Permission {
  readonly label: string;
}

/**
 * Reads the hint in the text of Stripe's 403: `Having the 'rak_customer_read' permission would allow this request
 * to continue.` Undefined where the text names none.
 */
export function missingPermission(message: string): MissingPermission | undefined {
  const hint = /\brak_([a-z0-9_]+?)_(read|write)\b/.exec(message);
  if (!hint?.[1]) return undefined;
  const name = known(hint[1]);
  const label = name
    ? permissionLabels[name]
    : hint[1].replaceAll('_', ' ').replace(/^./, (letter) => letter.toUpperCase());
  return { resource: name ?? hint[1], access: hint[2] === 'write' ? 'write' : 'read', label };
}

/** The account id that Stripe's 403 gives away: the one way to learn it with a key that may not read the account. */
export function accountIdIn(message: string): string | undefined {
  return /\bacct_[A-Za-z0-9_]+/.exec(message)?.[0];
}
