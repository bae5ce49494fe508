import type { Resource } from './resource.ts';

const generatedDebits = ['bancontact', 'ideal', 'sofort'].flatMap((type) => [
  `payment_method_details.${type}.generated_sepa_debit`,
  `payment_method_details.${type}.generated_sepa_debit_mandate`,
]);

/** Fields that can be expanded with Stripe and that lead to nothing here: asking for them is no mistake. */
const unfilled: Readonly<Record<string, readonly string[]>> = {
  'billing.alert': ['usage_threshold.filters.customer'],
  'billing_portal.configuration': ['features.subscription_cancel.cancellation_reason.feedback_options'],
  charge: generatedDebits,
  'checkout.session': ['automatic_tax.liability.account', 'invoice_creation.invoice_data.issuer.account'],
  customer_cash_balance_transaction: [
    'adjusted_for_overdraft.balance_transaction',
    'adjusted_for_overdraft.linked_transaction',
    'transferred_to_balance.balance_transaction',
  ],
  invoice: ['automatic_tax.liability.account'],
  invoice_payment: ['payment.charge', 'payment.payment_record'],
  invoiceitem: ['proration_details.discount_amounts.discount'],
  payment_intent: ['payment_record', 'source'],
  payment_link: [
    'automatic_tax.liability.account',
    'invoice_creation.invoice_data.issuer.account',
    'subscription_data.invoice_settings.issuer.account',
  ],
  payment_method: [
    'card.generated_from.setup_attempt',
    'sepa_debit.generated_from.charge',
    'sepa_debit.generated_from.setup_attempt',
  ],
  payout: ['application_fee'],
  quote: ['automatic_tax.liability.account', 'invoice_settings.issuer.account'],
  setup_attempt: [...generatedDebits, 'payment_method_details.card_present.generated_card'],
  subscription: [
    'automatic_tax.liability.account',
    'billing_schedules.applies_to.price',
    'cancellation_details.feedback_option',
  ],
  subscription_schedule: ['default_settings', 'phases'].flatMap((part) => [
    `${part}.automatic_tax.liability.account`,
    `${part}.invoice_settings.issuer.account`,
  ]),
  tax_id: ['owner.application'],
};

export const unfilledResource: Resource = {
  expand: Object.fromEntries(
    Object.entries(unfilled).map(([type, fields]) => [
      type,
      Object.fromEntries(fields.map((field) => [field, []])),
    ]),
  ),
};
