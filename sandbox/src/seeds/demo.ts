import type { Account } from '../account.ts';
import { day } from '../clock.ts';
import { setPayoutSchedule } from '../payouts/schedule.ts';
import { createAgenda } from './agenda.ts';
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
  weeklyPayouts(account, now);
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

/** Money is paid out once a week, last some four days before `now`, so that there is a balance to look at. */
function weeklyPayouts(account: Account, now: number): void {
  const names = ['friday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'friday'] as const;
  const weekday = names[new Date((now - 4 * day) * 1000).getUTCDay()] ?? 'friday';
  setPayoutSchedule(account, { delay_days: 2, interval: 'weekly', weekly_payout_days: [weekday] });
}
