import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { axeFinds } from '../../e2e/fixtures/axe.ts';
import { launchBrowser } from '../../e2e/fixtures/browser.ts';
import { type FakeApi, startFakeApi } from '../dev/fake-api.ts';

let browser: Browser;
let api: FakeApi;

beforeAll(async () => {
  // As every start does: an old build would prove nothing.
  execFileSync(process.execPath, [join(import.meta.dirname, '../../scripts/setup.mjs'), '--for-developers']);
  browser = await launchBrowser();
  api = await startFakeApi();
}, 120_000);

afterAll(async () => {
  await browser?.close();
  await api?.close();
});

/** Opens a page, and fails the test on anything the browser complains about. */
async function visit(
  path: string,
  options: BrowserContextOptions = {},
): Promise<{ page: Page; close(): Promise<void> }> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error' && !message.text().includes('Failed to load resource'))
      complaints.push(message.text());
  });
  await page.goto(api.url + path);
  return {
    page,
    async close() {
      await context.close();
      expect(complaints).toEqual([]);
    },
  };
}

/** Within the application, as links do: loading all of it again for each screen would take longer than looking at it. */
async function walkTo(page: Page, path: string): Promise<void> {
  await page.evaluate((to) => {
    history.pushState({}, '', to);
    dispatchEvent(new PopStateEvent('popstate', { state: {} }));
  }, path);
}

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

test('the inbox: a batch with one left out, less than was asked for, and a no with its reason', async () => {
  const { page, close } = await visit('/inbox');
  const batch = page.getByRole('article', { name: /Send mail: 7 at once/ });
  await batch.getByRole('checkbox', { name: /Mail Bo/ }).uncheck();
  await batch.getByRole('button', { name: 'Approve 6 of 7' }).click();
  await page.getByRole('article', { name: /Approval: Mail Bo/ }).waitFor();
  const twin = page.getByRole('article', { name: /Refund \$40.00/ });
  await twin.getByText(/The same of \$40.00 was done 5 minutes ago/).waitFor();
  await twin.getByRole('button', { name: /^Lower or add a note/ }).click();
  await twin.getByRole('textbox', { name: 'Amount in USD' }).fill('41');
  await twin.getByText(/At most \$40.00/).waitFor();
  await twin.getByRole('textbox', { name: 'Amount in USD' }).fill('12.50');
  await twin.getByRole('button', { name: 'Refund $12.50' }).click();
  await twin.waitFor({ state: 'detached' });
  await page
    .getByRole('article', { name: /\$12,500/ })
    .getByText('Grace approved.')
    .waitFor();
  await page.getByRole('link', { name: 'Decide at Stripe' }).waitFor();
  await page.getByText(/Things changed after this was approved/).waitFor();
  const card = page.getByRole('article', { name: /Refund \$29.99 of \$29.99 to Bob Loblaw/ });
  await card.getByText('Live', { exact: true }).waitFor();
  await card.getByText('Harbor & Pine').waitFor();
  await card.getByRole('button', { name: 'Exact input' }).focus();
  await page.keyboard.press('a');
  expect(
    await card
      .getByRole('button', { name: 'Refund $29.99' })
      .evaluate((button) => button === document.activeElement),
  ).toBe(true);
  await page.keyboard.press('d');
  await card.getByRole('textbox', { name: /Why not/ }).fill('He asked for a credit instead');
  await card.getByRole('button', { name: 'Reject' }).click();
  await page.getByText('He asked for a credit instead').waitFor();
  await close();
});

test('operations: found by words, explained, undone; the kill switch is seen everywhere while it is on', async () => {
  const { page, close } = await visit('/operations');
  await page.getByRole('searchbox', { name: 'Search operations' }).fill('maya');
  await page.waitForURL(/q=maya/);
  await page.getByRole('link', { name: /Charge Maya/ }).click();
  const unknown = page.getByRole('region', { name: 'Outcome unknown' });
  await unknown.getByRole('button', { name: 'Look again now' }).click();
  await unknown.getByText('still nothing to be seen').waitFor();
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox', { name: 'Find anything' }).fill('kill');
  await page.keyboard.press('Enter');
  await page.getByRole('textbox', { name: 'Why' }).fill('Refunds look odd');
  await page.getByRole('button', { name: 'Halt everything' }).click();
  const banner = page.getByRole('status', { name: 'Halts' });
  await banner.getByText('Refunds look odd').waitFor();
  await page.goto(`${api.url}/operations/op_done`);
  await page.getByText('Approved by Ada Marsh').waitFor();
  await banner.getByRole('button', { name: 'Resume…' }).click();
  await page.getByRole('button', { name: 'Resume', exact: true }).click();
  await banner.getByText('Refunds look odd').waitFor({ state: 'detached' });
  await page.getByRole('button', { name: 'Undo…' }).click();
  await page.getByRole('button', { name: 'Delete the customer' }).click();
  await page.waitForURL(/threads\/th_balance/);
  await close();
});

