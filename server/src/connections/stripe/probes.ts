import type { PermissionRow } from '../connection.ts';
import { approvalsVersion } from './approval-request.ts';
import type { PermissionName } from './permissions.ts';
import { queriesVersion } from './query-runs.ts';

/** How a row is found out: a small read, and a write to something that cannot exist. */
export interface Probe {
  /** What the recommended key holds; `none`: only single tools use it. */
  readonly needed: PermissionRow['needed'];
  /** Absent: nothing can be read with it. */
  readonly read?: string;
  /** Answered 404 or 400 when writing is permitted and 403 when it is not: nothing can come of it either way. */
  readonly write?: string;
  /** Stripe's preview version that the address needs. */
  readonly preview?: string;
  /** Keys of live mode have no such row. */
  readonly testOnly?: true;
}

const nobody = 'purser_probe_does_not_exist';

/** A list that can be read, and an object of it that nobody has. */
const both = (needed: Probe['needed'], path: string, prefix: string): Probe => ({
  needed,
  read: `${path}?limit=1`,
  write: `${path}/${prefix}${nobody}`,
});

/** The recommended set first, then what single tools use, then what nothing here uses. */
export const probes: Readonly<Record<PermissionName, Probe>> = {
  customer: both('write', '/v1/customers', 'cus_'),
  payment_intent: both('write', '/v1/payment_intents', 'pi_'),
  charge: both('read', '/v1/charges', 'ch_'),
  invoice: both('write', '/v1/invoices', 'in_'),
  product: both('write', '/v1/products', 'prod_'),
  plan: both('write', '/v1/prices', 'price_'),
  subscription: both('write', '/v1/subscriptions', 'sub_'),
  balance: { needed: 'read', read: '/v1/balance' },
  event: { needed: 'read', read: '/v1/events?limit=1' },
  dispute: both('read', '/v1/disputes', 'dp_'),
  payout: both('read', '/v1/payouts', 'po_'),
  payment_method: {
    needed: 'none',
    read: `/v1/payment_methods/pm_${nobody}`,
    write: `/v1/payment_methods/pm_${nobody}`,
  },
  account: { needed: 'none', read: '/v1/account' },
  balance_transaction_source: { needed: 'none', read: `/v1/balance_transactions/txn_${nobody}` },
  coupon: both('none', '/v1/coupons', ''),
  promotion_code: both('none', '/v1/promotion_codes', 'promo_'),
  payment_link: both('none', '/v1/payment_links', 'plink_'),
  checkout_session: both('none', '/v1/checkout/sessions', 'cs_test_'),
  customer_portal: both('none', '/v1/billing_portal/configurations', 'bpc_'),
  setup_intent: both('none', '/v1/setup_intents', 'seti_'),
  tax_id: { needed: 'none', read: '/v1/tax_ids?limit=1', write: '/v1/tax_ids' },
  tax_rate: both('none', '/v1/tax_rates', 'txr_'),
  credit_note: both('none', '/v1/credit_notes', 'cn_'),
  quote: both('none', '/v1/quotes', 'qt_'),
  billing_meter: both('none', '/v1/billing/meters', 'mtr_'),
  billing_meter_event: { needed: 'none', write: '/v1/billing/meter_events' },
  billing_meter_event_adjustment: { needed: 'none', write: '/v1/billing/meter_event_adjustments' },
  billing_credit_grant: both('none', '/v1/billing/credit_grants', 'credgr_'),
  billing_credit_balance: { needed: 'none', read: '/v1/billing/credit_balance_summary' },
  entitlement: both('none', '/v1/entitlements/features', 'feat_'),
  file_upload: { needed: 'none', read: '/v1/files?limit=1', write: `/v1/file_links/link_${nobody}` },
  radar_early_fraud_warning: { needed: 'none', read: '/v1/radar/early_fraud_warnings?limit=1' },
  review: { needed: 'none', read: '/v1/reviews?limit=1', write: `/v1/reviews/prv_${nobody}/approve` },
  report_runs_and_report_types: { needed: 'none', read: '/v1/reporting/report_types' },
  data_queries: {
    ...{ needed: 'none', preview: queriesVersion },
    read: `/v2/data/query_runs/qrun_${nobody}`,
  },
  webhook: both('none', '/v1/webhook_endpoints', 'we_'),
  approval_request: {
    ...{ needed: 'none', read: '/v2/core/approval_requests?limit=1', preview: approvalsVersion },
    write: `/v2/core/approval_requests/apreq_${nobody}/cancel`,
  },
  billing_clock: {
    ...{ needed: 'none', read: '/v1/test_helpers/test_clocks?limit=1', testOnly: true },
    write: `/v1/test_helpers/test_clocks/clock_${nobody}/advance`,
  },
  transfer: both('none', '/v1/transfers', 'tr_'),
  topup: both('none', '/v1/topups', 'tu_'),
};
