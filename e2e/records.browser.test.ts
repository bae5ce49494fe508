import type { Connection } from '@purser/server/api';
import type { Browser, Page } from 'playwright-core';
import type Stripe from 'stripe';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { axeFinds } from './fixtures/axe.ts';
import { complaintsOf, launchBrowser, screenshot } from './fixtures/browser.ts';
import { type Purser, startPurser } from './fixtures/purser.ts';
import { freshKey, stripeAt } from './fixtures/sandbox.ts';

/** What an auditor and a data protection officer do in the console, on a desk and on a phone. */
const hostile = 'Jane <img src=x onerror=alert(1)> Doe';
let purser: Purser;
let browser: Browser;
let customer: Stripe.Customer;
let page: Page;
let complaints: string[];

beforeAll(async () => {
  [purser, browser] = await Promise.all([startPurser({ PURSER_MODEL: 'builtin' }), launchBrowser()]);
  const apiKey = freshKey();
  const stripe = stripeAt(purser.sandboxUrl ?? '', apiKey);
  customer = await stripe.customers.create({ name: hostile, email: 'jane@example.com' });
  const body = { type: 'stripe', credentials: { apiKey }, baseUrl: purser.sandboxUrl, name: 'Shop' };
  expect((await purser.api<Connection>('POST', '/api/connections', body)).status).toBe(201);
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, acceptDownloads: true });
  context.setDefaultTimeout(10_000);
  complaints = complaintsOf(context);
  page = await context.newPage();
  await page.goto(purser.signInLink);
  await page.getByRole('navigation', { name: 'Places' }).waitFor();
}, 90_000);
afterAll(async () => {
  await browser?.close();
  await purser?.remove();
});

it('copies and erases a customer, sets periods, and finds it all in the record', async () => {
  const found: string[] = [];
  const button = (name: string | RegExp) => page.getByRole('button', { name });
  await page.goto(`${purser.url}/settings/privacy`);
  await page.getByLabel('Customer’s id').fill(customer.id);
  const copied = page.waitForEvent('download');
  await button('Download a copy').click();
  expect((await copied).suggestedFilename()).toBe(`${customer.id}.json`);
  await page.getByLabel('Also known as').fill('jane@example.com');
  await page.getByLabel('Have Stripe delete them, too').uncheck();
  await button('Erase …').click();
  await page.getByRole('dialog').getByText('It cannot be brought back').waitFor();
  found.push(...(await axeFinds(page, 'erase')));
  await screenshot(page, 'privacy-erase');
  await page.getByRole('dialog').getByRole('button', { name: 'Erase' }).click();
  await page.getByRole('list', { name: 'Erasures' }).getByText('Stripe was not asked').waitFor();
  await page.getByLabel('Events from Stripe, days').fill('5');
  await page.getByText('At least 30, or empty to keep').waitFor();
  expect(await button('Save').isDisabled()).toBe(true);
  await page.getByLabel('Events from Stripe, days').fill('90');
  await page.getByText('0 would go now').waitFor();
  await button('Save').click();
  await page.getByText('Saved; applied every hour').waitFor();
  found.push(...(await axeFinds(page, 'privacy')));
  await screenshot(page, 'privacy', true);

  await page.goto(`${purser.url}/settings/audit`);
  const entries = page.getByRole('list', { name: 'Entries' }).getByRole('listitem');
  await page.getByLabel('What').selectOption('Retention');
  await expect.poll(() => entries.count()).toBe(1);
  await page.getByLabel('What').selectOption('Everything');
  await page.getByLabel('Who').fill('nobody of that name');
  await page.getByText('Nothing like that').waitFor();
  await page.getByLabel('Who').fill('');
  await entries.first().waitFor();
  await button('Verify now').click();
  await page.getByText(/^Intact: \d+ entries\.$/).waitFor();
  await entries.first().getByText('Details').click();
  found.push(...(await axeFinds(page, 'audit')));
  await screenshot(page, 'audit', true);
  const exported = page.waitForEvent('download');
  await page.getByRole('link', { name: 'Export JSON' }).click();
  expect((await exported).suggestedFilename()).toMatch(/\.jsonl$/);
  expect(found).toEqual([]);
  expect(complaints).toEqual([]);
}, 90_000);

it('fits a phone, in light and dark', async () => {
  const found: string[] = [];
  await page.setViewportSize({ width: 360, height: 740 });
  for (const tab of ['audit', 'privacy', 'people', 'tokens', 'security', '']) {
    await page.goto(`${purser.url}/settings/${tab}`);
    await page.getByRole('navigation', { name: 'Settings' }).waitFor();
    await expect.poll(() => page.getByText(/^Loading/).count()).toBe(0);
    const current = page.getByRole('navigation', { name: 'Settings' }).locator('[aria-current=page]');
    const box = await current.boundingBox();
    expect([tab, (box?.x ?? -1) >= 0 && (box?.x ?? 0) + (box?.width ?? 0) <= 360]).toEqual([tab, true]);
    found.push(...(await axeFinds(page, tab)));
    expect([tab, await page.evaluate(() => document.documentElement.scrollWidth)]).toEqual([tab, 360]);
    await screenshot(page, `settings-${tab || 'general'}-phone`, true);
    await page.emulateMedia({ colorScheme: 'dark' });
    await screenshot(page, `settings-${tab || 'general'}-phone-dark`, true);
  }
  expect(found).toEqual([]);
  expect(complaints).toEqual([]);
}, 90_000);
