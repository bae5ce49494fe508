import Stripe from 'stripe';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { day } from '../clock.ts';
import { createSandbox } from '../index.ts';

const start = Date.UTC(2026, 0, 5, 12);
let now = start;
const sandbox = createSandbox({ clock: { now: () => now } });
afterAll(() => sandbox.close());

let count = 0;
let stripe: Stripe;
beforeEach(() => {
  now = start;
  stripe = new Stripe(`sk_test_disputes${count++}`, {
    httpClient: Stripe.createFetchHttpClient(sandbox.fetch),
    maxNetworkRetries: 0,
  });
});
const pass = (days: number) => {
  now += days * day * 1000;
};

/** A payment and the disputes that came of it, oldest first. */
async function pay(method: string, params: Partial<Stripe.PaymentIntentCreateParams> = {}) {
  const intent = await stripe.paymentIntents.create({
    amount: 5000,
    currency: 'usd',
    payment_method: method,
    confirm: true,
    allowed_payment_method_types: ['card'],
    ...params,
  });
  const charge = String(intent.latest_charge);
  const { data } = await stripe.disputes.list({ charge });
  return { intent, charge, disputes: data.reverse() };
}
async function disputed(method: string): Promise<Stripe.Dispute> {
  const [dispute] = (await pay(method)).disputes;
  if (!dispute) throw new Error(`no dispute came of ${method}`);
  return dispute;
}
async function refusal(promise: Promise<unknown>): Promise<Stripe.errors.StripeError> {
  return (await promise.then(
    () => undefined,
    (error: unknown) => error,
  )) as Stripe.errors.StripeError;
}
async function eventTypes(): Promise<string[]> {
  const { data } = await stripe.events.list({ limit: 100 });
  return data.map(({ type }) => type).reverse();
}
const answer = (dispute: Stripe.Dispute, text: string) =>
  stripe.disputes.update(dispute.id, { evidence: { uncategorized_text: text } });
const nets = async () => (await stripe.balanceTransactions.list()).data.map(({ net }) => net);

