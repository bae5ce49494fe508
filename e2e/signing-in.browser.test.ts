import pg from 'pg';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { appCode } from '../server/src/access/testing.ts';
import { axeFinds } from './fixtures/axe.ts';
import { complaintsOf, launchBrowser, screenshot } from './fixtures/browser.ts';
import { type Purser, postgresUrl, startPurser } from './fixtures/purser.ts';

const password = 'correct horse battery staple';
let purser: Purser;
let browser: Browser;
/** Passkeys are kept for names: the same server by its name. */
let origin: string;

beforeAll(async () => {
  [purser, browser] = await Promise.all([startPurser({ PURSER_SANDBOX_PORT: '0' }), launchBrowser()]);
  origin = purser.url.replace('127.0.0.1', 'localhost');
}, 90_000);
afterAll(async () => {
  await browser?.close();
  await purser?.remove();
});

/** A phone's lock that always knows its owner (WebAuthn's own virtual authenticator). */
async function withAuthenticator(page: Page): Promise<void> {
  const devtools = await page.context().newCDPSession(page);
  await devtools.send('WebAuthn.enable');
  await devtools.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      ...{ protocol: 'ctap2', transport: 'internal', hasResidentKey: true },
      ...{ hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true },
    },
  });
}

it('joins by invitation, sets up app and passkey, and signs in with each', async () => {
  const context = await browser.newContext({ viewport: { width: 390, height: 844 } });
  context.setDefaultTimeout(10_000);
  const complaints = complaintsOf(context);
  const page = await context.newPage();
  await withAuthenticator(page);
  const button = (name: string | RegExp) =>
    page.getByRole('button', { name, exact: typeof name === 'string' });
  const found: string[] = [];

  const invited = await purser.api<{ link: string }>('POST', '/api/invitations', {
    email: 'mo@example.com',
    role: 'owner',
  });
  await page.goto(invited.body.link.replace('127.0.0.1', 'localhost'));
  await page.getByText('invites mo@example.com').waitFor();
  found.push(...(await axeFinds(page, 'join')));
  await screenshot(page, 'join-phone');
  await page.getByLabel('Your name').fill('Mo <img src=x onerror=alert(1)>');
  await page.getByLabel('Password').fill(password);
  await button('Join').click();
  await page.getByRole('navigation', { name: 'Places' }).waitFor();

  await page.goto(`${origin}/settings/security`);
  await button('Set up').click();
  await page.getByLabel('Your password').fill(password);
  await button('Continue').click();
  await page.getByRole('img', { name: 'Key for the authenticator app' }).waitFor();
  await screenshot(page, 'codes-phone');
  const secret = await page
    .locator('code')
    .filter({ hasText: /^[A-Z2-7]{20,}$/ })
    .textContent();
  const uri = `otpauth://totp/x?secret=${secret}`;
  await page.getByLabel('The code it shows').fill(appCode(uri, new Date(), -1));
  await button('Turn on').click();
  await page.getByText('Keep these recovery codes').waitFor();
  const [recoveryCode = ''] = await page.getByRole('dialog').getByRole('listitem').allInnerTexts();
  await button('I have kept them').click();
  await button('Add a passkey').click();
  await page.getByRole('button', { name: /^Remove passkey/ }).waitFor();
  await screenshot(page, 'sign-in-methods-phone');
  await page.goto(`${origin}/settings/people`);
  await page.locator('#main').getByText('Mo <img src=x onerror=alert(1)>', { exact: true }).waitFor();
  await screenshot(page, 'people-phone');

  const signOut = async () => {
    await page.goto(`${origin}/settings`);
    await button('Sign out').click();
    await page.getByRole('heading', { name: 'Sign in to Purser' }).waitFor();
  };
  await signOut();
  await screenshot(page, 'sign-in-phone');
  await button('Sign in with a passkey').click();
  await page.getByRole('navigation', { name: 'Places' }).waitFor();

  for (const [isLost, code] of [
    [false, appCode(uri)],
    [true, recoveryCode],
  ] as const) {
    await signOut();
    await page.getByLabel('E-mail').fill('mo@example.com');
    await page.getByLabel('Password').fill(password);
    await button('Sign in').click();
    await page.getByRole('heading', { name: 'Enter the code' }).waitFor();
    if (isLost) await button('Lost your phone?').click();
    else found.push(...(await axeFinds(page, 'code')));
    await page.getByLabel(isLost ? 'Recovery code' : 'Code').fill(code);
    await button('Sign in').click();
    await page.getByRole('navigation', { name: 'Places' }).waitFor();
  }

  // An hour later somebody wants a token of hers.
  const database = new pg.Client({ connectionString: await postgresUrl(purser) });
  await database.connect();
  await database.query(`update auth.session set "provenAt" = now() - interval '1 hour'`);
  await database.end();
  await page.goto(`${origin}/settings/tokens`);
  await button('New token').click();
  await page.getByLabel('Name').fill('ci');
  await button('Create token').click();
  const asks = page.getByRole('dialog', { name: 'Confirm that it is you' });
  await asks.waitFor();
  found.push(...(await axeFinds(page, 'step-up')));
  await screenshot(page, 'step-up-phone');
  await asks.getByLabel('Code of your app, or a recovery code').fill('000000');
  await asks.getByRole('button', { name: 'Confirm' }).click();
  await asks.getByText('This code is not right').waitFor();
  await asks.getByRole('button', { name: 'Use your passkey' }).click();
  await page.getByRole('button', { name: 'Copy token' }).waitFor();
  const width = await page.evaluate(() => document.documentElement.scrollWidth);
  expect(width).toBe(390);
  expect(found).toEqual([]);
  expect(complaints).toEqual([]);
  await context.close();
}, 90_000);
