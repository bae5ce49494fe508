import type Stripe from 'stripe';
import type { Account, Mode } from '../../tools/account.ts';
import type { Permission } from '../../tools/tool.ts';
import { type CheckedConnection, ConnectionProblem, type ConnectionTarget } from '../connection.ts';
import { type ApiKey, parseApiKey } from './api-key.ts';
import { createStripeClient, isStripeError, type StripeClient } from './client.ts';
import { examineKey, keyWarnings } from './key-doctor.ts';
import { accountIdIn, keysUrl } from './permissions.ts';

/** A person waits for this answer. */
const checkTimeoutMs = 15_000;

interface Found {
  readonly account: Account;
  readonly timeZone: string;
  /** What Stripe says, where it says anything. */
  readonly livemode: boolean | undefined;
}

function accountFrom(account: Stripe.Account): Account {
  const name =
    account.settings?.dashboard?.display_name ||
    account.business_profile?.name ||
    account.email ||
    account.id;
  return {
    id: account.id,
    name,
    country: account.country ?? null,
    defaultCurrency: account.default_currency ?? null,
  };
}

/** A 403 names the account: a key that may not read it still shows whose it is. */
function accountFromRefusal(error: unknown, wanted: string | undefined): Account {
  if (!isStripeError(error) || error.statusCode !== 403) throw error;
  if (wanted !== undefined && error.code === 'account_invalid') throw notConnected(wanted, error);
  const id = wanted ?? accountIdIn(error.message);
  if (!id) throw error;
  return { id, name: id, country: null, defaultCurrency: null };
}

function notConnected(wanted: string, cause?: unknown): ConnectionProblem {
  return new ConnectionProblem(
    'account_not_connected',
    `The key may not act for ${wanted}: no account of that id is connected to its platform.`,
    'Copy the id from Connect → Connected accounts, in the same mode as the key; or leave it out.',
    cause,
  );
}

async function findAccount(
  api: Stripe,
  wanted: string | undefined,
): Promise<Pick<Found, 'account' | 'timeZone'>> {
  try {
    const account = await api.accounts.retrieveCurrent();
    return { account: accountFrom(account), timeZone: account.settings?.dashboard?.timezone ?? 'UTC' };
  } catch (error) {
    return { account: accountFromRefusal(error, wanted), timeZone: 'UTC' };
  }
}

async function findMode(api: Stripe): Promise<boolean | undefined> {
  try {
    return (await api.balance.retrieve()).livemode;
  } catch (error) {
    if (isStripeError(error) && (error.statusCode === 403 || error.statusCode === 501)) return undefined;
    throw error;
  }
}

async function look(api: Stripe, wanted: string | undefined): Promise<Found> {
  const found = await findAccount(api, wanted);
  if (!/^acct_/.test(found.account.id)) throw notStripe();
  if (wanted !== undefined && found.account.id !== wanted) throw notConnected(wanted);
  return { ...found, livemode: await findMode(api) };
}

/** The account as its platform's key sees it: whose key that is belongs to it. */
async function withPlatform(found: Found, client: StripeClient): Promise<Found> {
  const ran = await client.run((api) => findAccount(api, undefined));
  if (!ran.ok) throw ran.error;
  const { id, name } = ran.value.account;
  return id === found.account.id
    ? found
    : { ...found, account: { ...found.account, platform: { id, name } } };
}

function notStripe(cause?: unknown): ConnectionProblem {
  const message = 'Something answers at that address, but it is not Stripe’s API.';
  return new ConnectionProblem(
    'not_stripe',
    message,
    'Check the address; leave it empty for Stripe itself.',
    cause,
  );
}

const causeCode = (error: Stripe.errors.StripeError): string | undefined => {
  const detail: unknown = error.detail;
  return typeof detail === 'object' && detail !== null && 'code' in detail ? String(detail.code) : undefined;
};

