import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { freshKey, type SandboxProgram, startSandbox, stripeAt } from './fixtures/sandbox.ts';

const run = promisify(execFile);
const cli = createRequire(import.meta.url)
  .resolve(`@stripe/cli-${process.platform}-${process.arch}/package.json`)
  .replace(/package\.json$/, 'bin/stripe');

/** What the CLI calls otherwise than the event that then happens. */
const happensAs: Readonly<Record<string, string>> = {
  'subscription.payment_failed': 'invoice.payment_failed',
  'subscription.payment_succeeded': 'invoice.payment_succeeded',
};

/** The CLI sends these to an address of Stripe's own, whatever API base it is given. */
const outOfReach = /^v1\.billing\.meter\./;

/** The CLI's fixture for these sends a parameter that later versions dropped (`iterations`), so it is told an older one. */
const ofOlderApi = /^subscription_schedule\./;

/** Events that the sandbox does not bring about yet. Only ever shorter. */
const notYet = new Set([
  'account.application.deauthorized',
  'customer.discount.created',
  'customer.discount.deleted',
  'customer.discount.updated',
  'customer.subscription.paused',
  'identity.verification_session.canceled',
  'identity.verification_session.created',
  'identity.verification_session.redacted',
  'issuing_authorization.request',
  'issuing_authorization.request.eu',
  'issuing_authorization.request.gb',
  'issuing_card.created',
  'issuing_card.created.eu',
  'issuing_card.created.gb',
  'issuing_cardholder.created',
  'issuing_cardholder.created.eu',
  'issuing_cardholder.created.gb',
  'issuing_transaction.created',
  'issuing_transaction.purchase_details_receipt_updated',
  'issuing_transaction.updated',
  'subscription_schedule.aborted',
  'subscription_schedule.completed',
  'subscription_schedule.expiring',
  'transfer.created',
  'transfer.reversed',
  'transfer.updated',
]);

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
    const version = ofOlderApi.test(event) ? ['--api-version', '2022-11-15'] : [];
    await stripe(key, 'trigger', event, ...version);
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
  const waiting = events.filter((event) => !outOfReach.test(event) && !notYet.has(event));
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
