import { buffer } from 'node:stream/consumers';
import { createSandbox, type Sandbox } from '@purser/sandbox';
import Stripe from 'stripe';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { control, freshKey } from './fixtures/sandbox.ts';

let sandbox: Sandbox;
let url: string;
beforeAll(async () => {
  sandbox = createSandbox();
  ({ url } = await sandbox.listen({ port: 0 }));
});
afterAll(() => sandbox.close());

/** The official SDK as people use it: over a socket, with its defaults. */
function sdk(key: string, config: ConstructorParameters<typeof Stripe>[1] = {}): Stripe {
  const { hostname: host, port } = new URL(url);
  return new Stripe(key, { host, port, protocol: 'http', ...config });
}

describe('the official SDK over a socket', () => {
  test('sees ids, versions and times of requests, and its telemetry is taken', async () => {
    const stripe = sdk(freshKey(), { telemetry: true, appInfo: { name: 'tests', version: '1' } });
    const answered: Stripe.ResponseEvent[] = [];
    stripe.on('response', (event: Stripe.ResponseEvent) => answered.push(event));
    const first = await stripe.customers.create({ name: 'Zoë 👋 & co' });
    const second = await stripe.customers.retrieve(first.id);
    expect(second).toMatchObject({ name: 'Zoë 👋 & co' });
    expect(first.lastResponse).toMatchObject({ statusCode: 200, requestId: expect.stringMatching(/^req_/) });
    expect(answered.map(({ status, method }) => [method, status])).toEqual([
      ['POST', 200],
      ['GET', 200],
    ]);
  });

  test('sends raw requests, of v1 as forms and of v2 as JSON', async () => {
    const stripe = sdk(freshKey());
    const made = await stripe.rawRequest('POST', '/v1/customers', { metadata: { order: '6735' } });
    expect(made).toMatchObject({ object: 'customer', metadata: { order: '6735' } });
    expect(await stripe.rawRequest('GET', '/v1/customers?limit=1')).toMatchObject({ object: 'list' });
    expect(await stripe.rawRequest('GET', '/v2/core/events')).toMatchObject({ data: expect.any(Array) });
  });

  test('repeats what got lost, and it happens once', async () => {
    const key = freshKey();
    const stripe = sdk(key, { maxNetworkRetries: 2 });
    await control(url, key, 'faults', {
      path: '/v1/customers',
      method: 'POST',
      drop: true,
      after_effect: true,
    });
    await control(url, key, 'faults', { path: '/v1/customers', method: 'POST', status: 500 });
    const { id } = await stripe.customers.create({ name: 'Once' });
    expect((await stripe.customers.list()).data.map((customer) => customer.id)).toEqual([id]);
  });

  test('gives up waiting, and says so in its own words', async () => {
    const key = freshKey();
    const stripe = sdk(key, { timeout: 100, maxNetworkRetries: 0 });
    await control(url, key, 'faults', { path: '/v1/balance', latency_ms: 2000 });
    await expect(stripe.balance.retrieve()).rejects.toBeInstanceOf(Stripe.errors.StripeConnectionError);
  });

  test('uploads a file in parts, and streams a document back', async () => {
    const stripe = sdk(freshKey());
    const data = Buffer.from('%PDF-1.4 évidence');
    const file = await stripe.files.create({
      purpose: 'dispute_evidence',
      file: { data, name: 'receipt.pdf', type: 'application/pdf' },
    });
    expect(file).toMatchObject({ object: 'file', filename: 'receipt.pdf', size: data.length });
    const { id: customer } = await stripe.customers.create({});
    const { id: product } = await stripe.products.create({ name: 'Work' });
    const quote = await stripe.quotes.create({
      customer,
      line_items: [{ price_data: { currency: 'usd', product, unit_amount: 5000 } }],
    });
    await stripe.quotes.finalizeQuote(quote.id);
    const pdf = await buffer(await stripe.quotes.pdf(quote.id));
    expect(pdf.subarray(0, 5).toString()).toBe('%PDF-');
  });

  test('turns refusals into its own errors', async () => {
    const stripe = sdk(freshKey());
    const refusal = (call: Promise<unknown>) => call.then(null, (error: unknown) => error);
    expect(await refusal(stripe.customers.retrieve('cus_nobody'))).toBeInstanceOf(
      Stripe.errors.StripeInvalidRequestError,
    );
    expect(await refusal(sdk('nonsense').balance.retrieve())).toBeInstanceOf(
      Stripe.errors.StripeAuthenticationError,
    );
    const declined = stripe.paymentIntents.create({
      amount: 2999,
      currency: 'usd',
      payment_method: 'pm_card_chargeDeclined',
      confirm: true,
      return_url: 'https://shop.example',
    });
    expect(await refusal(declined)).toMatchObject({
      constructor: Stripe.errors.StripeCardError,
      code: 'card_declined',
      decline_code: 'generic_decline',
      statusCode: 402,
      requestId: expect.stringMatching(/^req_/),
      payment_intent: { status: 'requires_payment_method' },
    });
  });

  test('pages through everything', async () => {
    const stripe = sdk(freshKey());
    for (let at = 0; at < 25; at++) await stripe.products.create({ name: `P ${at}` });
    const names: string[] = [];
    for await (const product of stripe.products.list({ limit: 10 })) names.push(product.name);
    expect(names).toEqual(Array.from({ length: 25 }, (_, at) => `P ${24 - at}`));
  });
});
