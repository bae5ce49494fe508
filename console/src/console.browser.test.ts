import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { axeFinds } from '../../e2e/fixtures/axe.ts';
import { type Browsing, startBrowsing, walkTo } from '../dev/browse.ts';
import { startFakeApi } from '../dev/fake-api.ts';

let api: Browsing;
beforeAll(async () => {
  api = await startBrowsing();
}, 120_000);
afterAll(() => api?.close());
const visit: Browsing['visit'] = (path, options) => api.visit(path, options);

const screens = [
  ['/threads', 'What do you want to know or do?'],
  ['/threads/th_balance', 'Balance, customers and a new product'],
  ['/threads/th_live', 'Refund Bob Loblaw’s last payment'],
  ['/inbox', 'Inbox'],
  ['/agents', 'Agents'],
  ['/agents/ag_sleuth', 'Stripe Sleuth'],
  ['/agents/ag_billing/connections', 'Billing desk'],
  ['/agents/ag_billing/policy/con_live', 'What Billing desk may do'],
  ['/connections', 'Connections'],
  ['/connections/con_live', 'Harbor & Pine'],
  ['/connections/new/stripe', 'Connect Stripe'],
  ['/operations', 'Operations'],
  ['/operations/op_unknown', 'Charge Maya Okonkwo $1,250.00'],
  ['/threads/th_report', 'Revenue of the last half year'],
  ['/automations', 'Automations'],
  ['/automations/new', 'New task'],
  ['/automations/tsk_monday', 'Every Monday: write to whose payment failed'],
  ['/reports', 'Reports'],
  ['/customers', 'Customers'],
  ['/customers/con_live/cus_Maya0001', 'Maya Okonkwo'],
  ['/playbooks', 'Playbooks'],
  ['/playbooks/dunning', 'Dunning'],
  ['/playbook-runs/pbr_1', 'Dunning: invoice in_1Qk82Lm'],
  ['/orders', 'Orders'],
  ['/orders/ord_1', 'A-4711'],
  ['/outbox', 'Outbox'],
  ['/consents', 'Consent'],
  ['/settings', 'Settings'],
  ['/settings/tokens', 'Settings'],
  ['/settings/security', 'Settings'],
  ['/settings/people', 'Settings'],
  ['/sign-in', 'Sign in to Purser'],
] as const;

test('axe finds nothing on any screen, in either theme', async () => {
  const { page, close } = await visit('/threads', { reducedMotion: 'reduce' });
  const found: string[] = [];
  let before = '';
  for (const [path, title] of screens) {
    // Of two with one title the second would be looked at too early.
    if (title === before) await page.goto(api.url + path);
    else await walkTo(page, path);
    before = title;
    await page.getByRole('heading', { level: 1, name: title }).waitFor();
    found.push(...(await axeFinds(page, path)));
  }
  expect(found).toEqual([]);
  await close();
}, 180_000);

const dialogs: [string, (page: Page) => Promise<void>][] = [
  ['the palette', (page) => page.keyboard.press('Control+k')],
  ['the agent picker', (page) => page.getByRole('button', { name: /^Agent:/ }).click()],
  ['a new agent', (page) => page.goto(`${api.url}/agents?new=true`).then(() => undefined)],
  [
    'a rejection',
    (page) =>
      page.goto(`${api.url}/inbox`).then(() => page.getByRole('button', { name: 'Reject…' }).first().click()),
  ],
  [
    'a tool call',
    (page) =>
      page.goto(`${api.url}/threads/th_balance`).then(() => page.getByText('Listed the 5 newest').click()),
  ],
  [
    'a deletion',
    (page) =>
      page
        .goto(`${api.url}/connections/con_live`)
        .then(() => page.getByText('Delete', { exact: true }).click()),
  ],
];

test('axe finds nothing in what opens over a page, in either theme', async () => {
  const { page, close } = await visit('/threads', { reducedMotion: 'reduce' });
  const found: string[] = [];
  for (const [name, open] of dialogs) {
    await page.goto(`${api.url}/threads`);
    await page.getByRole('heading', { level: 1, name: 'What do you want to know or do?' }).waitFor();
    await open(page);
    await page.waitForTimeout(200);
    found.push(...(await axeFinds(page, name)));
  }
  expect(found).toEqual([]);
  await close();
}, 120_000);

