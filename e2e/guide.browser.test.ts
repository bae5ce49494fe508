import type { Agent } from '@purser/server/api';
import type { Browser, BrowserContext, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { axeFinds } from './fixtures/axe.ts';
import { complaintsOf, launchBrowser, screenshot } from './fixtures/browser.ts';
import { freePort } from './fixtures/free-port.ts';
import { type Purser, startPurser } from './fixtures/purser.ts';
import { control, freshKey, stripeAt } from './fixtures/sandbox.ts';
import { type SlowModel, startSlowModel } from './fixtures/slow-model.ts';

let slow: SlowModel;
let purser: Purser;
let browser: Browser;
let context: BrowserContext;
let page: Page;
let complaints: string[];
const apiKey = freshKey();

beforeAll(async () => {
  slow = await startSlowModel('The first half is here. ', 'And this is the second half.');
  [purser, browser] = await Promise.all([
    startPurser({ PURSER_MODEL: 'builtin', OPENAI_COMPATIBLE_BASE_URL: slow.baseUrl }),
    launchBrowser(),
  ]);
  context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  context.setDefaultTimeout(10_000);
  complaints = complaintsOf(context);
  page = await context.newPage();
}, 90_000);
afterAll(async () => {
  await browser?.close();
  await purser?.remove();
  await slow?.close();
});

const button = (name: string | RegExp, within: Page | Locator = page) =>
  within.getByRole('button', { name, exact: typeof name === 'string' });
const field = (name: string | RegExp) => page.getByRole('textbox', { name });
const heading = (name: string | RegExp) => page.getByRole('heading', { level: 1, name });
const place = (name: string) =>
  page
    .getByRole('navigation', { name: 'Places' })
    .getByRole('link', { name: new RegExp(`^${name}`) })
    .click();

/** Says something in the open thread and waits until the turn rests. @returns the answer */
async function ask(text: string, agent = 'Guide', at: Page = page): Promise<Locator> {
  const answers = at.getByRole('article', { name: agent });
  const before = await answers.count();
  await at.getByRole('textbox', { name: 'Message' }).fill(text);
  // Waits until the turn before is over for the composer, too.
  await at.getByRole('button', { name: 'Send', exact: true }).click();
  const answer = at.locator(`article[aria-label="${agent}"][aria-busy="false"]`).nth(before);
  await answer.waitFor();
  return answer;
}

const card = (answer: Locator, name: RegExp) => answer.getByRole('button', { name });

describe('the guide in a browser', () => {
  it('1: opens signed in, with Stripe Sleuth on the demo account and a way to one’s own', async () => {
    await page.goto(purser.signInLink);
    await heading('What do you want to know or do?').waitFor();
    await button(/Agent: Stripe Sleuth/).waitFor();
    await page.getByRole('heading', { name: 'From the demo to your business' }).waitFor();
    await page.getByRole('link', { name: /Make your own agent/ }).waitFor();
    await screenshot(page, 'guide-01-first-run');

    const stranger = await browser.newContext();
    const late = await stranger.newPage();
    await late.goto(purser.signInLink);
    await late
      .getByRole('alert')
      .getByText(/used before/)
      .waitFor();
    await stranger.close();
  });

  it('2: makes an agent by its name, and edits its profile', async () => {
    await place('Agents');
    await page.getByRole('link', { name: /Stripe Sleuth.*Demo/ }).waitFor();
    await button('New agent').click();
    await field('Name').fill('Guide');
    await button('Create agent').click();
    await heading('Guide').waitFor();
    for (const tab of ['Overview', 'Instructions', 'Connections', 'Tasks', 'Knowledge', 'Threads'])
      await page
        .getByRole('navigation', { name: 'Agent' })
        .getByRole('link', { name: new RegExp(`^${tab}`) })
        .waitFor();
    await field('Description').fill('Follows the guide');
    await button('Save changes').click();
    await page.getByText('Saved').first().waitFor();
    await page.reload();
    expect(await field('Description').inputValue()).toBe('Follows the guide');
    await screenshot(page, 'guide-02-agent');
  });

  it('2: makes another where a thread begins', async () => {
    await place('Threads');
    await button(/Agent: /).click();
    await page.getByRole('combobox').fill('Second');
    await page.getByRole('option', { name: /Create .Second/ }).click();
    await button(/Agent: Second/).waitFor();
  });

  it('3: says clearly why a key cannot be used, and connects a good one', async () => {
    await place('Connections');
    await page.getByRole('link', { name: /^Stripe Payments/ }).waitFor();
    await place('Agents');
    await page.getByRole('link', { name: /^.*Guide.*Follows/ }).click();
    await page
      .getByRole('link', { name: /^Connections/ })
      .last()
      .click();
    await page.getByRole('link', { name: 'Connect Stripe' }).first().click();
    await heading('Connect Stripe').waitFor();
    await button('Advanced').click();
    const sandbox = purser.sandboxUrl ?? '';
    const owner = freshKey();
    const revoked = await control<{ secret: string }>(sandbox, owner, 'restricted_keys', {
      permissions: { balance: 'read' },
    });
    await control(sandbox, owner, 'restricted_keys/revoke', { secret: revoked.secret });
    const bad: [string, string, RegExp][] = [
      ['pk_test_51Abcdefghijklmnop', sandbox, /publishable key/],
      [`rk_test_51${'Z'.repeat(48)}`, sandbox, /does not know this key/],
      [revoked.secret, sandbox, /expired or was revoked/],
      [apiKey, `http://127.0.0.1:${await freePort()}`, /Nothing listens/],
    ];
    for (const [key, address, words] of bad) {
      await field('Secret or restricted key').fill(key);
      await field('Server address').fill(address);
      await button('Connect Stripe').click();
      await page.getByRole('alert').filter({ hasText: words }).waitFor();
    }
    await screenshot(page, 'guide-03-refused-key');
    await field('Server address').fill(sandbox);
    await button('Connect Stripe').click();
    await heading('Sandbox account').waitFor();
    await page.getByText('Test', { exact: true }).first().waitFor();
    await page.getByText(`…${apiKey.slice(-4)}`).waitFor();
    await page.getByRole('heading', { name: 'What the key may do' }).waitFor();
    await page.getByRole('link', { name: 'Guide' }).waitFor();
    expect(await page.content()).not.toContain(apiKey);
    await screenshot(page, 'guide-03-connection');
  });

  it('4: checks the balance, with everything about the call behind it', async () => {
    await page.getByRole('link', { name: 'Guide' }).click();
    await page.getByRole('link', { name: 'New thread' }).last().click();
    await button(/Agent: Guide/).waitFor();
    const answer = await ask('Can you check my Stripe account balance?');
    await answer
      .getByText(/Available/)
      .first()
      .waitFor();
    await answer
      .getByText(/Pending/)
      .first()
      .waitFor();
    await card(answer, /Read the balance/).click();
    await answer.getByText(/^req_/).waitFor();
    await answer.getByText(/took \d/).waitFor();
    await button('Input', answer).click();
    await button('Output', answer).click();
    await answer
      .getByText(/"available"/)
      .first()
      .waitFor();
    await screenshot(page, 'guide-04-balance');
  });

  it('5–6: lists customers and products, and creates one with its price', async () => {
    const stripe = stripeAt(purser.sandboxUrl ?? '', apiKey);
    await stripe.customers.create({ name: 'Ada Early', email: 'ada@example.com' });
    await stripe.products.create({ name: 'Starter' });
    const lists = await ask('Can you list my recent customers and products?');
    await card(lists, /Found 1 customer/).waitFor();
    await card(lists, /Found 1 product/).waitFor();
    await lists.getByText('Ada Early').first().waitFor();
    await screenshot(page, 'guide-05-lists');
    const created = await ask(
      'Can you create a test product called "Premium Subscription" with a monthly price of $29.99?',
    );
    await card(created, /Created product Premium Subscription/).waitFor();
    await created
      .getByText(/\$29\.99/)
      .first()
      .waitFor();
    await screenshot(page, 'guide-06-product');
  });

  it('7: takes a business context for instructions', async () => {
    const thread = page.url();
    await page.getByRole('link', { name: 'Guide', exact: true }).first().click();
    await page.getByRole('link', { name: /^Instructions/ }).click();
    await field('Instructions').fill(
      '# Northwind\n\nPremium Subscription, $29.99 a month.\n\nNever refund more than $20.',
    );
    await button('Save instructions').click();
    await page.getByText('Saved').first().waitFor();
    await screenshot(page, 'guide-07-instructions');
    await page.goto(thread);
    await page.getByRole('article', { name: 'Guide' }).first().waitFor();
  });

  it('8–9: creates a customer and a payment, pays it, and explains a decline', async () => {
    const bob = await ask(
      'Can you create a new customer with email bob.loblaw@example.com and name "Bob Loblaw"?',
    );
    await card(bob, /Created customer Bob Loblaw/).waitFor();
    const create = 'Can you create a payment intent for $50 for customer bob.loblaw@example.com?';
    await card(await ask(create), /Created a payment intent for \$50\.00/).waitFor();
    const paid = await ask('Pay it with test card 4242 4242 4242 4242');
    await paid
      .getByText(/succeeded|paid/i)
      .first()
      .waitFor();
    await screenshot(page, 'guide-09-paid');
    await card(await ask(create), /Created a payment intent/).waitFor();
    const declined = await ask('Now pay that one with 4000 0000 0000 0002');
    await declined
      .getByText(/declined/i)
      .first()
      .waitFor();
    await screenshot(page, 'guide-09-declined');
    const stripe = stripeAt(purser.sandboxUrl ?? '', apiKey);
    const intents = (await stripe.paymentIntents.list()).data.map(({ status }) => status).sort();
    expect(intents).toEqual(['requires_payment_method', 'succeeded']);
  });

  it('7: goes by the business context from then on', async () => {
    const refused = await ask('Refund $30 of the last payment of bob.loblaw@example.com');
    await refused.getByText(/Never refund more than \$20/).waitFor();
  });

  it('10: subscribes the customer', async () => {
    const answer = await ask(
      'Can you create a monthly subscription for Bob Loblaw using the Premium Subscription product?',
    );
    await card(answer, /Subscribed Bob Loblaw/).waitFor();
    await screenshot(page, 'guide-10-subscription');
    await place('Operations');
    await page
      .getByRole('link', { name: /Bob Loblaw/ })
      .first()
      .waitFor();
  });

  it('finds the thread again by what was said in it', async () => {
    await place('Threads');
    await page.getByRole('searchbox', { name: 'Search threads' }).fill('loblaw');
    await page
      .getByRole('link', { name: /balance/i })
      .first()
      .click();
    await page.getByRole('article', { name: 'Guide' }).first().waitFor();
    await page.getByRole('searchbox', { name: 'Search threads' }).fill('no such words');
    await page.getByText('No thread found').waitFor();
    await page.getByRole('searchbox', { name: 'Search threads' }).fill('');
  });
});

describe('approvals in a browser', () => {
  it('are counted in the inbox, shown in the thread, and act when given', async () => {
    const stripe = stripeAt(purser.sandboxUrl ?? '', apiKey);
    const { id } = await stripe.customers.create({ name: 'Doomed', email: 'doomed@example.com' });
    await field('Message').fill('Delete the customer doomed@example.com');
    await button('Send').click();
    const approval = page.getByRole('article', { name: /Delete customer Doomed/ });
    await approval.getByText('Waiting for you').waitFor();
    await page.getByRole('link', { name: /Inbox.*1 waiting/ }).click();
    await approval.waitFor();
    await screenshot(page, 'approval-inbox');
    await button('Delete customer', approval).click();
    await page.getByText('Nothing waits for you').waitFor();
    await page.goBack();
    await page.getByRole('button', { name: /Deleted the customer Doomed/ }).waitFor();
    expect((await stripe.customers.retrieve(id)).deleted).toBe(true);
  });
});

describe('a long answer', () => {
  let second: Page;
  const said = (at: Page, text: string) => at.getByRole('article', { name: 'Slow' }).getByText(text);
  const half = (at: Page) => said(at, 'The first half is here.');
  const whole = (at: Page) => said(at, 'The first half is here. And this is the second half.');

  it('stops in every window that shows it, when it is told to', async () => {
    const made = await purser.api<{ id: string }>('POST', '/api/agents', {
      name: 'Slow',
      model: 'openai-compatible/slow',
    });
    const thread = await purser.api<{ id: string }>('POST', '/api/threads', { agentId: made.body.id });
    second = await context.newPage();
    await Promise.all([page, second].map((each) => each.goto(`${purser.url}/threads/${thread.body.id}`)));
    await field('Message').fill('Tell me a story');
    await page.keyboard.press('Enter');
    await Promise.all([half(page).waitFor(), half(second).waitFor()]);
    await button('Stop', second).click();
    for (const each of [page, second]) {
      await each.getByText('Stopped. What was done before stays done.').waitFor();
      await half(each).waitFor();
      await button('Send', each).waitFor();
    }
  });

  it('goes on after a reload in the middle of it, in step in two windows', async () => {
    await button('Try again').click();
    await Promise.all([button('Stop', page).waitFor(), button('Stop', second).waitFor()]);
    await half(page).waitFor();
    await page.reload();
    await half(page).waitFor();
    await button('Stop').waitFor();
    await screenshot(page, 'half-an-answer');
    slow.goOn();
    await Promise.all([whole(page).waitFor(), whole(second).waitFor()]);
    expect(await page.getByRole('article', { name: 'You' }).count()).toBe(1);
    expect(slow.begun()).toBe(2);
    await second.close();
  });

  it('has two windows in step also in what is asked', async () => {
    second = await context.newPage();
    await second.goto(page.url());
    await ask('And another', 'Slow', second);
    await page.getByRole('article', { name: 'You' }).getByText('And another').waitFor();
    await whole(page).nth(1).waitFor();
    await second.close();
  });
});

/** Every place, as the guide left it, with the words that show it is there. */
async function screens(): Promise<[string, string, RegExp][]> {
  const first = async (list: string) =>
    (await purser.api<{ data: { id: string }[] }>('GET', `/api/${list}`)).body.data[0]?.id;
  const agents = (await purser.api<{ data: Agent[] }>('GET', '/api/agents')).body.data;
  const found = agents.find(({ name }) => name === 'Guide');
  const guide = found?.id;
  const attached = found?.connections[0]?.connectionId;
  const threads = (await purser.api<{ data: { id: string }[] }>('GET', `/api/threads?agentId=${guide}`)).body
    .data;
  return [
    ['threads', '/threads', /What do you want/],
    ['thread', `/threads/${threads[0]?.id}`, /balance/i],
    ['inbox', '/inbox', /Inbox/],
    ['agents', '/agents', /Agents/],
    ['agent', `/agents/${guide}`, /Guide/],
    ['agent-instructions', `/agents/${guide}/instructions`, /Guide/],
    ['agent-connections', `/agents/${guide}/connections`, /Guide/],
    ['connections', '/connections', /Connections/],
    ['connection', `/connections/${await first('connections')}`, /Demo account/],
    ['connect', '/connections/new/stripe', /Connect Stripe/],
    ['operations', '/operations', /Operations/],
    ['operation', `/operations/${await first('operations')}`, /Deleted? (the )?customer/],
    ['policy', `/agents/${guide}/policy/${attached}`, /What Guide may do/],
    ['automations', '/automations/new', /New task/],
    ['reports', '/reports', /Reports/],
    ['outbox', '/outbox', /Outbox/],
    ['settings', '/settings', /Settings/],
    ['tokens', '/settings/tokens', /Settings/],
  ];
}

describe('every screen', () => {
  it('is there, with nothing wider than a phone’s window; its pictures are kept where they are wanted', async () => {
    const desktop = { width: 1280, height: 800 };
    const phone = { width: 390, height: 844 };
    await page.emulateMedia({ reducedMotion: 'reduce' });
    for (const [name, path, title] of await screens()) {
      await page.setViewportSize(desktop);
      await page.goto(purser.url + path);
      await heading(title).waitFor();
      await page.locator('[aria-busy=true]').first().waitFor({ state: 'detached' });
      for (const colorScheme of ['dark', 'light'] as const) {
        await page.emulateMedia({ colorScheme });
        await screenshot(page, `${name}-${colorScheme}`);
      }
      await page.setViewportSize(phone);
      await (name === 'threads' ? heading('Threads') : heading(title)).waitFor();
      const width = await page.evaluate(() => document.documentElement.scrollWidth);
      expect([name, width]).toEqual([name, phone.width]);
      await screenshot(page, `${name}-phone`);
    }
    await page.setViewportSize(desktop);
  }, 60_000);

  it('that shows what was really done has nothing for axe to find, in either theme', async () => {
    const found: string[] = [];
    const real = new Set(['thread', 'connection', 'operation']);
    for (const [, path, title] of (await screens()).filter(([name]) => real.has(name))) {
      await page.goto(purser.url + path);
      await heading(title).waitFor();
      await page.locator('[aria-busy=true]').first().waitFor({ state: 'detached' });
      found.push(...(await axeFinds(page, path)));
    }
    expect(found).toEqual([]);
  });

  it('complained about nothing all the while', () => {
    expect(complaints).toEqual([]);
  });
});
