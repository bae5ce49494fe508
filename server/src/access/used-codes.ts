import { createHash } from 'node:crypto';
import type { Kysely } from 'kysely';
import type { Clock } from '../clock.ts';
import type { Schema } from '../database/schema.ts';

/** Only digits count: people copy codes with spaces in them. */
export const plainCode = (text: string): string => text.replace(/\s/g, '');

/**
 * Takes a time-based code for its person, once: whoever looked over a shoulder cannot use it again while it is valid.
 * @returns false when it was used before
 */
export async function takeCode(
  { db, clock }: { db: Kysely<Schema>; clock: Clock },
  personId: string,
  code: string,
): Promise<boolean> {
  const taken = await db
    .insertInto('used_codes')
    .values({
      person_id: personId,
      code_hash: createHash('sha256').update(`${personId}:${code}`).digest(),
      used_at: clock.now(),
    })
    .onConflict((conflict) => conflict.doNothing())
    .returning('person_id')
    .executeTakeFirst();
  return taken !== undefined;
}
