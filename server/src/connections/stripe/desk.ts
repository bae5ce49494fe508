import { setTimeout } from 'node:timers/promises';
import type Stripe from 'stripe';
import type { ToolTarget } from '../connection.ts';
import { parseApiKey } from './api-key.ts';
import { createStripeClient } from './client.ts';
import { type Period, type PeriodInput, resolvePeriod } from './period.ts';
import { type Desk, type Profile, permitted } from './stripe-tool.ts';

const unknownProfile: Profile = { timeZone: 'UTC', returnUrl: 'https://stripe.com' };

async function readProfile(api: Stripe): Promise<Profile> {
  const account = await permitted(api.accounts.retrieveCurrent());
  if (!account) return unknownProfile;
  return {
    timeZone: account.settings?.dashboard?.timezone ?? unknownProfile.timeZone,
    returnUrl: account.business_profile?.url ?? unknownProfile.returnUrl,
  };
}

/** @throws the signal's reason */
async function pause(ms: number, signal?: AbortSignal): Promise<void> {
  await setTimeout(ms, undefined, signal ? { signal } : {}).catch((error: unknown) => {
    throw signal?.reason ?? error;
  });
}

/** What the tools of one connection share. Makes no request. */
export function createDesk(target: ToolTarget): Desk {
  const { credentials, baseUrl, agents, account, mode, now, pace, keyAddedAt } = target;
  const { secret, ...key } = parseApiKey(credentials.apiKey ?? '');
  const client = createStripeClient({
    apiKey: secret,
    stripeAccount: credentials.account,
    baseUrl,
    agents,
    pace: pace && { pace, accountIds: [account.id, ...(account.platform ? [account.platform.id] : [])] },
  });
  let known: Promise<Profile> | undefined;
  return {
    client,
    baseUrl,
    account,
    mode,
    key,
    ...(keyAddedAt && { keyAddedAt }),
    ...(target.ownWebhook && { ownWebhook: target.ownWebhook }),
    ...(target.documentationUrl !== undefined && { documentationUrl: target.documentationUrl }),
    now,
    fetch: target.fetch ?? fetch,
    pause: target.pause ?? pause,
    profile(api) {
      known ??= readProfile(api).catch((error: unknown) => {
        known = undefined;
        throw error;
      });
      return known;
    },
  };
}

/** Resolves a period in the account's time zone; without one, nothing is asked. */
export async function periodFor(
  desk: Desk,
  api: Stripe,
  input: PeriodInput | undefined,
): Promise<Period | undefined> {
  return input === undefined
    ? undefined
    : resolvePeriod(input, desk.now(), (await desk.profile(api)).timeZone);
}

/**
 * A moment given as an ISO date, which is that day's beginning in the account's time zone, or as a date and time with
 * offset. In Unix seconds.
 * @throws ToolError `invalid_period`
 */
export async function momentFor(desk: Desk, api: Stripe, iso: string): Promise<number> {
  return (await periodFor(desk, api, { from: iso }))?.gte ?? 0;
}

/** The beginning of the day that `now` is in, in the account's time zone. In Unix seconds. */
export async function dayStartFor(desk: Desk, api: Stripe, now: Date): Promise<number> {
  return resolvePeriod('today', now, (await desk.profile(api)).timeZone).gte ?? 0;
}
