import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import type Stripe from 'stripe';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { axeFinds } from './fixtures/axe.ts';
import { complaintsOf, launchBrowser, screenshot } from './fixtures/browser.ts';
import { freshKey, type SandboxProgram, startSandbox, stripeAt } from './fixtures/sandbox.ts';

let sandbox: SandboxProgram;
let browser: Browser;
let context: BrowserContext;
let page: Page;
let complaints: string[];
let shop: Server;
let shopUrl: string;
let stripe: Stripe;
let product: string;
let once: string;
let monthly: string;
let yearly: string;

beforeAll(async () => {
  [sandbox, browser] = await Promise.all([startSandbox(), launchBrowser()]);
  stripe = stripeAt(sandbox.url, freshKey());
  // Another origin than the sandbox's, so that coming back from it is what it is in life.
  shop = createServer((request, response) => {
    response.setHeader('content-type', 'text/html');
    response.end(
      `<!doctype html><title>Shop</title><link rel="icon" href="data:,"><h1>Shop ${request.url?.split('?')[0]}</h1>`,
    );
  });
  await new Promise<void>((resolve) => shop.listen(0, '127.0.0.1', resolve));
  shopUrl = `http://127.0.0.1:${(shop.address() as AddressInfo).port}`;
  context = await browser.newContext({ viewport: { width: 1100, height: 800 }, reducedMotion: 'reduce' });
  context.setDefaultTimeout(10_000);
  complaints = complaintsOf(context);
  page = await context.newPage();
  product = (await stripe.products.create({ name: 'Harbour tour', description: 'Two hours, with coffee' }))
    .id;
  const price = (unit_amount: number, interval?: 'month' | 'year') =>
    stripe.prices.create({ product, currency: 'usd', unit_amount, recurring: interval && { interval } });
  [once, monthly, yearly] = (
    await Promise.all([price(4500), price(1200, 'month'), price(12_000, 'year')])
  ).map(({ id }) => id) as [string, string, string];
});
afterAll(async () => {
  await browser?.close();
  shop?.close();
  await sandbox?.stop();
});
afterEach(() => expect(complaints.splice(0)).toEqual([]));

const field = (name: string | RegExp) => page.getByLabel(name);
const button = (name: string | RegExp) => page.getByRole('button', { name });
const heading = (name: string | RegExp) => page.getByRole('heading', { level: 1, name });

async function enterCard(number: string): Promise<void> {
  await field('Card number').fill(number);
  await field('Expiry').fill('12 / 34');
  await field('Security code').fill('123');
  await field('ZIP or postal code').fill('94107');
}

/** What axe finds on the page as it is, in both themes and on a phone; and pictures of it. */
async function examine(name: string): Promise<void> {
  const found = await axeFinds(page, name);
  await screenshot(page, `pages-${name}`, true);
  await page.emulateMedia({ colorScheme: 'dark' });
  await page.setViewportSize({ width: 390, height: 844 });
  await screenshot(page, `pages-${name}-phone-dark`, true);
  const isTooWide = await page.evaluate('document.documentElement.scrollWidth > innerWidth');
  await page.setViewportSize({ width: 1100, height: 800 });
  await page.emulateMedia({ colorScheme: 'light' });
  expect({ name, found, isTooWide }).toEqual({ name, found: [], isTooWide: false });
}

