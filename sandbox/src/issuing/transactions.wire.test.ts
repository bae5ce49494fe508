import type Stripe from 'stripe';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { day } from '../clock.ts';
import { createSandbox } from '../index.ts';
import { cardMoney, clientOf, eventTypes, issueCard } from '../testing/issuer.ts';

const start = Date.UTC(2026, 0, 5, 12);
let now = start;
const sandbox = createSandbox({ clock: { now: () => now } });
afterAll(() => sandbox.close());
let count = 0;
let stripe: Stripe;
let card: Stripe.Issuing.Card;
beforeEach(async () => {
  now = start;
  stripe = clientOf(sandbox, `sk_test_issuing_tx${count++}`);
  card = await issueCard(stripe);
});
const helper = () => stripe.testHelpers.issuing.transactions;
const spend = (amount = 1000) => helper().createForceCapture({ card: card.id, amount });

describe('a transaction', () => {
  test('takes the money though nobody asked, and the bank pays what is missing', async () => {
    expect(await spend()).toMatchObject({
      id: expect.stringMatching(/^ipi_/),
      amount: -1000,
      type: 'capture',
      authorization: null,
      card: card.id,
      cardholder: card.cardholder.id,
      network_data: { processing_date: '2026-01-05' },
    });
    expect(await cardMoney(stripe)).toBe(499_000);
    await spend(499_500);
    expect(await cardMoney(stripe)).toBe(0);
  });

  test('shows what was bought to those who ask, and tells of a receipt', async () => {
    const made = await helper().createForceCapture({
      card: card.id,
      amount: 10_000,
      purchase_details: {
        flight: { passenger_name: 'Jenny', segments: [{ carrier: 'XX', flight_number: '7' }] },
        receipt: [{ description: 'Ride', total: 10_000, unit_cost: 10_000 }],
        reference: 'r7',
      },
    });
    expect(made).not.toHaveProperty('purchase_details');
    const { purchase_details: details } = await stripe.issuing.transactions.retrieve(made.id, {
      expand: ['purchase_details'],
    });
    expect(details).toMatchObject({
      flight: { passenger_name: 'Jenny', segments: [{ carrier: 'XX', service_class: null }] },
      lodging: null,
      receipt: [{ description: 'Ride', quantity: null, total: 10_000 }],
      reference: 'r7',
    });
    expect((await eventTypes(stripe)).slice(-2)).toEqual([
      'issuing_transaction.created',
      'issuing_transaction.purchase_details_receipt_updated',
    ]);
  });

  test('is refunded in parts and never by more than it was', async () => {
    const authorization = await stripe.testHelpers.issuing.authorizations.create({
      card: card.id,
      amount: 1000,
    });
    const { transactions } = await stripe.testHelpers.issuing.authorizations.capture(authorization.id);
    const id = transactions[0]?.id ?? '';
    expect(await helper().refund(id, { refund_amount: 300 })).toMatchObject({
      amount: 300,
      type: 'refund',
      authorization: authorization.id,
    });
    await expect(helper().refund(id, { refund_amount: 701 })).rejects.toMatchObject({
      param: 'refund_amount',
    });
    expect((await helper().refund(id)).amount).toBe(700);
    await expect(helper().refund(id)).rejects.toThrow('already been fully refunded');
    expect(await cardMoney(stripe)).toBe(500_000);
    const seen = await stripe.issuing.authorizations.retrieve(authorization.id);
    expect(seen.transactions.map(({ amount }) => amount)).toEqual([-1000, 300, 700]);
    expect((await stripe.issuing.transactions.list({ type: 'refund' })).data).toHaveLength(2);
  });

  test('may give back what belongs to no purchase', async () => {
    const made = await helper().createUnlinkedRefund({ card: card.id, amount: 250 });
    expect(made).toMatchObject({ amount: 250, type: 'refund', authorization: null });
    await expect(helper().refund(made.id)).rejects.toThrow('Only transactions of type `capture`');
    expect(await cardMoney(stripe)).toBe(500_250);
  });

  test('takes notes, and shows them in its authorization', async () => {
    const { id } = await spend();
    await stripe.issuing.transactions.update(id, { metadata: { order_id: '6735' } });
    const [event] = (await stripe.events.list({ type: 'issuing_transaction.updated' })).data;
    expect(event?.data).toMatchObject({
      object: { metadata: { order_id: '6735' } },
      previous_attributes: { metadata: { order_id: null } },
    });
  });
});

