/** What each kind of object is called, where its title is found, and which facts are worth a line, in order. */

export const kinds: Record<string, string> = {
  account: 'Account',
  balance: 'Balance',
  balance_transaction: 'Ledger entry',
  'billing.credit_grant': 'Credits',
  'billing.meter': 'Meter',
  'billing_portal.session': 'Customer portal link',
  charge: 'Charge',
  'checkout.session': 'Payment page',
  coupon: 'Coupon',
  credit_note: 'Credit note',
  customer: 'Customer',
  dispute: 'Dispute',
  event: 'Event',
  file: 'File',
  invoice: 'Invoice',
  payment_intent: 'Payment',
  payment_link: 'Payment link',
  payment_method: 'Payment method',
  payout: 'Payout',
  price: 'Price',
  product: 'Product',
  promotion_code: 'Promotion code',
  quote: 'Quote',
  'radar.early_fraud_warning': 'Fraud warning',
  refund: 'Refund',
  review: 'Review',
  setup_intent: 'Saved payment method',
  subscription: 'Subscription',
  subscription_schedule: 'Planned change',
  tax_id: 'Tax ID',
  tax_rate: 'Tax rate',
  transfer: 'Transfer',
  webhook_endpoint: 'Webhook',
};

const customer = { customer_name: 'Customer', customer_email: 'E-mail' };
const suspected = { charge: 'Charge', refunded: 'Refunded', risk_level: 'Risk', ...customer, note: 'Next' };

export const shapes: Record<string, { title: string[]; facts: Record<string, string> }> = {
  account: { title: ['name', 'email'], facts: { country: 'Country', default_currency: 'Currency' } },
  balance_transaction: {
    title: ['amount'],
    facts: {
      ...{ type: 'Kind', fee: 'Fee', net: 'Net', source: 'Of' },
      ...{ available_on: 'Available', description: 'Description' },
    },
  },
  'billing.credit_grant': {
    title: ['amount', 'name'],
    facts: { name: 'Name', customer: 'Customer', expires_at: 'Expires', voided_at: 'Voided' },
  },
  'billing.meter': { title: ['name'], facts: { event_name: 'Event name', counts: 'Adds up by' } },
  'billing_portal.session': {
    title: ['customer_name', 'customer'],
    facts: { page: 'Opens on', note: 'Mind' },
  },
  charge: {
    title: ['amount'],
    facts: {
      ...{ customer_name: 'Customer', refunded: 'Refunded', description: 'Description' },
      failure: 'Declined',
    },
  },
  'checkout.session': {
    title: ['total', 'mode'],
    facts: { ...customer, payment_status: 'Payment', expires_at: 'Open until', note: 'Next' },
  },
  coupon: {
    title: ['name', 'id'],
    facts: { percent_off: 'Percent off', amount_off: 'Off', duration: 'Duration' },
  },
  credit_note: {
    title: ['total'],
    facts: {
      ...{ number: 'Number', invoice: 'Invoice', refunded: 'Refunded' },
      ...{ off_what_is_owed: 'Off what is owed', to_customer_balance: 'To the balance', reason: 'Reason' },
    },
  },
  customer: {
    title: ['name', 'email'],
    facts: { email: 'E-mail', phone: 'Phone', balance: 'Balance', description: 'Description' },
  },
  dispute: {
    title: ['amount'],
    facts: { customer_name: 'Customer', reason: 'Reason', evidence_due: 'Evidence due' },
  },
  event: { title: ['type'], facts: { of: 'Of a', about: 'About', created: 'When' } },
  file: {
    title: ['title', 'filename', 'id'],
    facts: { filename: 'Name', type: 'Kind', purpose: 'For', created: 'Uploaded' },
  },
  invoice: {
    title: ['total'],
    facts: { number: 'Number', customer_name: 'Customer', amount_remaining: 'Left to pay', due_date: 'Due' },
  },
  payment_intent: {
    title: ['amount'],
    facts: { ...customer, description: 'Description', note: 'Next' },
  },
  payment_link: { title: ['id'], facts: { url: 'Address' } },
  payment_method: { title: ['brand', 'type'], facts: { last4: 'Ends in', expires: 'Expires' } },
  payout: { title: ['amount'], facts: { arrival_date: 'Arrives', method: 'Method' } },
  price: { title: ['amount'], facts: { product_name: 'Product', interval: 'Every', nickname: 'Nickname' } },
  product: { title: ['name'], facts: { price: 'Price', description: 'Description' } },
  promotion_code: {
    title: ['code'],
    facts: { coupon: 'Coupon', times_redeemed: 'Used', expires_at: 'Expires' },
  },
  quote: {
    title: ['total'],
    facts: { number: 'Number', recurring: 'Then', ...customer, expires_at: 'Expires', note: 'Next' },
  },
  'radar.early_fraud_warning': { title: ['amount', 'charge'], facts: { fraud_type: 'Kind', ...suspected } },
  refund: { title: ['amount'], facts: { charge: 'Charge', reason: 'Reason', failure_reason: 'Failed' } },
  review: {
    title: ['amount', 'charge'],
    facts: { reason: 'Why', closed_reason: 'Closed', ...suspected },
  },
  setup_intent: {
    title: ['customer_name', 'customer', 'id'],
    facts: { payment_method: 'Payment method', usage: 'For', note: 'Next' },
  },
  subscription: {
    title: ['plan'],
    facts: { customer_name: 'Customer', amount: 'Amount', current_period_end: 'Renews', cancel_at: 'Ends' },
  },
  subscription_schedule: {
    title: ['customer_name', 'subscription', 'id'],
    facts: { subscription: 'Subscription', next_change: 'Next change', end_behavior: 'At the end' },
  },
  tax_id: { title: ['value', 'id'], facts: { type: 'Kind', country: 'Country', verification: 'Checked' } },
  tax_rate: {
    title: ['name', 'id'],
    facts: { percentage: 'Percent', inclusive: 'In the price', country: 'Country' },
  },
  transfer: {
    title: ['amount'],
    facts: { destination: 'To', amount_reversed: 'Taken back', description: 'Description' },
  },
  webhook_endpoint: { title: ['url'], facts: { enabled_events: 'Events' } },
};
