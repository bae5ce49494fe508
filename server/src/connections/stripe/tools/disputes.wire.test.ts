import type Stripe from 'stripe';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { foundAgain, type TestAccount, testAccount } from '../testing.ts';

let account: TestAccount;
let stripe: Stripe;
let jenny: string;
beforeAll(async () => {
  account = await testAccount('sk_test_dispute_tools');
  stripe = account.stripe;
  const address = { line1: '27 Fredrick Ave', city: 'Brothers', postal_code: '97712', country: 'US' };
  jenny = (await stripe.customers.create({ name: 'Jenny Rosen', email: 'jenny@example.com', address })).id;
});
afterAll(() => account.close());

/** A disputed payment. */
async function disputed(card: string, params: Partial<Stripe.PaymentIntentCreateParams> = {}) {
  const intent = await stripe.paymentIntents.create({
    ...{ amount: 5000, currency: 'usd', customer: jenny, payment_method: card, confirm: true },
    ...{ description: 'Straw hat', allowed_payment_method_types: ['card'], ...params },
  });
  const charge = String(intent.latest_charge);
  const [dispute] = (await stripe.disputes.list({ charge })).data;
  if (!dispute) throw new Error(`${card} was not disputed.`);
  return { charge, dispute };
}

describe('what Stripe itself knows for an answer', () => {
  test('of a product not received: who, what and how it was shipped, and what only the business has', async () => {
    const { dispute, charge } = await disputed('pm_card_createDisputeProductNotReceived', {
      shipping: {
        ...{ name: 'Jenny Rosen', carrier: 'UPS', tracking_number: '1Z999' },
        address: { line1: '27 Fredrick Ave', city: 'Brothers', postal_code: '97712', country: 'US' },
      },
    });
    const { view, objects } = await account.call('suggest_dispute_evidence', { dispute: dispute.id });
    expect(view).toMatchObject({
      ...{ id: dispute.id, reason: 'product_not_received', network_reason_code: '13.1' },
      evidence: {
        customer_name: 'Jenny Rosen',
        customer_email_address: 'jenny@example.com',
        product_description: 'Straw hat',
        shipping_carrier: 'UPS',
        shipping_tracking_number: '1Z999',
        shipping_address: '27 Fredrick Ave, 97712 Brothers, US',
      },
      still_needed: expect.arrayContaining([expect.stringContaining('proof of delivery')]),
    });
    expect(objects.map(({ id }) => id)).toEqual([dispute.id, charge, jenny]);
    expect((await stripe.disputes.retrieve(dispute.id)).metadata).toEqual({});
  });

  test('of fraud: earlier payments with that card, and nothing that is not known', async () => {
    const pay = {
      amount: 1000,
      currency: 'usd',
      customer: jenny,
      payment_method: 'pm_card_visa',
      confirm: true,
    };
    await stripe.paymentIntents.create({ ...pay, allowed_payment_method_types: ['card'] });
    const { dispute } = await disputed('pm_card_createDispute');
    const { view } = await account.call('suggest_dispute_evidence', { dispute: dispute.id });
    expect(view).toMatchObject({
      evidence: { uncategorized_text: expect.stringContaining('Stripe judged') },
    });
    expect(view).not.toHaveProperty('evidence.shipping_carrier');
    expect(view).not.toHaveProperty('evidence.customer_purchase_ip');
  });

  test('of a subscription: when it began, and that nobody cancelled it before', async () => {
    const card = await stripe.paymentMethods.attach('pm_card_createDisputeProductNotReceived', {
      customer: jenny,
    });
    const price = await stripe.prices.create({
      ...{ currency: 'usd', unit_amount: 900, recurring: { interval: 'month' } },
      product_data: { name: 'Hat club' },
    });
    const subscription = await stripe.subscriptions.create({
      ...{ customer: jenny, items: [{ price: price.id }], default_payment_method: card.id },
    });
    const [dispute] = (await stripe.disputes.list()).data;
    const { view } = await account.call('suggest_dispute_evidence', { dispute: dispute?.id });
    expect(view).toMatchObject({
      invoice: subscription.latest_invoice,
      evidence: {
        product_description: expect.stringContaining('Hat club'),
        service_date: expect.stringContaining(' to '),
      },
    });
  });

  test('a key that may read disputes and charges alone gets that much', async () => {
    const { dispute } = await disputed('pm_card_createDispute');
    const { secret } = await account.control('restricted_keys', {
      permissions: { disputes: 'read', charges: 'read' },
    });
    const { view } = await account.withKey(secret).call('suggest_dispute_evidence', { dispute: dispute.id });
    expect(view).toMatchObject({ evidence: { product_description: 'Straw hat' } });
    const refused = await account.withKey(secret).refusal('stage_dispute_evidence', {
      ...{ dispute: dispute.id, evidence: { customer_name: 'J' } },
    });
    expect(refused.message).toContain('Disputes (write)');
  });
});