describe('a dispute', () => {
  test('takes the money with a fee before the payment is reported', async () => {
    const customer = await stripe.customers.create({ name: 'Jenny Rosen', email: 'jenny@example.com' });
    const { charge, disputes } = await pay('pm_card_createDispute', {
      customer: customer.id,
      description: 'Hat',
    });
    expect(disputes).toMatchObject([
      {
        id: expect.stringMatching(/^du_/),
        status: 'needs_response',
        reason: 'fraudulent',
        is_charge_refundable: false,
        payment_method_details: { card: { case_type: 'chargeback', network_reason_code: '10.4' } },
        evidence: {
          customer_name: 'Jenny Rosen',
          customer_email_address: 'jenny@example.com',
          product_description: 'Hat',
        },
        evidence_details: {
          due_by: Date.UTC(2026, 0, 14) / 1000 - 1,
          has_evidence: false,
          submission_count: 0,
        },
        balance_transactions: [{ amount: -5000, fee: 1500, net: -6500, reporting_category: 'dispute' }],
      },
    ]);
    expect((await eventTypes()).slice(-4)).toEqual([
      'charge.succeeded',
      'charge.dispute.created',
      'charge.dispute.funds_withdrawn',
      'payment_intent.succeeded',
    ]);
    expect(await stripe.charges.retrieve(charge)).toMatchObject({ disputed: true });
    expect(await refusal(stripe.refunds.create({ charge }))).toMatchObject({ code: 'charge_disputed' });
  });

  test('that is won gives the money back but not the fee, and the payment can be refunded', async () => {
    const { charge, disputes } = await pay('pm_card_createDispute');
    const won = await answer(disputes[0] as Stripe.Dispute, 'winning_evidence');
    expect(won).toMatchObject({
      status: 'won',
      is_charge_refundable: true,
      evidence_details: { has_evidence: true, submission_count: 1, submission_method: 'manual' },
    });
    expect((await eventTypes()).slice(-4)).toEqual([
      'charge.dispute.updated',
      'charge.updated',
      'charge.dispute.funds_reinstated',
      'charge.dispute.closed',
    ]);
    expect(await nets()).toEqual([5000, -6500, 4825]);
    expect(won.balance_transactions[1]).toMatchObject({
      fee: 0,
      status: 'pending',
      reporting_category: 'dispute_reversal',
    });
    expect(await stripe.charges.retrieve(charge)).toMatchObject({ disputed: true });
    expect(await stripe.refunds.create({ charge })).toMatchObject({ amount: 5000 });
  });

  test('that is lost, accepted or not answered in time keeps the money', async () => {
    const lost = await answer(await disputed('pm_card_createDisputeProductNotReceived'), 'losing_evidence');
    expect(lost).toMatchObject({
      status: 'lost',
      reason: 'product_not_received',
      is_charge_refundable: false,
    });
    const accepted = await stripe.disputes.close((await disputed('pm_card_createDispute')).id);
    expect(accepted.status).toBe('lost');
    expect((await eventTypes()).slice(-2)).toEqual(['charge.dispute.closed', 'charge.updated']);
    const { id } = await disputed('pm_card_createDispute');
    pass(9);
    expect(await stripe.disputes.retrieve(id)).toMatchObject({
      status: 'lost',
      evidence_details: { past_due: true },
    });
    for (const attempt of [stripe.disputes.close(id), stripe.disputes.update(id, { metadata: { a: '1' } })])
      expect((await refusal(attempt)).message).toBe('This dispute is already closed');
  });

  test('stages evidence until it is submitted, once; then the bank takes its time', async () => {
    const { id } = await disputed('pm_card_createDispute');
    const staged = await stripe.disputes.update(id, { evidence: { customer_name: 'Jenny' }, submit: false });
    expect(staged).toMatchObject({
      status: 'needs_response',
      evidence_details: { has_evidence: true, submission_count: 0, submission_method: 'not_submitted' },
    });
    const submitted = await stripe.disputes.update(id, { submit: true });
    expect(submitted).toMatchObject({ status: 'under_review', evidence: { customer_name: 'Jenny' } });
    expect(
      (await refusal(stripe.disputes.update(id, { evidence: { customer_name: 'Joe' } }))).message,
    ).toMatch(/already under review/);
    expect((await stripe.disputes.update(id, { metadata: { note: 'x' } })).metadata).toEqual({ note: 'x' });
    pass(59);
    expect(await stripe.disputes.retrieve(id)).toMatchObject({ status: 'under_review' });
    pass(1);
    expect(await stripe.disputes.retrieve(id)).toMatchObject({ status: 'lost' });
  });

  test('is only about what was not refunded before', async () => {
    const { charge, intent } = await pay('pm_card_createDispute', { capture_method: 'manual' });
    expect((await stripe.disputes.list({ charge })).data).toEqual([]);
    await stripe.paymentIntents.capture(intent.id, { amount_to_capture: 3000 });
    expect((await stripe.disputes.list({ charge })).data).toMatchObject([{ amount: 3000 }]);
  });

  test('several of one payment never take more than it', async () => {
    const { disputes } = await pay('pm_card_createMultipleDisputes', { amount: 5001 });
    expect(disputes.map(({ amount }) => amount)).toEqual([2501, 2500]);
    expect(disputes.map(({ reason }) => reason)).toEqual(['fraudulent', 'product_not_received']);
  });
});

describe('an inquiry', () => {
  test('takes no money and leaves the payment refundable; refunded, it is over', async () => {
    const { charge, disputes } = await pay('pm_card_createDisputeInquiry');
    expect(disputes).toMatchObject([
      {
        status: 'warning_needs_response',
        is_charge_refundable: true,
        balance_transactions: [],
        payment_method_details: { card: { case_type: 'inquiry', network_reason_code: '10' } },
      },
    ]);
    await stripe.refunds.create({ charge });
    expect((await stripe.disputes.list({ charge })).data).toMatchObject([{ status: 'warning_closed' }]);
  });

  test('is closed by an answer, or becomes a dispute', async () => {
    expect(await answer(await disputed('pm_card_createDisputeInquiry'), 'losing_evidence')).toMatchObject({
      status: 'warning_closed',
    });
    const escalated = await answer(
      await disputed('pm_card_createDisputeInquiry'),
      'escalate_inquiry_evidence',
    );
    expect(escalated).toMatchObject({
      status: 'needs_response',
      is_charge_refundable: false,
      balance_transactions: [{ amount: -5000 }],
    });
    expect((await eventTypes()).at(-1)).toBe('charge.dispute.funds_withdrawn');
    expect(
      await stripe.disputes.update(escalated.id, { evidence: { uncategorized_text: 'winning_evidence' } }),
    ).toMatchObject({
      status: 'won',
    });
  });
});

