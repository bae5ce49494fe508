import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { control, freshKey, type SandboxProgram, startSandbox, stripeAt } from './fixtures/sandbox.ts';

const run = promisify(execFile);
const cli = createRequire(import.meta.url)
  .resolve(`@stripe/cli-${process.platform}-${process.arch}/package.json`)
  .replace(/package\.json$/, 'bin/stripe');

/** What the CLI calls otherwise than the event that then happens. */
const happensAs: Readonly<Record<string, string>> = {
  'subscription.payment_failed': 'invoice.payment_failed',
  'subscription.payment_succeeded': 'invoice.payment_succeeded',
  // Its fixture cancels a schedule that has not begun; Stripe speaks of aborted ones where arrears end the subscription.
  'subscription_schedule.aborted': 'subscription_schedule.canceled',
  // Its fixture lets the subscription go on, which Stripe calls releasing it.
  'subscription_schedule.completed': 'subscription_schedule.released',
};

/** What cannot happen here, and why. */
const cannot: readonly (readonly [RegExp, string])[] = [
  [
    /^v1\.billing\.meter\./,
    'the CLI sends these to an address of Stripe’s own, whatever API base it is given',
  ],
  [
    /^subscription_schedule\.expiring$/,
    'its fixture stops nine days before the schedule’s end, and Stripe tells of it seven days before',
  ],
];

/** Events of accounts that are gone by then: Connect webhooks hear of them, the list of events does not show them. */
const unlisted = new Set(['account.application.deauthorized']);

/** What an account needs first for what a fixture then does. */
const needs: readonly (readonly [RegExp, (key: string) => Promise<unknown>])[] = [
  // It transfers 1000 of a payment of 1000, of which fees were taken.
  [/^transfer\./, (key) => fund(key)],
  // Its customer has no card, and is in arrears for a month.
  [
    /^subscription_schedule\.completed$/,
    (key) => control(sandbox.url, key, 'billing', { after_last_retry: 'past_due' }),
  ],
];

function fund(key: string): Promise<unknown> {
  const source = 'tok_bypassPending';
  return stripeAt(sandbox.url, key).charges.create({ amount: 5000, currency: 'usd', source });
}

let sandbox: SandboxProgram;
beforeAll(async () => {
  sandbox = await startSandbox();
});
afterAll(() => sandbox.stop());

/** The official CLI, pointed at the sandbox and at nothing else. */
async function stripe(key: string, ...args: string[]): Promise<string> {
  const { stdout } = await run(cli, [...args, '--api-base', sandbox.url], {
    env: {
      HOME: tmpdir(),
      XDG_CONFIG_HOME: join(tmpdir(), 'sandbox-stripe-cli'),
      STRIPE_API_KEY: key,
      STRIPE_CLI_TELEMETRY_OPTOUT: '1',
      HTTPS_PROXY: 'http://127.0.0.1:9',
      NO_PROXY: '127.0.0.1,localhost',
    },
  });
  return stdout;
}

/** Every kind of event there was in an account and those connected to it. */
async function happenedIn(key: string): Promise<Set<string>> {
  const client = stripeAt(sandbox.url, key);
  const connected = await client.accounts.list({ limit: 100 });
  const seen = new Set<string>();
  for (const stripeAccount of [undefined, ...connected.data.map(({ id }) => id)]) {
    const options = stripeAccount === undefined ? {} : { stripeAccount };
    for await (const event of client.events.list({ limit: 100 }, options)) seen.add(event.type);
  }
  return seen;
}

/** Why an event did not happen; null when it did. */
async function failureOf(event: string): Promise<string | null> {
  const key = freshKey();
  const wanted = happensAs[event] ?? event.replace(/\.(eu|gb)$/, '');
  try {
    await needs.find(([events]) => events.test(event))?.[1](key);
    await stripe(key, 'trigger', event);
    if (unlisted.has(event)) return null;
    // Banks answer a moment later.
    await expect.poll(() => happenedIn(key), { timeout: 5000 }).toContain(wanted);
    return null;
  } catch (error) {
    return `${event}: ${error instanceof Error ? error.message.slice(0, 500) : error}`;
  }
}

test('the official CLI triggers every event it offers', async () => {
  const help = await run(cli, ['trigger', '--help']);
  const [, listed = ''] = /Supported events:([\s\S]*?)Usage:/.exec(help.stdout) ?? [];
  const events = listed.trim().split(/\s+/);
  expect(events.length).toBeGreaterThan(120);
  const waiting = events.filter((event) => !cannot.some(([some]) => some.test(event)));
  const failures: string[] = [];
  const worker = async () => {
    for (let event = waiting.pop(); event !== undefined; event = waiting.pop()) {
      const failure = await failureOf(event);
      if (failure !== null) failures.push(failure);
    }
  };
  await Promise.all([worker(), worker(), worker(), worker()]);
  expect(failures).toEqual([]);
}, 120_000);