describe('answering', () => {
  test('evidence is saved, taken back by undo, saved again and sent once', async () => {
    const { dispute } = await disputed('pm_card_createDispute');
    const evidence = {
      uncategorized_text: 'winning_evidence',
      customer_name: 'Jenny R.',
      product_description: '',
    };
    const { preview } = await account.plan('stage_dispute_evidence', { dispute: dispute.id, evidence });
    expect(preview).toMatchObject({
      summary: 'Save evidence for the dispute over $50.00 (fraudulent), without sending it',
      facts: expect.arrayContaining([
        { label: 'Customer name', value: 'Jenny R., instead of what was there' },
        { label: 'Product description', value: 'taken out, instead of what was there' },
        { label: 'Sent to the bank', value: 'no' },
      ]),
      objects: expect.arrayContaining([expect.objectContaining({ id: jenny, label: 'Jenny Rosen' })]),
    });
    const saved = await foundAgain(account, 'stage_dispute_evidence', { dispute: dispute.id, evidence });
    await account.undo(saved);
    expect(await stripe.disputes.retrieve(dispute.id)).toMatchObject({
      status: 'needs_response',
      evidence: { uncategorized_text: null, customer_name: 'Jenny Rosen', product_description: 'Straw hat' },
    });
    await account.call('stage_dispute_evidence', { dispute: dispute.id, evidence });
    const sent = await foundAgain(account, 'submit_dispute_evidence', { dispute: dispute.id });
    expect(sent).toMatchObject({ summary: expect.stringContaining('its status is won') });
    expect(sent.undo).toBeUndefined();
    const again = await account.refusal('submit_dispute_evidence', { dispute: dispute.id });
    expect(again.code).toBe('dispute_unexpected_state');
  });

  test('nothing is sent where nothing is saved', async () => {
    const { dispute } = await disputed('pm_card_createDispute');
    const pieces = {
      customer_name: '',
      customer_email_address: '',
      product_description: '',
      billing_address: '',
    };
    await account.call('stage_dispute_evidence', { dispute: dispute.id, evidence: pieces });
    expect((await account.refusal('submit_dispute_evidence', { dispute: dispute.id })).code).toBe(
      'no_evidence',
    );
  });

  test('a dispute is given up for good, with what it costs', async () => {
    const { dispute } = await disputed('pm_card_createDispute');
    const { preview } = await account.plan('accept_dispute', { dispute: dispute.id });
    expect(preview).toMatchObject({
      summary: 'Accept the dispute over $50.00 (fraudulent) as lost',
      facts: expect.arrayContaining([{ label: 'Fee that stays', value: '$15.00' }]),
      amount: { decimal: '50.00', currency: 'usd' },
    });
    await foundAgain(account, 'accept_dispute', { dispute: dispute.id });
    expect((await stripe.disputes.retrieve(dispute.id)).status).toBe('lost');
  });

  test('too much evidence is refused before it is sent', async () => {
    const { dispute } = await disputed('pm_card_createDispute');
    const long = 'x'.repeat(20_000);
    const fields = [
      'access_activity_log',
      'uncategorized_text',
      'cancellation_rebuttal',
      'refund_refusal_explanation',
    ];
    const more = [
      'duplicate_charge_explanation',
      'refund_policy_disclosure',
      'cancellation_policy_disclosure',
      'service_date',
    ];
    const evidence = Object.fromEntries([...fields, ...more].map((field) => [field, long]));
    const refused = await account.refusal('stage_dispute_evidence', { dispute: dispute.id, evidence });
    expect(refused.code).toBe('evidence_too_long');
  });
});