describe('enhanced evidence', () => {
  test('for Visa’s compelling evidence 3.0 says what is missing until nothing is', async () => {
    const priors = [(await pay('pm_card_visa')).charge, (await pay('pm_card_visa')).charge];
    const {
      id,
      enhanced_eligibility_types: types,
      evidence_details: details,
    } = await disputed('pm_card_createCe3EligibleDispute');
    expect(types).toEqual(['visa_compelling_evidence_3']);
    expect(details.enhanced_eligibility.visa_compelling_evidence_3).toMatchObject({
      status: 'requires_action',
      required_actions: expect.arrayContaining([
        'missing_customer_identifiers',
        'missing_prior_undisputed_transactions',
      ]),
    });
    const side = {
      customer_purchase_ip: '10.0.0.1',
      customer_account_id: 'jenny',
      product_description: 'Hat',
    };
    const stage = (
      prior: Stripe.DisputeUpdateParams.Evidence.EnhancedEvidence.VisaCompellingEvidence3.PriorUndisputedTransaction[],
    ) =>
      stripe.disputes.update(id, {
        submit: false,
        evidence: {
          enhanced_evidence: {
            visa_compelling_evidence_3: {
              disputed_transaction: { ...side, merchandise_or_services: 'merchandise' },
              prior_undisputed_transactions: prior,
            },
          },
        },
      });
    const half = await stage(priors.map((charge) => ({ ...side, charge, customer_purchase_ip: '10.0.0.2' })));
    expect(half.evidence_details.enhanced_eligibility.visa_compelling_evidence_3).toEqual({
      status: 'requires_action',
      required_actions: ['missing_customer_identifiers'],
    });
    const whole = await stage(priors.map((charge) => ({ ...side, charge })));
    expect(whole.evidence_details.enhanced_eligibility.visa_compelling_evidence_3).toEqual({
      status: 'qualified',
      required_actions: [],
    });
    await expect(stage([{ ...side, charge: 'ch_none' }])).rejects.toMatchObject({ code: 'resource_missing' });
    await stripe.disputes.update(id, { submit: true });
    pass(60);
    expect(await stripe.disputes.retrieve(id)).toMatchObject({ status: 'won' });
  });

  test('for a compliance case needs the fee to be accepted', async () => {
    const dispute = await disputed('pm_card_createComplianceDispute');
    expect(dispute).toMatchObject({
      reason: 'noncompliant',
      payment_method_details: { card: { case_type: 'compliance' } },
      evidence_details: {
        enhanced_eligibility: { visa_compliance: { status: 'requires_fee_acknowledgement' } },
      },
    });
    await expect(answer(dispute, 'winning_evidence')).rejects.toThrow(/must acknowledge the network's fee/);
    const won = await stripe.disputes.update(dispute.id, {
      evidence: {
        uncategorized_text: 'winning_evidence',
        enhanced_evidence: { visa_compliance: { fee_acknowledged: true } },
      },
    });
    expect(won).toMatchObject({
      status: 'won',
      evidence_details: { enhanced_eligibility: { visa_compliance: { status: 'fee_acknowledged' } } },
    });
  });

  test('can be left to Stripe, which answers at the deadline', async () => {
    const dispute = await disputed('pm_card_createAutoRepresentmentEligibleDispute');
    expect(dispute.intended_submission_method).toBe('smart_disputes');
    pass(9);
    expect(await stripe.disputes.retrieve(dispute.id)).toMatchObject({
      status: 'under_review',
      evidence_details: { submission_method: 'smart_disputes', submission_count: 1 },
    });
    const plain = await disputed('pm_card_createDispute');
    expect(
      await refusal(stripe.disputes.update(plain.id, { intended_submission_method: 'smart_disputes' })),
    ).toMatchObject({ code: 'smart_disputes_not_available' });
  });
});

test('a bank debit that is sent back is lost from the start', async () => {
  const { intent } = await pay('pm_usBankAccount_dispute', {
    allowed_payment_method_types: ['us_bank_account'],
    mandate_data: { customer_acceptance: { type: 'offline' } },
  });
  now += 2000;
  const [dispute] = (await stripe.disputes.list({ payment_intent: intent.id })).data;
  expect(dispute).toMatchObject({
    status: 'lost',
    reason: 'debit_not_authorized',
    evidence_details: { due_by: null },
  });
});

test('disputes are reached by their charge, as of old', async () => {
  const { charge, disputes } = await pay('pm_card_createDispute');
  const { charge: fine } = await pay('pm_card_visa');
  expect(await stripe.rawRequest('GET', `/v1/charges/${charge}/dispute`)).toMatchObject({
    id: disputes[0]?.id,
  });
  expect(await refusal(stripe.rawRequest('GET', `/v1/charges/${fine}/dispute`))).toMatchObject({
    statusCode: 404,
    message: `No dispute for charge: ${fine}`,
  });
  expect(await refusal(stripe.rawRequest('GET', '/v1/charges/ch_none/dispute'))).toMatchObject({
    param: 'charge',
  });
  expect(await refusal(stripe.disputes.retrieve('du_none'))).toMatchObject({
    statusCode: 404,
    param: 'dispute',
  });
  expect(await stripe.rawRequest('POST', `/v1/charges/${charge}/dispute/close`)).toMatchObject({
    status: 'lost',
  });
});
