import type Stripe from 'stripe';
import type { World } from './everything.ts';

/** Payments, and what becomes of them. */
export async function takePayments(world: World): Promise<void> {
  await pay(world);
  await keepMethods(world);
  await watch(world);
}

async function pay({ stripe, customer }: World): Promise<void> {
  const paid = await stripe.paymentIntents.create({
    amount: 50_000,
    currency: 'usd',
    customer,
    payment_method: 'pm_card_bypassPending',
    confirm: true,
    automatic_payment_methods: { enabled: true, allow_redirects: 'never' },
    shipping: { name: 'Ann', address: { line1: 'Way 1' } },
  });
  await stripe.refunds.create({ payment_intent: paid.id, amount: 300, reason: 'requested_by_customer' });
  const held = await stripe.paymentIntents.create({
    amount: 3000,
    currency: 'jpy',
    allowed_payment_method_types: ['card'],
    capture_method: 'manual',
    payment_method: 'pm_card_visa',
    confirm: true,
    payment_method_options: { card: { request_three_d_secure: 'any' } },
  });
  await stripe.paymentIntents.capture(held.id, { amount_to_capture: 1000 });
  const charge = await stripe.charges.create({ amount: 900, currency: 'usd', source: 'tok_visa' });
  await stripe.refunds.create({ charge: charge.id });
  await stripe.charges.create({ amount: 700, currency: 'usd', source: 'tok_createDispute' });
  const [dispute] = (await stripe.disputes.list()).data;
  const evidence = { product_description: 'Tea' };
  await stripe.disputes.update(dispute?.id ?? '', { evidence, submit: false });
  await holdPayment(stripe);
  await stripe.topups.create({ amount: 5000, currency: 'usd', description: 'Float' });
  const { id } = await stripe.payouts.create({ amount: 100, currency: 'usd' });
  await stripe.payouts.update(id, { metadata: { by: 'hand' } });
  await stripe.payouts.cancel(id);
  await stripe.payouts.create({ amount: 100, currency: 'usd' });
}

/** What can be done to a payment on its way; one of each is left where it can be done again. */
async function holdPayment(stripe: Stripe): Promise<void> {
  const card = { amount: 900, currency: 'usd', payment_method: 'pm_card_visa' } as const;
  const types = { allowed_payment_method_types: ['card' as const] };
  for (const goOn of [true, false]) {
    const held = await stripe.paymentIntents.create({
      ...card,
      ...types,
      capture_method: 'manual',
      confirm: true,
      payment_method_options: { card: { request_incremental_authorization: 'if_available' } },
    });
    if (goOn) await stripe.paymentIntents.incrementAuthorization(held.id, { amount: 1100 });
    if (goOn) await stripe.paymentIntents.cancel(held.id, { cancellation_reason: 'abandoned' });
    const charge = await stripe.charges.create({
      amount: 800,
      currency: 'usd',
      source: 'tok_visa',
      capture: false,
    });
    if (goOn) await stripe.charges.capture(charge.id, { amount: 700 });
    const waiting = await stripe.paymentIntents.create({ ...card, ...types });
    await stripe.paymentIntents.update(waiting.id, { description: 'Soon', metadata: { order: '2' } });
    if (goOn) await stripe.paymentIntents.confirm(waiting.id, { return_url: 'https://example.test/back' });
  }
  await stripe.paymentIntents.search({ query: 'status:"succeeded" AND amount>100' });
  await stripe.charges.search({ query: 'currency:"usd"' });
}

async function keepMethods({ stripe, customer }: World): Promise<void> {
  await stripe.setupIntents.create({
    customer,
    payment_method: 'pm_card_visa',
    confirm: true,
    allowed_payment_method_types: ['card'],
    usage: 'off_session',
  });
  const method = await stripe.paymentMethods.create({
    type: 'card',
    card: { token: 'tok_visa' },
    billing_details: { name: 'Ann' },
  });
  await stripe.paymentMethods.attach(method.id, { customer });
  await stripe.paymentMethods.update(method.id, { billing_details: { email: 'ann@example.test' } });
  await stripe.customers.retrievePaymentMethod(customer, method.id);
  await stripe.paymentMethods.detach(method.id);
  const intent = await stripe.setupIntents.create({ customer, allowed_payment_method_types: ['card'] });
  await stripe.setupIntents.confirm(intent.id, { payment_method: 'pm_card_visa' });
  const other = await stripe.setupIntents.create({ customer, allowed_payment_method_types: ['card'] });
  await stripe.setupIntents.cancel(other.id);
  const source = await stripe.customers.createSource(customer, { source: 'tok_visa' });
  await stripe.customers.retrieveSource(customer, source.id);
  await stripe.customers.updateSource(customer, source.id, { name: 'Ann' });
  await stripe.customers.deleteSource(customer, source.id);
  const token = await stripe.tokens.create({ pii: { id_number: '000000000' } });
  await stripe.tokens.retrieve(token.id);
  await stripe.testHelpers.confirmationTokens.create({ payment_method: 'pm_card_visa' });
  const domain = await stripe.paymentMethodDomains.create({ domain_name: 'shop.example' });
  await stripe.paymentMethodDomains.validate(domain.id);
  await stripe.applePayDomains.create({ domain_name: 'shop.example' });
  const components = { pricing_table: { enabled: true } };
  await stripe.customerSessions.create({ customer, components });
}

/** Fraud, files and reports. */
async function watch({ stripe, now }: World): Promise<void> {
  const card = { currency: 'usd', allowed_payment_method_types: ['card' as const], confirm: true };
  await stripe.paymentIntents.create({
    ...card,
    amount: 600,
    payment_method: 'pm_card_createIssuerFraudRecord',
  });
  await stripe.paymentIntents.create({ ...card, amount: 600, payment_method: 'pm_card_riskLevelElevated' });
  const [warning] = (await stripe.radar.earlyFraudWarnings.list()).data;
  await stripe.radar.earlyFraudWarnings.retrieve(warning?.id ?? '');
  const { id: list } = await stripe.radar.valueLists.create({
    alias: 'odd',
    name: 'Odd',
    item_type: 'email',
  });
  await stripe.radar.valueLists.update(list, { name: 'Odder' });
  const item = await stripe.radar.valueListItems.create({ value: 'bob@example.test', value_list: list });
  await stripe.radar.valueListItems.list({ value_list: list });
  await stripe.radar.valueListItems.retrieve(item.id);
  const data = Buffer.from('%PDF-1.4');
  const file = await stripe.files.create({
    purpose: 'dispute_evidence',
    file: { data, name: 'receipt.pdf', type: 'application/pdf' },
  });
  await stripe.files.retrieve(file.id);
  const link = await stripe.fileLinks.create({ file: file.id });
  await stripe.fileLinks.update(link.id, { metadata: { seen: 'yes' } });
  const [type] = (await stripe.reporting.reportTypes.list()).data;
  const interval_start = type?.data_available_start ?? now - 86_400;
  const parameters = { interval_start, interval_end: type?.data_available_end ?? now };
  const run = await stripe.reporting.reportRuns.create({ report_type: 'balance.summary.1', parameters });
  await stripe.reporting.reportRuns.retrieve(run.id);
}