test('a question is sent, its answer streams in, and screen readers hear it', async () => {
  const { page, close } = await visit('/threads/th_empty');
  await page.getByRole('textbox', { name: 'Message' }).fill('How much is pending?');
  await page.keyboard.press('Enter');
  await page.getByRole('article', { name: 'You' }).getByText('How much is pending?').waitFor();
  await page.getByRole('button', { name: 'Stop' }).waitFor();
  const answer = page.getByRole('article', { name: 'Stripe Sleuth' }).last();
  await answer.getByText('Nothing was changed.').waitFor();
  await page.getByRole('button', { name: 'Send', exact: true }).waitFor();
  expect(await page.locator('[aria-live=polite]').first().textContent()).toContain('Nothing was changed.');
  await close();
});

test('a new thread is made with its first message', async () => {
  const { page, close } = await visit('/threads/new');
  await page.getByRole('button', { name: 'Who are my newest customers?' }).click();
  await page.getByRole('button', { name: 'Send', exact: true }).click();
  await page.waitForURL(/threads\/th_new/);
  await page.getByRole('article', { name: 'You' }).getByText('Who are my newest customers?').waitFor();
  await close();
});

test('a tool call says what it did, and shows all of it when opened', async () => {
  const { page, close } = await visit('/threads/th_balance');
  const call = page.getByRole('button', { name: /Created product Premium Subscription/ });
  await call.click();
  await page.getByText('req_Product01').waitFor();
  await page.getByRole('button', { name: 'Input', exact: true }).click();
  await page.getByText('"amount": "29.99"').waitFor();
  await close();
});

test('a table of an answer is put in order and taken along, and its ids lead to what they name', async () => {
  const { page, close } = await visit('/threads/th_table');
  await page.getByRole('button', { name: 'Amount' }).click();
  await page.getByRole('button', { name: 'Amount' }).click();
  expect(await page.getByRole('row').nth(1).textContent()).toContain('$1,250.00');
  const [file] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'CSV' }).click(),
  ]);
  expect(file.suggestedFilename()).toBe('table.csv');
  await page.getByRole('link', { name: 'cus_Maya0001' }).click();
  await page.getByRole('heading', { level: 1, name: 'Maya Okonkwo' }).waitFor();
  await close();
});

test('the keyboard opens places, threads and help', async () => {
  const { page, close } = await visit('/threads');
  await page.getByRole('heading', { name: 'What do you want to know or do?' }).waitFor();
  await page.keyboard.press('Escape');
  await page.evaluate(() => document.activeElement instanceof HTMLElement && document.activeElement.blur());
  await page.keyboard.press('g');
  await page.keyboard.press('o');
  await page.getByRole('heading', { level: 1, name: 'Operations' }).waitFor();
  await page.keyboard.press('?');
  await page.getByRole('dialog', { name: 'Keyboard' }).waitFor();
  await page.keyboard.press('Escape');
  const halt = page.getByRole('button', { name: 'Halt…' });
  await halt.click();
  await page.getByRole('textbox', { name: 'Why' }).waitFor();
  await page.keyboard.press('Escape');
  await expect.poll(() => halt.evaluate((it) => it === document.activeElement)).toBe(true);
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox', { name: 'Find anything' }).fill('refund');
  await page.getByRole('option', { name: /Refund Bob Loblaw/ }).click();
  await page.getByRole('heading', { level: 1, name: 'Refund Bob Loblaw’s last payment' }).waitFor();
  await close();
});

test('on a phone the list and the thread take turns, and the composer is at the thumb', async () => {
  const phone = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };
  const { page, close } = await visit('/threads', phone);
  await page.getByRole('link', { name: /Balance, customers/ }).click();
  const composer = await page.getByRole('textbox', { name: 'Message' }).boundingBox();
  expect(composer?.y).toBeGreaterThan(700);
  await page.getByRole('button', { name: 'Back to threads' }).click();
  await page.getByRole('searchbox', { name: 'Search threads' }).waitFor();
  await close();
});

test('whoever is not signed in is told where the link is', async () => {
  const closed = await startFakeApi({ signedIn: false });
  const context = await api.browser.newContext();
  const page = await context.newPage();
  await page.goto(`${closed.url}/agents`);
  await page.getByRole('heading', { name: 'Sign in to Purser' }).waitFor();
  await context.close();
  await closed.close();
});
