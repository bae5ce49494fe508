import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Browsing, startBrowsing } from '../dev/browse.ts';

let api: Browsing;
beforeAll(async () => {
  api = await startBrowsing();
}, 120_000);
afterAll(() => api?.close());
const visit: Browsing['visit'] = (path, options) => api.visit(path, options);

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
  await page.getByText(/is no schedule/).waitFor();
  await schedule.fill('weekdays at 8:30');
  await page.getByText('At 09:00, only on Monday (America/New_York)').waitFor();
  const [made] = await Promise.all([
    page.waitForRequest((request) => request.method() === 'POST' && request.url().endsWith('/api/tasks')),
    page.getByRole('button', { name: 'Make the task' }).click(),
  ]);
  expect(made.postDataJSON()).toMatchObject({ agentId: 'ag_billing', trigger: { cron: 'weekdays at 8:30' } });
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
  const title = page.getByRole('heading', { level: 1, name: 'Maya Okonkwo' });
  await title.waitFor();
  await expect.poll(() => title.evaluate((it) => it === document.activeElement)).toBe(true);
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

test('without a connection a screen says so, and fills by itself once it is back', async () => {
  const { page, close } = await visit('/agents');
  // Screens are fetched ahead, this one last.
  await page.waitForFunction(() =>
    performance.getEntriesByType('resource').some(({ name }) => name.includes('settings-screen')),
  );
  await page.context().setOffline(true);
  await page.getByRole('link', { name: 'Operations' }).click();
  await page.getByRole('alert').filter({ hasText: 'Purser cannot be reached' }).waitFor();
  await page.getByRole('status').filter({ hasText: 'You can read what is loaded' }).waitFor();
  await page.context().setOffline(false);
  await page.getByRole('link', { name: 'Charge Maya Okonkwo $1,250.00' }).waitFor();
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
