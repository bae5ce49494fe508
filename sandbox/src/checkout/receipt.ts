import type { Account } from '../account.ts';
import { existingCustomer } from '../customers.ts';
import { draftInvoice } from '../invoices/draft.ts';
import { receiptFor } from '../invoices/finalize.ts';
import { newLine, pricingOf } from '../invoices/lines.ts';
import { paymentIntents } from '../payment-intents/intent.ts';
import { amountOf } from '../prices/cost.ts';
import { existingTaxRates } from '../tax-rates.ts';
import type { Attempt } from './attempt.ts';
import { itemsOf, priceOf } from './items.ts';
import { type Session, termsOf } from './session.ts';

/** The invoice of what was just paid, when the session is to have one. Answers its id. */
export function receiptOf(account: Account, session: Session, attempt: Attempt): string | null {
  const wanted = session.invoice_creation;
  const intent =
    attempt.paymentIntent === null ? undefined : account.of(paymentIntents).get(attempt.paymentIntent);
  if (!wanted?.enabled || attempt.customer === null || !intent) return null;
  const customer = existingCustomer(account, attempt.customer);
  const currency = session.currency ?? 'usd';
  const now = account.now();
  const lines = itemsOf(account, session.id).map((item) => {
    const price = priceOf(account, item);
    return newLine(account, {
      amount: amountOf(account, price, item.quantity ?? 0, currency),
      currency,
      description: item.description,
      pricing: pricingOf(account, price, currency),
      quantity: item.quantity,
      period: { start: now, end: now },
      taxRates: existingTaxRates(account, item.tax_rates, 'tax_rates'),
    });
  });
  const { custom_fields, description, footer, metadata } = wanted.invoice_data;
  const draft = draftInvoice(account, {
    // The order was paid as it stood: credit the customer has elsewhere plays no part in it.
    customer: { ...customer, balance: 0 },
    currency,
    lines,
    billingReason: 'manual',
    collectionMethod: 'charge_automatically',
    autoAdvance: false,
    custom_fields,
    description,
    footer,
    discounts: termsOf(account, session.id).discounts,
    metadata: metadata ?? {},
    shipping_cost: session.shipping_cost && { ...session.shipping_cost, taxes: [] },
  });
  return receiptFor(account, draft, intent).id;
}
