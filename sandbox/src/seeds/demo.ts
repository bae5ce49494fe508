import type { Account } from '../account.ts';
import { accountDetails, accountObject } from '../accounts.ts';
import { currencyBalances } from '../balance/balance.ts';
import { day } from '../clock.ts';
import { createPayout } from '../payouts.ts';
import { type Agenda, createAgenda } from './agenda.ts';
import { aftermath, openDisputes } from './demo-aftermath.ts';
import { createCatalogue } from './demo-catalogue.ts';
import { failedToday, join, leavesDraft } from './demo-lives.ts';
import { people } from './demo-people.ts';
import type { World } from './demo-world.ts';
import { createRandom } from './random.ts';
import type { Seed } from './seed.ts';

const year = 365 * day;
const customerCount = 200;
/** How many of them came in the last days. */
const newcomers = 6;

/** A year of a business that sells software by subscription, ending now; the same story in every run. */
export const seedDemo: Seed = (account, play) => {
  const now = account.now();
  const random = createRandom(20_261_123);
  const agenda = createAgenda(account, now - year, now);
  account.hold(agenda.from);
  weeklyPayouts(account, agenda);
  const world: World = { account, play, agenda, random, catalogue: createCatalogue(play) };
  const everyone = people(random, customerCount);
  everyone.forEach((person, index) => {
    const share = (index / (customerCount - newcomers)) ** 0.72;
    const late = index - (customerCount - newcomers);
    const at =
      late < 0 ? agenda.from + share * (year - 6 * day) : now - (newcomers - late) * 0.9 * day + 3600;
    agenda.at(Math.floor(at) + random.between(60, 40_000), () => join(world, person));
  });
  failedToday(world, everyone);
  aftermath(world);
  openDisputes(world);
  agenda.at(now - day, () => leavesDraft(world));
  agenda.play();
};

/** Pays out on Mondays what is available, and says so in the account's settings. */
function weeklyPayouts(account: Account, agenda: Agenda): void {
  const details = accountObject(account);
  const settings = details.settings;
  if (settings?.payouts) {
    const schedule = { delay_days: 2, interval: 'weekly' as const, weekly_payout_days: ['monday' as const] };
    const payouts = { ...settings.payouts, schedule };
    account.transact(() =>
      account.of(accountDetails).put({ ...details, settings: { ...settings, payouts } }),
    );
  }
  for (let at = firstMonday(agenda.from); at < agenda.until - 3 * day; at += 7 * day)
    agenda.at(at, () => account.transact(() => payOut(account)));
}

function payOut(account: Account): void {
  for (const { id: currency, available } of [...account.of(currencyBalances).oldestFirst()])
    if (available > 0) createPayout(account, { amount: available, currency, automatic: true });
}

/** The first Monday, six in the morning UTC, from a moment on. */
function firstMonday(from: number): number {
  const midnight = Math.ceil(from / day) * day;
  const weekday = new Date(midnight * 1000).getUTCDay();
  return midnight + ((8 - weekday) % 7) * day + day / 4;
}
