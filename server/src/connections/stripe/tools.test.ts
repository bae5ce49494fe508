import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { stripeConnection } from './index.ts';
import { permissionLabels } from './permissions.ts';

const account = { id: 'acct_1', name: 'Test', country: 'US', defaultCurrency: 'usd' };
const tools = stripeConnection.tools({
  credentials: { apiKey: 'sk_test_never_used' },
  baseUrl: null,
  account,
  mode: 'test',
  now: () => new Date(),
});

const effects: Readonly<Record<string, string>> = {
  get_account_info: 'read',
  retrieve_balance: 'read',
  list_balance_transactions: 'read',
  list_payouts: 'read',
  get_payout: 'read',
  create_payout: 'money',
  cancel_payout: 'money',
  list_customers: 'read',
  get_customer: 'read',
  create_customer: 'write',
  update_customer: 'write',
  delete_customer: 'destructive',
  list_customer_payment_methods: 'read',
  set_default_payment_method: 'write',
  detach_payment_method: 'destructive',
  attach_test_payment_method: 'write',
  list_products: 'read',
  get_product: 'read',
  create_product: 'write',
  update_product: 'write',
  delete_product: 'destructive',
  list_prices: 'read',
  get_price: 'read',
  create_price: 'write',
  update_price: 'write',
  list_payment_intents: 'read',
  get_payment_intent: 'read',
  create_payment_intent: 'money',
  confirm_payment_intent: 'money',
  capture_payment_intent: 'money',
  cancel_payment_intent: 'destructive',
  charge_customer: 'money',
  list_charges: 'read',
  get_charge: 'read',
  create_refund: 'money',
  list_refunds: 'read',
  get_refund: 'read',
  cancel_refund: 'write',
  list_subscriptions: 'read',
  get_subscription: 'read',
  create_subscription: 'money',
  update_subscription: 'money',
  cancel_subscription_at_period_end: 'write',
  cancel_subscription_now: 'destructive',
  preview_subscription_change: 'read',
  pause_collection: 'money',
  resume_subscription: 'money',
  apply_discount: 'money',
  remove_discount: 'money',
  list_subscription_schedules: 'read',
  get_subscription_schedule: 'read',
  create_schedule: 'money',
  update_schedule: 'money',
  release_schedule: 'money',
  cancel_schedule: 'destructive',
  list_invoices: 'read',
  get_invoice: 'read',
  create_invoice: 'write',
  create_invoice_item: 'write',
  finalize_invoice: 'money',
  send_invoice: 'money',
  pay_invoice: 'money',
  void_invoice: 'destructive',
  list_early_fraud_warnings: 'read',
  list_reviews: 'read',
  approve_review: 'money',
  mark_uncollectible: 'destructive',
  update_draft_invoice: 'write',
  delete_draft_invoice: 'destructive',
  delete_invoice_item: 'destructive',
  list_disputes: 'read',
  get_dispute: 'read',
  suggest_dispute_evidence: 'read',
  stage_dispute_evidence: 'write',
  submit_dispute_evidence: 'destructive',
  accept_dispute: 'destructive',
  upload_evidence_file: 'write',
  list_events: 'read',
  get_event: 'read',
  create_payment_link: 'money',
  create_checkout_session: 'money',
  list_checkout_sessions: 'read',
  get_checkout_session: 'read',
  expire_checkout_session: 'destructive',
  create_portal_session: 'write',
  create_setup_intent: 'write',
  update_payment_intent: 'money',
  list_customer_balance_transactions: 'read',
  adjust_customer_balance: 'money',
  manage_tax_ids: 'write',
  list_payment_links: 'read',
  update_payment_link: 'write',
  create_coupon: 'money',
  list_coupons: 'read',
  delete_coupon: 'destructive',
  list_promotion_codes: 'read',
  create_promotion_code: 'money',
  update_promotion_code: 'money',
  list_tax_rates: 'read',
  create_tax_rate: 'write',
  preview_credit_note: 'read',
  create_credit_note: 'money',
  void_credit_note: 'destructive',
  list_quotes: 'read',
  create_quote: 'write',
  finalize_quote: 'write',
  accept_quote: 'money',
  cancel_quote: 'destructive',
  list_meters: 'read',
  record_meter_event: 'money',
  cancel_meter_event: 'money',
  list_credit_grants: 'read',
  create_credit_grant: 'money',
  void_credit_grant: 'destructive',
  list_active_entitlements: 'read',
  draft_dunning_message: 'read',
  apply_grace_policy: 'money',
  search_objects: 'read',
  explain_error: 'read',
  check_connection: 'read',
  get_object: 'read',
  wait_for: 'read',
  list_connected_accounts: 'read',
  list_transfers: 'read',
  reverse_transfer: 'money',
  list_stripe_approvals: 'read',
  cancel_stripe_approval: 'write',
  list_report_types: 'read',
  run_report: 'read',
  get_report: 'read',
  run_sql_query: 'read',
  search_stripe_documentation: 'read',
  raw_read: 'read',
  create_test_clock: 'write',
  advance_test_clock: 'write',
  delete_test_clock: 'write',
  create_test_fixture: 'write',
  list_webhook_endpoints: 'read',
  ensure_webhook_endpoint: 'write',
  delete_webhook_endpoint: 'destructive',
};

interface Schema {
  type?: string;
  description?: string;
  properties?: Record<string, Schema>;
  additionalProperties?: unknown;
  anyOf?: Schema[];
}

describe('the tools of a Stripe connection', () => {
  test('are exactly those of the catalogue, each with its effect', () => {
    expect(Object.fromEntries(tools.map((tool) => [tool.name, tool.effect]))).toEqual(effects);
  });

  test.each(tools.map((tool) => [tool.name, tool] as const))('%s can be shown to a model', (_, tool) => {
    const schema = z.toJSONSchema(tool.input, { io: 'input' }) as Schema;
    expect(schema.type).toBe('object');
    expect(schema.additionalProperties).toBe(false);
    for (const [name, property] of Object.entries(schema.properties ?? {})) {
      expect(property.description, `${tool.name}.${name}`).toMatch(/\w{2}/);
    }
    expect(tool.description.length).toBeGreaterThan(40);
    expect(tool.words.action).toMatch(/^[a-z]+$/);
    for (const { resource } of tool.permissions) expect(permissionLabels).toHaveProperty(resource);
  });

  test.each(tools.map((tool) => [tool.name, tool] as const))(
    '%s refuses fields it does not know',
    (_, tool) => {
      expect(tool.input.safeParse({ amount_in_cents: 1, no_such_field: true }).success).toBe(false);
    },
  );
});
