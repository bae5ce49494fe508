import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { expect } from 'vitest';
import { launchBrowser } from '../../e2e/fixtures/browser.ts';
import { startFakeApi } from './fake-api.ts';

/** A page under test; closing it fails the test on anything the browser complained about. */
interface Visited {
  page: Page;
  close(): Promise<void>;
}

/** The built console on a made-up API, in Chromium. */
export interface Browsing {
  readonly url: string;
  readonly browser: Browser;
  visit(path: string, options?: BrowserContextOptions): Promise<Visited>;
  close(): Promise<void>;
}

export async function startBrowsing(): Promise<Browsing> {
  // As every start does: an old build would prove nothing.
  execFileSync(process.execPath, [join(import.meta.dirname, '../../scripts/setup.mjs'), '--for-developers']);
  const [browser, api] = await Promise.all([launchBrowser(), startFakeApi()]);
  return {
    url: api.url,
    browser,
    visit: (path, options = {}) => visit(browser, api.url + path, options),
    async close() {
      await browser.close();
      await api.close();
    },
  };
}

async function visit(browser: Browser, url: string, options: BrowserContextOptions): Promise<Visited> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error' && !message.text().includes('Failed to load resource'))
      complaints.push(message.text());
  });
  await page.goto(url);
  return {
    page,
    async close() {
      await context.close();
      expect(complaints).toEqual([]);
    },
  };
}

/** Within the application, as links do: loading all of it again for each screen would take longer than looking at it. */
export async function walkTo(page: Page, path: string): Promise<void> {
  await page.evaluate((to) => {
    history.pushState({}, '', to);
    dispatchEvent(new PopStateEvent('popstate', { state: {} }));
  }, path);
}
