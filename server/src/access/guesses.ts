import { createHash } from 'node:crypto';
import { isIP } from 'node:net';
import { type Kysely, sql } from 'kysely';
import type { Clock } from '../clock.ts';
import type { Schema } from '../database/schema.ts';
import { Problem } from '../problem.ts';

/** What a guess is aimed at, and how many it takes before guessing gets slow. */
export interface Target {
  readonly key: string;
  readonly free: number;
  /** Belongs to many: one right guess takes back one, not the wrong ones of others. */
  readonly shared?: true;
}

/**
 * Slows down guessing, in the database, so that several instances count together. A guess counts before it is looked
 * at: of a hundred at the same moment only the free ones are looked at.
 */
export interface Guesses {
  /** Counts one guess. @throws Problem 429 while one of the targets is locked */
  begin(targets: readonly Target[]): Promise<void>;
  /** The guess was right: it does not count, and what is one person's own starts afresh. */
  succeed(targets: readonly Target[]): Promise<void>;
  /** Forgets what is older than a day. */
  sweep(): Promise<void>;
}

/** The first lock; every further failure doubles it. */
const firstLockSeconds = 30;
const longestLockSeconds = 3_600;
const mostDoublings = 8;

/** Somebody's password or codes; whoever they are. Hashed: people enter passwords, too, where the address belongs. */
export const account = (email: string): Target => ({
  key: `account:${createHash('sha256').update(email.toLowerCase()).digest('base64url')}`,
  free: 5,
});
/** An address may belong to many people. */
export const address = (ip: string): Target => ({ key: `address:${networkOf(ip)}`, free: 30, shared: true });

/** What an address is counted by: of IPv6 whoever has one has all of its network (RFC 6177), and 2^64 tries. */
export function networkOf(ip: string): string {
  if (isIP(ip) !== 6) return ip;
  const [head = '', tail] = new URL(`http://[${ip.split('%')[0]}]`).hostname.slice(1, -1).split('::');
  const known = head === '' ? [] : head.split(':');
  const ends = tail ? tail.split(':') : [];
  const zeros = tail === undefined ? [] : Array(8 - known.length - ends.length).fill('0');
  return `${[...known, ...zeros, ...ends].slice(0, 4).join(':')}::/64`;
}
/** Somebody signed in who is asked again. */
export const person = (id: string): Target => ({ key: `person:${id}`, free: 5 });

export function createGuesses(db: Kysely<Schema>, clock: Clock): Guesses {
  async function count({ key, free }: Target): Promise<void> {
    const now = clock.now();
    const counted = await sql`
      insert into guesses as g (key, failures, updated_at) values (${key}, 1, ${now})
      on conflict (key) do update set
        failures = case when g.updated_at < ${now}::timestamptz - interval '1 day' then 1 else g.failures + 1 end,
        locked_until = case when g.updated_at >= ${now}::timestamptz - interval '1 day' and g.failures + 1 >= ${free}
          then ${now}::timestamptz + make_interval(secs => least(${longestLockSeconds},
            ${firstLockSeconds} * 2 ^ least(g.failures + 1 - ${free}, ${mostDoublings}))) end,
        updated_at = ${now}
      where g.locked_until is null or g.locked_until <= ${now}
      returning key`.execute(db);
    if (counted.rows.length > 0) return;
    const row = await db
      .selectFrom('guesses')
      .select('locked_until')
      .where('key', '=', key)
      .executeTakeFirst();
    throw tooMany(((row?.locked_until?.getTime() ?? 0) - now.getTime()) / 1000);
  }

  return {
    async begin(targets) {
      for (const target of targets) await count(target);
    },
    async succeed(targets) {
      for (const { key, shared } of targets) {
        if (shared)
          await sql`update guesses set failures = greatest(failures - 1, 1) where key = ${key}`.execute(db);
        else await db.deleteFrom('guesses').where('key', '=', key).execute();
      }
    },
    async sweep() {
      await sql`delete from guesses where updated_at < ${clock.now()}::timestamptz - interval '1 day'`.execute(
        db,
      );
      await sql`delete from used_codes where used_at < ${clock.now()}::timestamptz - interval '1 hour'`.execute(
        db,
      );
    },
  };
}

function tooMany(seconds: number): Problem {
  const wait = Math.max(1, Math.ceil(seconds));
  return new Problem({
    status: 429,
    code: 'too_many_attempts',
    title: 'Too many attempts',
    detail: `Wait ${wait > 90 ? `${Math.ceil(wait / 60)} minutes` : `${wait} seconds`}, then try again. A one-time link from an owner works meanwhile.`,
    retryAfter: wait,
  });
}