test('a policy: rules in order, tried before they are saved', async () => {
  const { page, close } = await visit('/agents/ag_billing/connections');
  await page.getByText('2 rules', { exact: false }).waitFor();
  await page.getByRole('link', { name: 'Policy' }).click();
  await page.getByRole('button', { name: 'Move rule 2 up' }).click();
  await page.getByRole('button', { name: /1\. Never do: moving money above \$5,000/ }).waitFor();
  await page.getByRole('button', { name: 'Add a rule' }).click();
  await page.getByRole('combobox', { name: 'Tools' }).selectOption('Charge customer');
  await page.getByRole('button', { name: '3. Ask before: Charge customer' }).waitFor();
  const trial = page.getByRole('complementary', { name: 'Try it' });
  await trial.getByRole('textbox', { name: 'Amount' }).fill('80');
  await trial.getByRole('button', { name: 'Try it' }).click();
  await trial.getByText('Two people would have to approve it.').waitFor();
  await page.getByRole('button', { name: 'Save policy' }).click();
  await page.getByText('Policy saved').waitFor();
  await expect.poll(() => page.getByRole('button', { name: 'Save policy' }).isDisabled()).toBe(true);
  await close();
});

test('a task is made in plain words, a report is read as a table, a failed mail is sent again', async () => {
  const { page, close } = await visit('/automations/new?agent=ag_billing');
  await page.getByRole('textbox', { name: 'Name' }).fill('Overdue');
  await page.getByRole('textbox', { name: 'What to do' }).fill('List the invoices that are overdue.');
  const schedule = page.getByRole('textbox', { name: 'Schedule, in words or as cron' });
  await schedule.fill('now and then');
  await page.getByText(/Not understood/).waitFor();
  expect(await page.getByRole('button', { name: 'Make the task' }).isDisabled()).toBe(true);
  await schedule.fill('weekdays at 8:30');
  await page.getByText('At 09:00, only on Monday (America/New_York)').waitFor();
  const [made] = await Promise.all([
    page.waitForRequest((request) => request.method() === 'POST' && request.url().endsWith('/api/tasks')),
    page.getByRole('button', { name: 'Make the task' }).click(),
  ]);
  expect(made.postDataJSON()).toMatchObject({ agentId: 'ag_billing', trigger: { cron: '30 8 * * 1-5' } });
  await page.getByRole('heading', { level: 1, name: 'Overdue' }).waitFor();
  await page.getByRole('button', { name: 'Pause' }).click();
  await page.getByText('Paused').waitFor();
  await page.goto(`${api.url}/reports`);
  await page.getByRole('img', { name: /By month, USD/ }).waitFor();
  await page.getByText(/EUR does not tie out.*€1\.00 is not/).waitFor();
  await page.getByRole('radio', { name: 'Table' }).click();
  await page.getByRole('button', { name: 'Net' }).click();
  await page.getByRole('button', { name: 'Net' }).click();
  expect(await page.getByRole('row').nth(1).textContent()).toContain('$27,500.39');
  expect(await page.getByRole('link', { name: 'CSV' }).getAttribute('href')).toMatch(
    /^\/api\/reports\/revenue\?connectionId=con_demo&format=csv&table=by_month$/,
  );
  await page.goto(`${api.url}/outbox/mail_failed`);
  await page.frameLocator('iframe').getByText('your payment of').waitFor();
  await page.getByRole('button', { name: 'Send again…' }).click();
  await page.getByRole('button', { name: 'Send again', exact: true }).click();
  await page.getByText('Waiting', { exact: true }).waitFor();
  await close();
});

test('a customer is found by name, in the palette too, and their page says what the key may not read', async () => {
  const { page, close } = await visit('/customers');
  await page.getByRole('searchbox', { name: 'Name or address' }).fill('maya');
  await page.getByText('1 in all.').waitFor();
  await page.getByRole('link', { name: 'Maya Okonkwo' }).click();
  await page.getByRole('heading', { level: 1, name: 'Maya Okonkwo' }).waitFor();
  await page.getByText('Visa ending in 4242, expires 8/2030').waitFor();
  await page.getByText('Showing 3. There may be more').waitFor();
  await page.getByText('key may not read invoices').waitFor();
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox', { name: 'Find anything' }).fill('bobby');
  await page.getByRole('option', { name: /Bobby/ }).first().click();
  // A name is text, whatever it holds, and turns nothing around.
  await page.getByRole('heading', { level: 1, name: '<b>Bobby</b> gnp.exe' }).waitFor();
  await page.getByRole('link', { name: 'Copy or erase…' }).click();
  expect(await page.getByRole('textbox', { name: 'Customer’s id' }).inputValue()).toBe('cus_Hard0005');
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

test('a publishable key is refused beside the field, in words', async () => {
  const { page, close } = await visit('/connections/new/stripe');
  const key = page.getByLabel('Secret or restricted key');
  expect(await key.getAttribute('type')).toBe('password');
  await key.fill('pk_test_123');
  await page.getByRole('button', { name: 'Connect Stripe' }).click();
  await page.getByRole('alert').filter({ hasText: 'This is a publishable key' }).waitFor();
  expect(await key.getAttribute('aria-invalid')).toBe('true');
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
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(`${closed.url}/agents`);
  await page.getByRole('heading', { name: 'Sign in to Purser' }).waitFor();
  await context.close();
  await closed.close();
});