describe('a dispute', () => {
  const evidence = (explanation: string) => ({ reason: 'fraudulent' as const, fraudulent: { explanation } });

  test('that is won gives the money back', async () => {
    const { id: transaction } = await spend();
    const made = await stripe.issuing.disputes.create({
      transaction,
      evidence: evidence('winning_evidence'),
    });
    expect(made).toMatchObject({
      id: expect.stringMatching(/^idp_/),
      amount: 1000,
      status: 'unsubmitted',
      evidence: {
        reason: 'fraudulent',
        fraudulent: { explanation: 'winning_evidence', additional_documentation: null },
      },
    });
    expect(made).not.toHaveProperty('balance_transactions');
    const won = await stripe.issuing.disputes.submit(made.id, {
      expand: ['balance_transactions', 'transaction'],
    });
    expect(won).toMatchObject({
      status: 'won',
      transaction: { id: transaction, dispute: made.id },
      balance_transactions: [{ net: 1000, type: 'issuing_dispute' }],
    });
    expect(await cardMoney(stripe)).toBe(500_000);
    expect((await eventTypes(stripe)).slice(-5)).toEqual([
      'issuing_dispute.created',
      'issuing_transaction.updated',
      'issuing_dispute.submitted',
      'issuing_dispute.funds_reinstated',
      'issuing_dispute.closed',
    ]);
    await expect(helper().refund(transaction)).rejects.toThrow('already been fully refunded');
  });

  test('needs what its reason needs, once, and is then the network’s', async () => {
    const { id: transaction } = await spend();
    const { id } = await stripe.issuing.disputes.create({ transaction, amount: 600 });
    await expect(stripe.issuing.disputes.submit(id)).rejects.toMatchObject({
      param: 'evidence[other][explanation]',
    });
    await stripe.issuing.disputes.update(id, { evidence: { reason: 'not_received', other: '' } });
    await expect(stripe.issuing.disputes.submit(id)).rejects.toMatchObject({
      param: 'evidence[not_received][expected_at]',
    });
    const not_received = {
      expected_at: start / 1000,
      explanation: 'Nothing came',
      product_description: 'Hats',
      product_type: 'merchandise' as const,
    };
    expect((await stripe.issuing.disputes.update(id, { evidence: { not_received } })).evidence).toEqual({
      reason: 'not_received',
      not_received: { additional_documentation: null, ...not_received },
    });
    expect((await stripe.issuing.disputes.submit(id)).status).toBe('submitted');
    await expect(stripe.issuing.disputes.submit(id)).rejects.toThrow('This dispute is submitted.');
    await expect(stripe.issuing.disputes.update(id, { amount: 5 })).rejects.toThrow('after it was submitted');
    now += 60 * day * 1000;
    expect(await stripe.issuing.disputes.retrieve(id)).toMatchObject({
      status: 'lost',
      loss_reason: 'other',
    });
  });

  test('that is not submitted in time expires; refused are those that cannot be', async () => {
    const { id: transaction } = await spend();
    await helper().refund(transaction, { refund_amount: 400 });
    await expect(stripe.issuing.disputes.create({ transaction, amount: 601 })).rejects.toMatchObject({
      param: 'amount',
    });
    await expect(
      stripe.issuing.disputes.create({
        transaction,
        evidence: { reason: 'fraudulent', fraudulent: { additional_documentation: 'file_none' } },
      }),
    ).rejects.toMatchObject({ param: 'evidence[fraudulent][additional_documentation]' });
    const { id } = await stripe.issuing.disputes.create({ transaction });
    await expect(stripe.issuing.disputes.create({ transaction })).rejects.toThrow(
      `already been disputed: ${id}`,
    );
    now += 110 * day * 1000;
    expect(await stripe.issuing.disputes.retrieve(id)).toMatchObject({ status: 'expired', amount: 600 });
    const late = await stripe.issuing.transactions.list({ type: 'capture' });
    await expect(stripe.issuing.disputes.create({ transaction: late.data[0]?.id ?? '' })).rejects.toThrow(
      '110 days',
    );
  });
});
