import type { Session } from './session.ts';

/** What a new session does not know yet, or never has here. */
export const untouched = {
  amount_subtotal: null,
  amount_total: null,
  automatic_tax: { enabled: false, liability: null, provider: null, status: null },
  client_secret: null,
  collected_information: null,
  consent: null,
  currency_conversion: null,
  customer_account: null,
  discounts: [],
  invoice: null,
  managed_payments: null,
  payment_intent: null,
  permissions: null,
  setup_intent: null,
  shipping_cost: null,
  shipping_options: [],
  status: 'open',
  subscription: null,
  total_details: null,
  ui_mode: 'hosted_page',
} satisfies Partial<Session>;

/** Of a customer of whom nothing is known. */
export const nobody: NonNullable<Session['customer_details']> = {
  address: null,
  business_name: null,
  email: null,
  individual_name: null,
  name: null,
  phone: null,
  tax_exempt: 'none',
  tax_ids: null,
};
