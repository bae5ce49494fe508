import type { Context, Hono } from 'hono';
import type { Account } from './account.ts';
import { declare, type Resource } from './resource.ts';
import type { CollectionSpec } from './store/collection.ts';
import { invalidRequest } from './wire/errors.ts';
import type { FormMap } from './wire/form.ts';
import { emptyable, integer, list, oneOf, parseFields } from './wire/params.ts';

/** What Stripe's dashboard sets about renewals and failed payments; Stripe's API has no word for it. */
export interface BillingSettings {
  readonly id: 'billing';
  /** On which days after the first attempt a failed payment is tried again. */
  readonly retries: readonly number[];
  /** What becomes of a subscription when the last of them failed. */
  readonly after_last_retry: 'cancel' | 'past_due' | 'unpaid';
  /** After how many days past due the same becomes of one whose invoices are sent; null: never. */
  readonly overdue_days: number | null;
  /** How many days before a renewal `invoice.upcoming` tells of it; null: not at all. */
  readonly upcoming_days: number | null;
}

const billingSettings: CollectionSpec<BillingSettings> = { name: 'billing_settings', indexes: {} };

const defaults: BillingSettings = {
  id: 'billing',
  retries: [3, 5, 7],
  after_last_retry: 'cancel',
  overdue_days: null,
  upcoming_days: 7,
};

export function billingSettingsOf(account: Account): BillingSettings {
  return account.of(billingSettings).get('billing') ?? defaults;
}

const fields = {
  after_last_retry: oneOf('cancel', 'past_due', 'unpaid'),
  overdue_days: emptyable(integer(1, 365)),
  retries: list(integer(1, 60), 10),
  upcoming_days: emptyable(integer(1, 365)),
} as const;

interface Control {
  readonly accountOf: (context: Context) => Promise<Account>;
  readonly bodyOf: (context: Context) => Promise<FormMap>;
}

/** `/_sandbox/billing`: reads the settings, or changes those that are given. */
export function addBillingControl(app: Hono, { accountOf, bodyOf }: Control): void {
  app.get('/_sandbox/billing', async (context) => context.json(shown(await accountOf(context))));
  app.post('/_sandbox/billing', async (context) => {
    const account = await accountOf(context);
    const wanted = parseFields(fields, await bodyOf(context));
    if (wanted.retries?.some((day, at, days) => day <= (days[at - 1] ?? 0)))
      throw invalidRequest('The days of retries must come one after the other.', { param: 'retries' });
    account.transact(() => account.of(billingSettings).put({ ...billingSettingsOf(account), ...wanted }));
    await account.flush();
    return context.json(shown(account));
  });
}

function shown(account: Account) {
  const { id: _, ...settings } = billingSettingsOf(account);
  return settings;
}

export const billingSettingsResource: Resource = { collections: [declare(billingSettings)] };
