import { day, hour } from '../clock.ts';
import { intervalsOn } from '../subscriptions/periods.ts';
import { hasEnded, subscriptions } from '../subscriptions/subscription.ts';
import { StripeFault } from '../wire/errors.ts';
import type { Cycle, Plan } from './demo-catalogue.ts';
import type { Person } from './demo-people.ts';
import type { World } from './demo-world.ts';
import type { PlayerParams } from './seed.ts';

interface Named {
  readonly id: string;
}
interface Member {
  readonly person: Person;
  readonly customer: string;
  readonly subscription: string;
  readonly item: string;
  plan: Plan;
  readonly cycle: Cycle;
}

const failingCard = 'pm_card_chargeCustomerFail';

/** Somebody signs up, and what becomes of them is put on the agenda. */
export function join(world: World, person: Person): void {
  const { play, random } = world;
  const customer = signUp(world, person);
  if (random.chance(0.04)) return;
  if (random.chance(0.07)) {
    invoiced(world, person, customer);
    return;
  }
  if (random.chance(0.06)) refusedAtFirst(world, person, customer);
  giveCard(world, customer, person.card);
  if (random.chance(0.12)) buyOnboarding(world, person, customer);
  const plan = random.pick<Plan>(['starter', 'starter', 'starter', 'team', 'team', 'business']);
  const cycle: Cycle = random.chance(0.16) ? 'yearly' : 'monthly';
  const items: PlayerParams[] = [{ price: world.catalogue.plan(plan, cycle, person.currency) }];
  if (cycle === 'monthly' && random.chance(0.2))
    items.push({ price: world.catalogue.eventPack(person.currency), quantity: random.between(1, 8) });
  const subscription = play.post<SubscriptionView>('/v1/subscriptions', {
    customer,
    items,
    ...(random.chance(0.28) ? { trial_period_days: 14 } : {}),
    ...discountOf(world),
    metadata: { source: random.pick(['website', 'website', 'referral', 'sales']) },
  });
  const item = subscription.items.data[0]?.id ?? '';
  live(world, { person, customer, subscription: subscription.id, item, plan, cycle });
}

/** The first card is refused: that subscription waits for a payment that never comes, and expires. */
function refusedAtFirst(world: World, person: Person, customer: string): void {
  giveCard(world, customer, failingCard);
  const price = world.catalogue.plan('starter', 'monthly', person.currency);
  world.play.post('/v1/subscriptions', { customer, items: [{ price }] });
}

interface SubscriptionView extends Named {
  readonly items: { readonly data: readonly Named[] };
}

function signUp({ play, random }: World, person: Person): string {
  const { name, email, country, company, description } = person;
  return play.post<Named>('/v1/customers', {
    name,
    email,
    description,
    address: { country },
    metadata: { ...(company ? { company } : {}), seats: random.between(1, 40) },
  }).id;
}

function giveCard({ play }: World, customer: string, card: string): string {
  const { id } = play.post<Named>(`/v1/payment_methods/${card}/attach`, { customer });
  play.post(`/v1/customers/${customer}`, { invoice_settings: { default_payment_method: id } });
  return id;
}

function discountOf({ random, catalogue }: World): PlayerParams {
  const { coupons } = catalogue;
  if (random.chance(0.08)) return { discounts: [{ promotion_code: catalogue.springCode }] };
  if (random.chance(0.05)) return { discounts: [{ coupon: coupons.launch }] };
  if (random.chance(0.05)) return { discounts: [{ coupon: coupons.welcome }] };
  return random.chance(0.03) ? { discounts: [{ coupon: coupons.friends }] } : {};
}

/** Ups and downs of a subscriber. */
function live(world: World, member: Member): void {
  const { agenda, random, account } = world;
  const days = (least: number, most: number) =>
    account.now() + random.between(least, most) * day + random.between(0, 80_000);
  if (random.chance(0.24)) agenda.at(days(20, 200), () => changePlan(world, member, random.chance(0.78)));
  if (random.chance(0.1)) agenda.at(days(40, 260), () => changePlan(world, member, random.chance(0.5)));
  if (random.chance(0.34)) agenda.at(days(15, 330), () => leave(world, member));
  if (random.chance(0.3)) agenda.at(days(18, 300), () => cardFails(world, member));
}

function running(world: World, member: Member): boolean {
  const subscription = world.account.of(subscriptions).get(member.subscription);
  return subscription !== undefined && !hasEnded(subscription) && subscription.status !== 'incomplete';
}

function changePlan(world: World, member: Member, up: boolean): void {
  const order: readonly Plan[] = ['starter', 'team', 'business'];
  const plan = order[order.indexOf(member.plan) + (up ? 1 : -1)];
  if (!plan || !running(world, member)) return;
  world.play.post(`/v1/subscriptions/${member.subscription}`, {
    items: [{ id: member.item, price: world.catalogue.plan(plan, member.cycle, member.person.currency) }],
    proration_behavior: up && world.random.chance(0.5) ? 'always_invoice' : 'create_prorations',
  });
  member.plan = plan;
}