describe('Visa’s Compelling Evidence', () => {
  const earlier = async () => {
    const pay = {
      amount: 1000,
      currency: 'usd',
      customer: jenny,
      payment_method: 'pm_card_visa',
      confirm: true,
    };
    const made = await stripe.paymentIntents.create({
      ...{ ...pay, description: 'Scarf', allowed_payment_method_types: ['card'] },
    });
    return String(made.latest_charge);
  };

  test('is put together from earlier payments and what the person gave, and taken out by undo', async () => {
    const { dispute } = await disputed('pm_card_createCe3EligibleDispute');
    const shown = async () => (await account.call('get_dispute', { dispute: dispute.id })).view;
    expect(await shown()).toMatchObject({ compelling_evidence_3: { status: 'requires_action' } });
    const charges = [await earlier(), await earlier()];
    const compelling = {
      ...{ prior_undisputed_charges: charges, merchandise_or_services: 'merchandise' },
      customer_purchase_ip: '203.0.113.7',
    };
    const input = { dispute: dispute.id, compelling_evidence_3: compelling };
    const { preview } = await account.plan('stage_dispute_evidence', input);
    expect(preview.facts[0]).toEqual({ label: 'Compared with', value: charges.join(', ') });
    const saved = await foundAgain(account, 'stage_dispute_evidence', input);
    expect(await shown()).toMatchObject({ compelling_evidence_3: { status: 'qualified' } });
    await account.undo(saved);
    expect(await shown()).toMatchObject({ compelling_evidence_3: { status: 'requires_action' } });
    await account.call('stage_dispute_evidence', input);
    const sent = await account.plan('submit_dispute_evidence', { dispute: dispute.id });
    expect(sent.preview.facts).toContainEqual({ label: 'Compared with', value: charges.join(', ') });
  });

  test('is refused where it does not apply, and with payments that were disputed or are of others', async () => {
    const plainOne = await disputed('pm_card_createDispute');
    const visa = await disputed('pm_card_createCe3EligibleDispute');
    const stranger = await stripe.paymentIntents.create({
      ...{ amount: 100, currency: 'usd', payment_method: 'pm_card_visa', confirm: true },
      allowed_payment_method_types: ['card'],
    });
    const good = await earlier();
    const refusal = async (dispute: string, other: string) => {
      const compelling = { prior_undisputed_charges: [good, other], merchandise_or_services: 'services' };
      const input = { dispute, compelling_evidence_3: { ...compelling, customer_device_id: 'device_1' } };
      return (await account.refusal('stage_dispute_evidence', input)).message;
    };
    expect(await refusal(plainOne.dispute.id, await earlier())).toContain('does not apply');
    expect(await refusal(visa.dispute.id, plainOne.charge)).toContain('was disputed itself');
    expect(await refusal(visa.dispute.id, String(stranger.latest_charge))).toContain('of another customer');
  });
});

test('a disputed payment is not refunded besides', async () => {
  const { charge, dispute } = await disputed('pm_card_createDispute');
  const refused = await account.refusal('create_refund', { charge, full: true });
  expect(refused).toMatchObject({ code: 'charge_disputed', next: expect.stringContaining(dispute.id) });
});

test('disputes are listed by how soon they must be answered', async () => {
  const within = async (days: number) =>
    (await account.call('list_disputes', { due_within_days: days })).view as { seen: number };
  expect((await within(1)).seen).toBe(0);
  expect((await within(10)).seen).toBeGreaterThan(3);
});

describe('documents', () => {
  test('the PDF of an invoice becomes the receipt of a dispute, and is found by its name', async () => {
    const [invoice] = (await stripe.invoices.list({ customer: jenny })).data;
    const { preview } = await account.plan('upload_evidence_file', {
      title: 'Hat club',
      invoice: invoice?.id,
    });
    expect(preview.objects).toMatchObject([{ id: invoice?.id }, { type: 'customer', id: jenny }]);
    const file = await foundAgain(account, 'upload_evidence_file', {
      title: 'Hat club',
      invoice: invoice?.id,
    });
    expect(file.view).toMatchObject({
      type: 'pdf',
      filename: expect.stringMatching(/^Hat-club\.op_\w+\.pdf$/),
    });
    const { dispute } = await disputed('pm_card_createDispute');
    const evidence = { receipt: file.objects[0]?.id };
    await foundAgain(account, 'stage_dispute_evidence', { dispute: dispute.id, evidence });
    expect((await stripe.disputes.retrieve(dispute.id)).evidence.receipt).toBe(evidence.receipt);
  });

  test('a text becomes a PDF; what is no document is refused', async () => {
    const text = 'Jenny wrote on 3 March: “I love the hat.”';
    const file = await foundAgain(account, 'upload_evidence_file', { title: 'Mail', text });
    expect(file.view).toMatchObject({ type: 'pdf', purpose: 'dispute_evidence' });
    const refusal = async (input: object) =>
      (await account.refusal('upload_evidence_file', { title: 'x', ...input })).code;
    expect(await refusal({ text: '日本' })).toBe('letters_refused');
    expect(await refusal({ content_base64: Buffer.from('GIF89a, no document').toString('base64') })).toBe(
      'file_type_refused',
    );
    const draft = await stripe.invoices.create({ customer: jenny });
    expect(await refusal({ invoice: draft.id })).toBe('invoice_is_draft');
    const png = Buffer.from('\x89PNG\r\n\x1a\n and more', 'latin1').toString('base64');
    await foundAgain(account, 'upload_evidence_file', { title: 'Photo', content_base64: png });
    const { secret } = await account.control('restricted_keys', { permissions: { disputes: 'write' } });
    const unable = await account.withKey(secret).refusal('upload_evidence_file', { title: 'Mail', text });
    expect(unable.message).toContain('Files (write)');
  });
});
