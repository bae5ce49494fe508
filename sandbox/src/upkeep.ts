import type { Account } from './account.ts';
import { demoAccountId } from './accounts.ts';
import { secrets } from './directory.ts';
import { pruneEvents } from './events.ts';
import type { SeedName } from './options.ts';
import { seedDemo } from './seeds/demo.ts';
import { type Player, seedMarks } from './seeds/seed.ts';
import { pruneAnswers, rememberedAnswers } from './wire/idempotency.ts';

/** Runs what fell due until now. */
export function lookAfter(account: Account): void {
  account.advanceTo(account.now());
}

/** Drops what Stripe no longer answers: events after 30 days, idempotency keys after one. */
export function forgetOld(account: Account): void {
  for (const member of account.family()) {
    pruneEvents(member);
    pruneAnswers(member.of(rememberedAnswers), account.now());
  }
}

/** Starts an account over; its keys stay. A seed cut short leaves no mark, so the next opening starts it over. */
export async function reset(account: Account, name: SeedName, play: Player): Promise<void> {
  await account.clear([secrets.name]);
  try {
    if (name === 'demo') await seedDemo(account, play);
  } finally {
    account.release();
  }
  account.transact(() => account.of(seedMarks).put({ id: 'seed', name }));
  forgetOld(account);
  await account.tidy();
  await account.flush();
}

/** Makes a freshly opened account ready; the demo account gets its seed the first time. */
export async function prepare(account: Account, seed: SeedName, play: Player): Promise<void> {
  forgetOld(account);
  await account.tidy();
  // Marked from the first opening on, so that a later start with another seed never wipes what was made since.
  if (account.id === demoAccountId && account.of(seedMarks).size === 0) await reset(account, seed, play);
}
