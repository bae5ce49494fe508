import type Stripe from 'stripe';
import type { ToolTarget } from '../connection.ts';
import { parseApiKey } from './api-key.ts';
import { createStripeClient, isStripeError } from './client.ts';
import { type Period, type PeriodInput, resolvePeriod } from './period.ts';
import type { Desk } from './stripe-tool.ts';

async function readTimeZone(api: Stripe): Promise<string> {
  try {
    return (await api.accounts.retrieveCurrent()).settings?.dashboard?.timezone ?? 'UTC';
  } catch (error) {
    if (isStripeError(error) && error.statusCode === 403) return 'UTC';
    throw error;
  }
}

/** What the tools of one connection share. Makes no request. */
export function createDesk({ credentials, baseUrl, account, mode, now }: ToolTarget): Desk {
  const client = createStripeClient({ apiKey: parseApiKey(credentials.apiKey ?? '').secret, baseUrl });
  let zone: Promise<string> | undefined;
  return {
    client,
    account,
    mode,
    now,
    timeZone(api) {
      zone ??= readTimeZone(api).catch((error: unknown) => {
        zone = undefined;
        throw error;
      });
      return zone;
    },
  };
}

/** Resolves a period in the account's time zone; without one, nothing is asked. */
export async function periodFor(
  desk: Desk,
  api: Stripe,
  input: PeriodInput | undefined,
): Promise<Period | undefined> {
  return input === undefined ? undefined : resolvePeriod(input, desk.now(), await desk.timeZone(api));
}
