/**
 * Pictures of every place, in both themes, on a desk and on a phone, from a Purser on its demo account: into `artefacts/`.
 * With `--readme` only the pictures of the README, into `docs/images/`.
 */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { launchBrowser } from '../e2e/fixtures/browser.ts';
import { type Purser, startPurser } from '../e2e/fixtures/purser.ts';

const root = join(import.meta.dirname, '..');
const desk = { width: 1440, height: 900 };
const phone = { width: 390, height: 844 };
const themes = ['light', 'dark'] as const;
const places = [
  'threads',
  'inbox',
  'agents',
  'connections',
  'connections/new/stripe',
  'operations',
  'automations',
  'automations/new',
  'playbooks',
  'playbooks/orders',
  'orders',
  'reports',
  'customers',
  'outbox',
  'settings',
  'settings/models',
];
const questions = ['Can you check my Stripe account balance?', 'Show me my 5 newest customers'];

/** Asks in a new thread and waits for each answer. @returns the thread's path */
async function talk(page: Page): Promise<string> {
  for (const [index, question] of questions.entries()) {
    await page.getByRole('textbox', { name: 'Message' }).fill(question);
    await page.getByRole('button', { name: 'Send', exact: true }).click();
    await page.locator('article[aria-label="Stripe Sleuth"][aria-busy="false"]').nth(index).waitFor();
  }
  return new URL(page.url()).pathname;
}

/** Nothing on the page is loading any more: what came first may have begun to load something else. */
async function loaded(page: Page): Promise<void> {
  for (let round = 0; round < 3; round += 1) {
    await page.waitForFunction(() => document.querySelector('[aria-busy="true"]') === null);
    await page.evaluate(() => new Promise((painted) => requestAnimationFrame(() => setTimeout(painted, 60))));
  }
}

async function picture(page: Page, theme: string, path: string): Promise<void> {
  await page.evaluate((name) => document.documentElement.setAttribute('data-theme', name), theme);
  // Away from what shows itself under the pointer.
  await page.mouse.move(0, 0);
  await page.screenshot({ path, animations: 'disabled' });
}

async function readmePictures(page: Page): Promise<void> {
  const folder = join(root, 'docs/images');
  await mkdir(folder, { recursive: true });
  await picture(page, 'light', join(folder, 'thread.png'));
  await picture(page, 'dark', join(folder, 'thread-dark.png'));
}

async function allPictures(page: Page, url: string, thread: string): Promise<void> {
  const folder = join(root, 'artefacts');
  await mkdir(folder, { recursive: true });
  for (const place of [...places, thread.slice(1)]) {
    await page.setViewportSize(desk);
    await page.goto(`${url}/${place}`, { waitUntil: 'load' });
    await page.getByRole('heading', { level: 1 }).first().waitFor();
    await loaded(page);
    const name = place.startsWith('threads/') ? 'thread' : place.replaceAll('/', '-');
    for (const [width, size] of Object.entries({ desk, phone })) {
      await page.setViewportSize(size);
      await loaded(page);
      for (const theme of themes) await picture(page, theme, join(folder, `${name}-${theme}-${width}.png`));
    }
  }
}

async function main(): Promise<void> {
  let purser: Purser | undefined;
  let browser: Browser | undefined;
  try {
    purser = await startPurser({ PURSER_MODEL: 'builtin', PURSER_SANDBOX_SEED: undefined });
    browser = await launchBrowser();
    const page = await browser.newPage({ viewport: desk, reducedMotion: 'reduce' });
    await page.goto(purser.signInLink);
    const thread = await talk(page);
    if (process.argv.includes('--readme')) await readmePictures(page);
    else await allPictures(page, purser.url, thread);
  } finally {
    await browser?.close();
    await purser?.remove();
  }
}

await main();