describe('a customer', () => {
  it('pays a checkout session: declined first, then with another card, and is back in the shop', async () => {
    const wrapped = await stripe.prices.create({
      currency: 'usd',
      unit_amount: 500,
      product_data: { name: 'Lunch box' },
    });
    await stripe.promotionCodes.create({
      code: 'EARLY',
      promotion: { type: 'coupon', coupon: (await stripe.coupons.create({ percent_off: 20 })).id },
    });
    const rate = (display_name: string, amount: number) => ({
      shipping_rate_data: { display_name, fixed_amount: { amount, currency: 'usd' } },
    });
    const session = await stripe.checkout.sessions.create({
      mode: 'payment',
      line_items: [{ price: once, quantity: 2, adjustable_quantity: { enabled: true, maximum: 6 } }],
      optional_items: [{ price: wrapped.id, quantity: 1 }],
      shipping_options: [rate('By post', 300), rate('By courier', 900)],
      shipping_address_collection: { allowed_countries: ['US', 'CA'] },
      phone_number_collection: { enabled: true },
      consent_collection: { terms_of_service: 'required' },
      allow_promotion_codes: true,
      tax_id_collection: { enabled: true },
      success_url: `${shopUrl}/thanks?session={CHECKOUT_SESSION_ID}`,
      cancel_url: `${shopUrl}/cart`,
    });
    await page.goto(session.url ?? '');
    await heading(/^Pay/).waitFor();
    await examine('checkout');
    await field('Quantity of Harbour tour').fill('3');
    await button('Update').click();
    await button(/By courier/).click();
    await button(/Add Lunch box/).click();
    await field('Promotion code').fill('early');
    await button('Apply').click();
    await page.getByText('EARLY (20% off)').first().waitFor();
    await button('Pay $121.00').click();
    await page.getByText('Your e-mail address is incomplete.').waitFor();
    expect(
      await field('E-mail')
        .evaluate('document.activeElement === arguments[0]')
        .catch(() => true),
    ).toBe(true);
    await examine('checkout-problems');
    await field('E-mail').fill('ada@example.com');
    await field('Phone').fill('+1 415 555 0100');
    const address = page.getByRole('group', { name: 'Shipping address' });
    await address.getByLabel('Name').fill('Ada Lovelace');
    await address.getByLabel('Address', { exact: true }).fill('510 Townsend St');
    await address.getByLabel('City').fill('San Francisco');
    await address.getByLabel('Postal code').fill('94103');
    await field(/I agree/).check();
    await enterCard('4000 0000 0000 9995');
    await button('Pay $121.00').click();
    await page.getByText('Your card has insufficient funds.').waitFor();
    await screenshot(page, 'pages-checkout-declined', true);
    await enterCard('4242 4242 4242 4242');
    await button('Pay $121.00').click();
    await heading('Shop /thanks').waitFor();
    expect(page.url()).toBe(`${shopUrl}/thanks?session=${session.id}`);
    expect((await stripe.checkout.sessions.retrieve(session.id)).payment_status).toBe('paid');
  });

  it('fails 3D Secure and is told so, then completes it', async () => {
    const { url } = await stripe.checkout.sessions.create({
      mode: 'subscription',
      line_items: [{ price: monthly, quantity: 1 }],
      success_url: `${shopUrl}/welcome`,
    });
    await page.goto(url ?? '');
    await page.getByText('per month').first().waitFor();
    await field('E-mail').fill('ada@example.com');
    await enterCard('4000 0027 6000 3184');
    await page.keyboard.press('Enter');
    await heading('3D Secure').waitFor();
    await examine('three-d-secure');
    await button('Fail authentication').click();
    await page.getByText(/We are unable to authenticate your payment method/).waitFor();
    expect(await field('E-mail').inputValue()).toBe('ada@example.com');
    await enterCard('4000 0027 6000 3184');
    await button('Subscribe for $12.00').click();
    await button('Complete authentication').click();
    await heading('Shop /welcome').waitFor();
    expect((await stripe.subscriptions.list()).data).toMatchObject([{ status: 'active' }]);
  });

  it('chooses another way to pay than a card', async () => {
    const { url, id } = await stripe.checkout.sessions.create({
      mode: 'payment',
      line_items: [
        { price_data: { currency: 'eur', unit_amount: 3000, product_data: { name: 'Map' } }, quantity: 1 },
      ],
      allowed_payment_method_types: ['card', 'sepa_debit', 'ideal'],
      success_url: `${shopUrl}/thanks`,
    });
    await page.goto(url ?? '');
    await field('E-mail').fill('ada@example.com');
    await field('Card number').waitFor();
    await field('SEPA Direct Debit').check();
    expect(await field('Card number').isVisible()).toBe(false);
    await field('IBAN').fill('AT61 1904');
    await field('Name on the account').fill('Ada Lovelace');
    await button('Pay €30.00').click();
    await page.getByText('The IBAN you provided is invalid.').waitFor();
    await examine('methods');
    await field('iDEAL').check();
    await button('Pay €30.00').click();
    await heading('iDEAL').waitFor();
    await examine('elsewhere');
    await button('Authorize test payment').click();
    await heading('Shop /thanks').waitFor();
    expect((await stripe.checkout.sessions.retrieve(id)).payment_status).toBe('paid');
  });

  it('pays through a link, and is thanked in its words', async () => {
    const link = await stripe.paymentLinks.create({
      line_items: [{ price: once, quantity: 1 }],
      custom_fields: [
        {
          key: 'boat',
          label: { type: 'custom', custom: 'Which boat?' },
          type: 'dropdown',
          dropdown: {
            options: ['Anna', 'Berta'].map((name) => ({ label: name, value: name.toLowerCase() })),
          },
        },
      ],
      after_completion: {
        type: 'hosted_confirmation',
        hosted_confirmation: { custom_message: 'See you at the pier' },
      },
    });
    await page.goto(link.url);
    await field('E-mail').fill('ada@example.com');
    await field('Which boat?').selectOption('Berta');
    await enterCard('5555 5555 5555 4444');
    await button('Pay $45.00').click();
    await page.getByText('See you at the pier').waitFor();
    await examine('complete');
    const [session] = (await stripe.checkout.sessions.list({ payment_link: link.id })).data;
    expect(session).toMatchObject({
      payment_status: 'paid',
      custom_fields: [{ dropdown: { value: 'berta' } }],
    });
  });

  it('pays a hosted invoice', async () => {
    const customer = (await stripe.customers.create({ name: 'Harbour & Pine', email: 'pine@example.com' }))
      .id;
    const { id } = await stripe.invoices.create({
      customer,
      currency: 'usd',
      footer: 'Payable within 14 days',
    });
    for (const [description, amount] of [
      ['Tour for twelve', 54_000],
      ['Lunch', 18_000],
    ] as const)
      await stripe.invoiceItems.create({ customer, invoice: id, description, amount, currency: 'usd' });
    await page.goto((await stripe.invoices.finalizeInvoice(id)).hosted_invoice_url ?? '');
    await heading(/^Invoice/).waitFor();
    await examine('invoice');
    await enterCard('4242 4242 4242 4242');
    await button('Pay $720.00').click();
    await page.getByText('This invoice is paid.').waitFor();
    await examine('invoice-paid');
    expect((await stripe.invoices.retrieve(id)).status).toBe('paid');
  });

  it('changes the card, the plan and their mind at the portal', async () => {
    const customer = (
      await stripe.customers.create({ name: 'Ada', email: 'ada@example.com', payment_method: 'pm_card_visa' })
    ).id;
    const [card] = (await stripe.customers.listPaymentMethods(customer)).data;
    const { id } = await stripe.subscriptions.create({
      customer,
      items: [{ price: monthly }],
      default_payment_method: card?.id,
    });
    const { id: configuration } = await stripe.billingPortal.configurations.create({
      business_profile: { headline: 'Your berth at the harbour' },
      features: {
        customer_update: { enabled: true, allowed_updates: ['email', 'address'] },
        invoice_history: { enabled: true },
        payment_method_update: { enabled: true },
        subscription_cancel: {
          enabled: true,
          cancellation_reason: { enabled: true, options: ['too_expensive', 'unused', 'other'] },
        },
        subscription_update: {
          enabled: true,
          default_allowed_updates: ['price'],
          proration_behavior: 'always_invoice',
          products: [{ product, prices: [monthly, yearly] }],
        },
      },
    });
    const portal = await stripe.billingPortal.sessions.create({
      customer,
      configuration,
      return_url: `${shopUrl}/account`,
    });
    await page.goto(portal.url);
    await heading('Your subscriptions and payments').waitFor();
    await examine('portal');
    await page.getByRole('link', { name: 'Add card' }).click();
    await enterCard('4000 0025 0000 3155');
    await button('Save card').click();
    await button('Complete authentication').click();
    await page.getByText('•••• 3155').waitFor();
    await page.getByRole('link', { name: 'Change plan' }).click();
    await field(/\$120\.00/).check();
    await button('Go on').click();
    await page.getByText('Due today').waitFor();
    await examine('portal-switch');
    await button('Confirm').click();
    // The new card wants to be asked again for a payment at once: the invoice's own page goes on.
    await page.getByText('$120.00').first().waitFor();
    await page.goto(`${portal.url}?home=1`);
    await page.getByRole('link', { name: 'Cancel subscription' }).click();
    await field(/use it enough/).check();
    await examine('portal-cancel');
    await button('Cancel subscription').click();
    await page.getByText(/^Ends on/).waitFor();
    expect(await stripe.subscriptions.retrieve(id)).toMatchObject({
      cancel_at_period_end: true,
      cancellation_details: { feedback: 'unused' },
      items: { data: [{ price: { id: yearly } }] },
    });
    await page.getByRole('link', { name: /^Return to/ }).click();
    await heading('Shop /account').waitFor();
  });
});
