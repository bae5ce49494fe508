import { type Charge, charges } from '../charges/charge.ts';
import { day } from '../clock.ts';
import { chargeback } from '../disputes/cases.ts';
import { disputes, openDispute } from '../disputes/dispute.ts';
import type { World } from './demo-world.ts';

/** Refunds and disputes: each week some of the last days' payments are looked at again. */
export function aftermath(world: World): void {
  const { agenda } = world;
  for (let at = agenda.from + 20 * day; at < agenda.until - 10 * day; at += 7 * day)
    agenda.at(at + 5 * 3600, () => review(world, at - 7 * day));
}

function review(world: World, since: number): void {
  const { random, play } = world;
  for (const charge of recent(world, since)) {
    const fate = random.next();
    if (fate < 0.022) {
      play.post('/v1/refunds', { charge: charge.id, reason: 'requested_by_customer' });
    } else if (fate < 0.042) {
      const part = Math.max(1, Math.floor((charge.amount * random.between(1, 3)) / 4));
      play.post('/v1/refunds', { charge: charge.id, amount: part, metadata: { why: 'goodwill' } });
    } else if (fate < 0.058) dispute(world, charge);
  }
}

/** Charges that can still be refunded and disputed, newest first. */
function recent({ account }: World, since: number): Charge[] {
  const found: Charge[] = [];
  for (const charge of account.of(charges).newestFirst()) {
    if (charge.created < since) break;
    if (charge.status === 'succeeded' && charge.amount_refunded === 0 && !charge.disputed) found.push(charge);
  }
  return found;
}

/** A cardholder disputes; the business answers well, badly or, one time in four, not at all. */
function dispute(world: World, charge: Charge): void {
  const { account, agenda, play, random } = world;
  const reason = random.pick(['fraudulent', 'product_not_received', 'subscription_canceled', 'duplicate']);
  const { id } = account.transact(() => openDispute(account, charge, chargeback(reason)));
  const evidence = ['winning_evidence', 'losing_evidence', 'winning_evidence', null][
    account.of(disputes).size % 4
  ];
  if (!evidence) return;
  agenda.at(account.now() + random.between(2, 6) * day, () =>
    play.post(`/v1/disputes/${id}`, {
      evidence: { uncategorized_text: evidence, product_description: 'A monthly software subscription' },
      submit: true,
    }),
  );
}

/** Disputes of the last days that still wait for an answer. */
export function openDisputes(world: World): void {
  const { account, agenda } = world;
  for (const [daysAgo, reason] of [
    [5, 'fraudulent'],
    [3, 'product_not_received'],
    [1, 'subscription_canceled'],
  ] as const) {
    agenda.at(agenda.until - daysAgo * day, () => {
      const charge = recent(world, account.now() - 30 * day)[2];
      if (charge) account.transact(() => openDispute(account, charge, chargeback(reason)));
    });
  }
}
