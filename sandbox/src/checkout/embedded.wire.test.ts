import Stripe from 'stripe';
import { afterAll, describe, expect, test } from 'vitest';
import { cardOf, createVisitor } from '../hosted-pages/visitor.ts';
import { createSandbox } from '../index.ts';
import { openShop } from './test-shop.ts';

const sandbox = createSandbox();
afterAll(() => sandbox.close());
const { open: visit, send } = createVisitor(sandbox);
const return_url = 'https://shop.example/back?id={CHECKOUT_SESSION_ID}';

let accounts = 0;
async function shop() {
  const httpClient = Stripe.createFetchHttpClient(sandbox.fetch);
  const stripe = new Stripe(`sk_test_embedded${accounts++}`, { httpClient, maxNetworkRetries: 0 });
  const { id: account } = await stripe.accounts.retrieveCurrent();
  const { once, monthly } = await openShop(stripe);
  const line_items = [{ price: once, quantity: 1 }];
  const create = (params: Stripe.Checkout.SessionCreateParams) =>
    stripe.checkout.sessions.create({ mode: 'payment', line_items, ...params });
  /** Pays where the sandbox shows what Stripe.js would show. */
  const pay = (id: string, number = '4242424242424242') =>
    send(`http://sandbox/_sandbox/checkout/${account}/${id}`, {
      action: 'pay',
      email: 'ada@example.com',
      ...cardOf(number),
    });
  return { stripe, create, pay, monthly };
}

describe('a session shown on the business’s own page', () => {
  test('has a secret instead of an address, and leads back when it is paid', async () => {
    const { stripe, create, pay } = await shop();
    const made = await create({ ui_mode: 'embedded_page', return_url });
    expect(made).toMatchObject({
      ui_mode: 'embedded_page',
      url: null,
      success_url: null,
      return_url,
      redirect_on_completion: 'always',
      status: 'open',
    });
    expect(made.client_secret).toMatch(new RegExp(`^${made.id}_secret_`));
    expect((await pay(made.id)).location).toBe(`https://shop.example/back?id=${made.id}`);
    expect(await stripe.checkout.sessions.retrieve(made.id)).toMatchObject({
      status: 'complete',
      payment_status: 'paid',
    });
  });

  test('never leads away, or only after the bank did', async () => {
    const { create, pay } = await shop();
    const never = await create({ ui_mode: 'embedded_page', redirect_on_completion: 'never' });
    expect((await pay(never.id)).location).toMatch(new RegExp(`/_sandbox/checkout/[^/]+/${never.id}$`));
    const terms = { ui_mode: 'embedded_page', redirect_on_completion: 'if_required', return_url } as const;
    const stays = await create(terms);
    expect((await pay(stays.id)).location).toMatch(new RegExp(`/_sandbox/checkout/[^/]+/${stays.id}$`));
    const asked = await create(terms);
    const bank = (await pay(asked.id, '4000002760003184')).location;
    expect(bank).toContain('/_sandbox/authenticate/');
    const back = (await send(bank, { outcome: 'succeed' })).location;
    expect((await visit(back)).location).toBe(`https://shop.example/back?id=${asked.id}`);
  });

  test('of one’s own making, and by the names of older versions', async () => {
    const { stripe, create, monthly } = await shop();
    expect(await create({ ui_mode: 'elements', return_url })).toMatchObject({
      ui_mode: 'elements',
      url: null,
      client_secret: expect.stringContaining('_secret_'),
    });
    const older = await stripe.rawRequest(
      'POST',
      '/v1/checkout/sessions',
      {
        mode: 'subscription',
        ui_mode: 'embedded',
        return_url,
        line_items: [{ price: monthly, quantity: 1 }],
      },
      { apiVersion: '2025-06-30.basil' },
    );
    expect(older).toMatchObject({ ui_mode: 'embedded', return_url, url: null });
  });

  test.each([
    ['no way back', { ui_mode: 'embedded_page' }, 'return_url'],
    [
      'a way back that is never taken',
      { ui_mode: 'embedded_page', redirect_on_completion: 'never', return_url },
      'return_url',
    ],
    ['a way back that is no address', { ui_mode: 'embedded_page', return_url: 'back' }, 'return_url'],
    ['a success_url', { ui_mode: 'embedded_page', return_url, success_url: return_url }, 'success_url'],
    ['a cancel_url', { ui_mode: 'elements', cancel_url: return_url }, 'cancel_url'],
    ['texts that the business writes itself', { ui_mode: 'elements', submit_type: 'pay' }, 'submit_type'],
    ['a return_url on a hosted page', { success_url: return_url, return_url }, 'return_url'],
  ] as const)('is refused with %s', async (_name, params, param) => {
    const { create } = await shop();
    await expect(create(params)).rejects.toMatchObject({ statusCode: 400, param });
  });
});
