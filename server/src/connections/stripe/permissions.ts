import type { Mode } from '../../tools/account.ts';
import type { Permission } from '../../tools/tool.ts';

/**
 * The rows of a restricted key that Purser's tools use, by the machine name of Stripe's `rak_<name>_<access>`, with
 * the label of the Dashboard's page for restricted keys. Prices are governed by `plan`, refunds by `charge`.
 */
export const permissionLabels = {
  account: 'Account',
  balance: 'Balance',
  balance_transaction_source: 'Balance transaction sources',
  charge: 'Charges and Refunds',
  coupon: 'Coupons',
  customer: 'Customers',
  dispute: 'Disputes',
  event: 'Events',
  invoice: 'Invoices',
  payment_intent: 'PaymentIntents',
  payment_link: 'Payment Links',
  payment_method: 'PaymentMethods',
  payout: 'Payouts',
  plan: 'Prices',
  product: 'Products',
  subscription: 'Subscriptions',
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