function connectionProblem(error: Stripe.errors.StripeError, where: string): ConnectionProblem {
  const code = causeCode(error);
  const next = 'Check the address and the network, then try again.';
  const said: Readonly<Record<string, string>> = {
    ECONNREFUSED: `Nothing listens at ${where}.`,
    ENOTFOUND: `The name in ${where} does not exist.`,
    EAI_AGAIN: `The name in ${where} could not be looked up: there may be no network.`,
    ETIMEDOUT: `${where} did not answer in time.`,
  };
  if (code?.startsWith('HPE_')) return notStripe(error);
  if (code && /TLS|SSL|CERT|EPROTO/.test(code)) {
    return new ConnectionProblem(
      'unreachable',
      `No secure connection to ${where} could be made.`,
      next,
      error,
    );
  }
  return new ConnectionProblem(
    'unreachable',
    said[code ?? ''] ?? `The connection to ${where} broke off.`,
    next,
    error,
  );
}

/** What a failed check means, in words of its own. */
function problemFrom(error: unknown, mode: Mode, where: string): unknown {
  if (!isStripeError(error)) return error;
  const fresh = `Make a new key at ${keysUrl(mode)} and paste it here.`;
  if (error.type === 'StripeConnectionError') return connectionProblem(error, where);
  if (error.code === 'api_key_expired') {
    return new ConnectionProblem('key_expired', 'This key has expired or was revoked.', fresh, error);
  }
  if (error.statusCode === 401) {
    const next = `Copy the key again from ${keysUrl(mode)}; it must be of the account you mean.`;
    return new ConnectionProblem('key_wrong', 'Stripe does not know this key.', next, error);
  }
  if (error.statusCode === 403) {
    const next = `Give the key at least "Balance" to read, at ${keysUrl(mode)}.`;
    return new ConnectionProblem(
      'key_powerless',
      'Stripe knows this key, but it may not even see whose account it is.',
      next,
      error,
    );
  }
  if (error.statusCode === 429) {
    return new ConnectionProblem(
      'rate_limited',
      'Stripe is getting too many requests from this account.',
      'Try again in a minute.',
      error,
    );
  }
  if (error.statusCode !== undefined && error.statusCode >= 500 && error.requestId) {
    return new ConnectionProblem(
      'stripe_unavailable',
      'Stripe answered with an error of its own.',
      'Try again in a minute.',
      error,
    );
  }
  return notStripe(error);
}

function assertMode(key: ApiKey, found: Found): void {
  if (found.livemode === undefined || found.livemode === (key.mode === 'live')) return;
  const says = found.livemode ? 'live' : 'test';
  throw new ConnectionProblem(
    'mode_mismatch',
    `The key is for ${key.mode} mode, but the account answers in ${says} mode.`,
    'Check the address: a simulated account and the real one must not be mixed up.',
  );
}

async function examined(
  clientFor: (account?: string) => StripeClient,
  key: ApiKey,
  wanted: string | undefined,
): Promise<{ found: Found; permissions: CheckedConnection['permissions'] }> {
  const client = clientFor(wanted);
  const ran = await client.run((api) => look(api, wanted));
  if (!ran.ok) throw ran.error;
  const found = wanted === undefined ? ran.value : await withPlatform(ran.value, clientFor());
  assertMode(key, found);
  return { found, permissions: await examineKey(client, key) };
}

/**
 * Asks Stripe whether a key works, whose account it opens, in which mode, and what it may do. Writes nothing.
 * @param used what all tools need together
 * @throws ConnectionProblem `key_wrong`, `key_expired`, `key_publishable`, `unreachable`, `not_stripe`, `mode_mismatch`, …
 */
export async function checkStripe(
  { credentials, baseUrl, agents }: ConnectionTarget,
  used: readonly Permission[],
): Promise<CheckedConnection> {
  const key = parseApiKey(credentials.apiKey ?? '');
  const clientFor = (stripeAccount?: string) =>
    createStripeClient({
      ...{ apiKey: key.secret, stripeAccount, baseUrl, agents },
      ...{ timeoutMs: checkTimeoutMs, maxNetworkRetries: 0, retry: { deadlineMs: 8_000 } },
    });
  try {
    const { found, permissions } = await examined(clientFor, key, credentials.account);
    const { last4, fingerprint, kind } = key;
    return {
      mode: key.mode,
      account: found.account,
      timeZone: found.timeZone,
      permissions,
      key: { last4, fingerprint, kind },
      warnings: keyWarnings(key, permissions, used),
    };
  } catch (error) {
    throw problemFrom(error, key.mode, baseUrl?.trim() || 'Stripe (api.stripe.com)');
  }
}
