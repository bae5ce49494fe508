import type { Preset } from '../connection.ts';

/** What nearly every request begins with. */
const looking = [
  'get_account_info',
  'retrieve_balance',
  'list_customers',
  'get_customer',
  'list_products',
  'list_prices',
  'list_charges',
  'get_charge',
  'list_subscriptions',
  'get_subscription',
  'list_invoices',
  'get_invoice',
  'search_objects',
];
const helping = [
  ...looking,
  'create_customer',
  'update_customer',
  'list_customer_payment_methods',
  'set_default_payment_method',
  'list_payment_intents',
  'create_refund',
  'list_refunds',
  'create_portal_session',
  'adjust_customer_balance',
];
const billing = [
  ...helping,
  'create_subscription',
  'update_subscription',
  'cancel_subscription_at_period_end',
  'create_invoice',
  'finalize_invoice',
  'send_invoice',
  'pay_invoice',
];

/** Amounts an owner will want to change; every other currency asks. */
const small = [
  { amount: '50', currency: 'usd' },
  { amount: '50', currency: 'eur' },
  { amount: '40', currency: 'gbp' },
];

export const stripePresets: readonly Preset[] = [
  {
    name: 'owner',
    label: 'Owner',
    description: 'Everything. Test mode works by itself, live mode asks before every change.',
    carries: [
      ...billing,
      'create_product',
      'create_price',
      'update_product',
      'delete_product',
      'charge_customer',
      'delete_customer',
      'cancel_subscription_now',
      'create_payment_intent',
      'confirm_payment_intent',
      'list_payouts',
      'list_disputes',
      'create_payment_link',
      'list_payment_links',
      'update_payment_link',
      'create_checkout_session',
      'create_coupon',
      'check_connection',
    ],
    policy: {},
  },
  {
    name: 'analyst',
    label: 'Analyst',
    description: 'Looks and reports; changes nothing.',
    carries: [...looking, 'list_balance_transactions', 'list_payouts', 'list_refunds', 'list_disputes'],
    policy: { effects: { write: 'deny', money: 'deny', destructive: 'deny', outbound: 'deny' } },
  },
  {
    name: 'support',
    label: 'Support',
    description: 'Helps customers: contact data, payment methods, small refunds.',
    carries: helping,
    policy: {
      rules: [
        { decision: 'allow', tools: ['create_refund'], upTo: small },
        { decision: 'ask', tools: ['create_refund'] },
      ],
      effects: { write: 'allow', money: 'ask', destructive: 'deny', outbound: 'ask' },
    },
  },
  {
    name: 'billing',
    label: 'Billing ops',
    description: 'Invoices and subscriptions besides what Support does.',
    carries: billing,
    policy: {
      rules: [{ decision: 'allow', tools: ['create_refund'], upTo: small }],
      effects: { write: 'allow', money: 'ask', destructive: 'ask', outbound: 'ask' },
    },
  },
  {
    name: 'dunning',
    label: 'Dunning',
    description: 'Goes after failed payments, kindly.',
    carries: [
      ...looking,
      'list_customer_payment_methods',
      'pay_invoice',
      'send_invoice',
      'create_portal_session',
      'create_checkout_session',
    ],
    policy: { effects: { write: 'allow', money: 'ask', destructive: 'deny', outbound: 'ask' } },
  },
  {
    name: 'disputes',
    label: 'Disputes',
    description: 'Answers disputes: gathers evidence, stages it, and submits it on a person’s word.',
    carries: [...looking, 'list_disputes', 'get_dispute', 'list_refunds'],
    policy: { effects: { write: 'allow', money: 'ask', destructive: 'ask', outbound: 'deny' } },
  },
  {
    name: 'catalogue',
    label: 'Catalogue',
    description: 'Products, prices, coupons.',
    carries: [
      'list_products',
      'get_product',
      'create_product',
      'update_product',
      'list_prices',
      'get_price',
      'create_price',
      'update_price',
      'create_coupon',
      'create_payment_link',
      'list_payment_links',
      'update_payment_link',
    ],
    policy: { effects: { write: 'allow', money: 'ask', destructive: 'deny', outbound: 'deny' } },
  },
];
