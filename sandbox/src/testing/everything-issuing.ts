import type { World } from './everything.ts';
import { issueCard } from './issuer.ts';

/** A card and what is bought with it. */
export async function spendByCard({ stripe, now }: World): Promise<void> {
  const shipping = {
    name: 'Ann',
    address: { line1: 'Way 1', city: 'Reno', country: 'US', postal_code: '89501' },
  };
  const card = await issueCard(stripe, {
    type: 'physical',
    shipping: {
      ...shipping,
      address_validation: { mode: 'normalization_only' },
      customs: { eori_number: '1' },
    },
    spending_controls: {
      blocked_categories: ['bakeries'],
      spending_limits: [{ amount: 90_000, interval: 'daily', categories: ['florists'] }],
    },
    lifecycle_controls: { cancel_after: { payment_count: 90 } },
  });
  await stripe.testHelpers.issuing.cards.submitCard(card.id);
  await stripe.issuing.cards.update(card.id, { metadata: { seen: 'yes' } });
  await stripe.issuing.cardholders.update(card.cardholder.id, {
    individual: { dob: { day: 1, month: 2, year: 1980 } },
    preferred_locales: ['de'],
  });
  const { authorizations, transactions } = stripe.testHelpers.issuing;
  const fuel = { type: 'diesel', unit: 'liter' } as const;
  const made = await authorizations.create({
    card: card.id,
    amount: 1000,
    fuel,
    fleet: { cardholder_prompt_data: { driver_id: '7' }, reported_breakdown: { tax: {} } },
    merchant_data: { category: 'florists', city: 'Bonn' },
    network_data: { acquiring_institution_id: '1' },
    verification_data: { three_d_secure: { result: 'authenticated' } },
  });
  await authorizations.increment(made.id, { increment_amount: 100 });
  await authorizations.finalizeAmount(made.id, { final_amount: 900, fuel });
  await authorizations.reverse(made.id, { reverse_amount: 100 });
  const { transactions: taken } = await authorizations.capture(made.id, {
    capture_amount: 500,
    close_authorization: false,
    purchase_details: { lodging: { check_in_at: now }, receipt: [{ description: 'Room', total: 500 }] },
  });
  await stripe.issuing.authorizations.update(made.id, { metadata: { seen: 'yes' } });
  await transactions.createUnlinkedRefund({ card: card.id, amount: 5, merchant_data: { name: 'Buns' } });
  const transaction = taken[0]?.id ?? '';
  await transactions.refund(transaction, { refund_amount: 50 });
  const dispute = await stripe.issuing.disputes.create({
    transaction,
    evidence: { reason: 'not_received', not_received: { expected_at: now, product_type: 'service' } },
  });
  await stripe.issuing.disputes.update(dispute.id, { amount: 10 });
  const suspicious = await authorizations.create({
    card: card.id,
    amount: 1,
    risk_assessment: { fraud_risk: { level: 'highest' } },
  });
  await authorizations.respond(suspicious.id, { confirmed: false });
}