function leave(world: World, member: Member): void {
  if (!running(world, member)) return;
  const feedback = world.random.pick([
    'too_expensive',
    'unused',
    'missing_features',
    'switched_service',
    'other',
  ]);
  const path = `/v1/subscriptions/${member.subscription}`;
  if (world.random.chance(0.7))
    world.play.post(path, { cancel_at_period_end: true, cancellation_details: { feedback } });
  else world.play.delete(path, { cancellation_details: { feedback } });
}

/** The card on file stops working; most people notice and give another, the others are lost. */
function cardFails(world: World, member: Member): void {
  if (!running(world, member)) return;
  const { agenda, random, account } = world;
  giveCard(world, member.customer, random.chance(0.85) ? failingCard : 'pm_card_authenticationRequired');
  if (!random.chance(0.62)) return;
  const late = account.of(subscriptions).get(member.subscription)?.items.data[0]?.current_period_end;
  if (late === undefined) return;
  agenda.at(late + random.between(20, 120) * hour, () => {
    giveCard(world, member.customer, 'pm_card_visa');
    payWhatIsOpen(world, member.customer);
  });
}

function payWhatIsOpen({ play }: World, customer: string): void {
  const open = play.get<{ data: readonly Named[] }>('/v1/invoices', { customer, status: 'open' });
  for (const { id } of open.data) attempt(() => play.post(`/v1/invoices/${id}/pay`));
}

/** Does what may be refused by a bank; any other refusal is a mistake in the story. */
function attempt(act: () => unknown): void {
  try {
    act();
  } catch (error) {
    if (!(error instanceof StripeFault && error.status === 402)) throw error;
  }
}

/** A company that is sent invoices: paid by card, by bank transfer outside Stripe, or not at all. */
function invoiced(world: World, person: Person, customer: string): void {
  const { play, random, agenda, account } = world;
  play.post('/v1/subscriptions', {
    customer,
    items: [{ price: world.catalogue.plan('business', 'monthly', person.currency) }],
    collection_method: 'send_invoice',
    days_until_due: 14,
  });
  const punctual = !random.chance(0.3);
  for (let at = account.now() + 9 * day; at < agenda.until; at += 10 * day)
    agenda.at(at, () => {
      if (!punctual && at > agenda.until - 80 * day) return;
      const open = play.get<{ data: readonly Named[] }>('/v1/invoices', { customer, status: 'open' });
      for (const { id } of open.data)
        play.post(
          `/v1/invoices/${id}/pay`,
          random.chance(0.5) ? { paid_out_of_band: true } : { payment_method: person.card },
        );
    });
}

/** A one-off: billed by an invoice of its own, or paid on the spot. */
function buyOnboarding(world: World, person: Person, customer: string): void {
  const { play, catalogue, random } = world;
  const price = catalogue.onboarding(person.currency);
  if (random.chance(0.5)) {
    const { id } = play.post<Named>('/v1/invoices', {
      customer,
      currency: person.currency,
      description: 'Onboarding',
    });
    play.post('/v1/invoiceitems', {
      customer,
      invoice: id,
      pricing: { price },
      description: 'Onboarding setup',
    });
    play.post(`/v1/invoices/${id}/pay`);
    return;
  }
  const amount = play.get<{ unit_amount: number }>(`/v1/prices/${price}`).unit_amount;
  const intent = {
    amount,
    currency: person.currency,
    customer,
    description: 'Onboarding setup',
    automatic_payment_methods: { enabled: true, allow_redirects: 'never' },
  };
  if (random.chance(0.2))
    attempt(() =>
      play.post('/v1/payment_intents', {
        ...intent,
        confirm: true,
        payment_method: 'pm_card_visa_chargeDeclinedInsufficientFunds',
      }),
    );
  play.post('/v1/payment_intents', { ...intent, confirm: true, payment_method: person.card });
}

/** Renewals that were refused in the last 24 hours, for whoever looks for them today. */
export function failedToday(world: World, everyone: readonly Person[]): void {
  const { agenda } = world;
  [3, 9, 15, 21].forEach((hoursAgo, at) => {
    const person = everyone[31 + at * 17];
    if (!person) return;
    const renewal = agenda.until - (hoursAgo + 1) * hour;
    const start = intervalsOn(renewal, { interval: 'month', interval_count: 1 }, -(at + 2));
    const email = person.email.replace('@', '.billing@');
    const plan: Plan = at % 2 === 0 ? 'team' : 'business';
    agenda.at(start, () => {
      const customer = signUp(world, {
        ...person,
        email,
        name: `${person.company ?? person.name} (billing)`,
      });
      giveCard(world, customer, person.card);
      const price = world.catalogue.plan(plan, 'monthly', person.currency);
      world.play.post('/v1/subscriptions', { customer, items: [{ price }] });
      agenda.at(renewal - 5 * day, () => giveCard(world, customer, failingCard));
    });
  });
}

/** Two invoices that somebody has begun and not sent. */
export function leavesDraft({ play }: World): void {
  const { data } = play.get<{ data: readonly (Named & { currency?: string })[] }>('/v1/customers', {
    limit: 2,
  });
  for (const { id } of data) {
    const invoice = play.post<Named>('/v1/invoices', {
      customer: id,
      currency: 'usd',
      description: 'Workshop',
    });
    play.post('/v1/invoiceitems', {
      customer: id,
      invoice: invoice.id,
      amount: 120_000,
      currency: 'usd',
      description: 'Half-day workshop',
    });
  }
}
