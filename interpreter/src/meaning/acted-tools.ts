/**
 * Tools that `plan/acts` knows how to work: which follow-up they need, how their outcome is told. Every other tool is
 * found by its own words and filled by its own schema.
 */
export const actedTools: ReadonlySet<string> = new Set(
  `attach_test_payment_method cancel_payment_intent cancel_subscription_at_period_end cancel_subscription_now
  capture_payment_intent charge_customer confirm_payment_intent create_coupon create_customer create_invoice
  create_invoice_item create_payment_intent create_payment_link create_price create_product create_refund
  create_subscription delete_customer delete_product explain_error failed_payments_report finalize_invoice
  get_account_info get_charge get_customer get_dispute get_invoice get_payment_intent get_product get_subscription
  list_balance_transactions list_charges list_customer_payment_methods list_customers list_disputes list_events
  list_invoices list_payment_intents list_payouts list_prices list_products list_refunds list_subscriptions
  mrr_report pay_invoice retrieve_balance revenue_report search_objects send_invoice send_message
  set_default_payment_method update_customer update_price update_product update_subscription void_invoice`.split(
    /\s+/,
  ),
);
