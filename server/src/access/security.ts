import type { Kysely } from 'kysely';
import { z } from 'zod';
import { jsonb } from '../database/json.ts';
import type { Schema } from '../database/schema.ts';

/** What the owners ask of everyone. */
export interface Security {
  /** Nobody works without a second factor: a code, or a passkey. */
  requireSecondFactor: boolean;
  /**
   * Whoever approves more than this proves again who they are; in major units. An amount of a currency that is not
   * listed always asks.
   */
  askAgainAbove: { amount: string; currency: string }[];
}

const stored = z.object({
  requireSecondFactor: z.boolean(),
  askAgainAbove: z.array(z.object({ amount: z.string(), currency: z.string() })),
});

const standard: Security = {
  requireSecondFactor: false,
  askAgainAbove: ['usd', 'eur', 'gbp'].map((currency) => ({ amount: '500.00', currency })),
};

const key = 'access.security';

export async function readSecurity(db: Kysely<Schema>): Promise<Security> {
  const row = await db.selectFrom('settings').select('value').where('key', '=', key).executeTakeFirst();
  return stored.catch(standard).parse(row?.value);
}

export async function writeSecurity(db: Kysely<Schema>, security: Security): Promise<void> {
  const value = jsonb(security);
  await db
    .insertInto('settings')
    .values({ key, value })
    .onConflict((conflict) => conflict.column('key').doUpdateSet({ value }))
    .execute();
}
