import fc from 'fast-check';
import type Stripe from 'stripe';
import { expect, test } from 'vitest';
import { auditBooks } from '../audit.ts';
import { StripeFault } from '../wire/errors.ts';
import { beginLife, changes, type Life, quietSteps, type Step, wildSteps } from './test-life.ts';

const sum = (amounts: readonly { amount: number }[] | null) =>
  (amounts ?? []).reduce((total, { amount }) => total + amount, 0);

function checkInvoices({ get, invoices, lines, customer }: Life): void {
  let credit = 0;
  for (const invoice of invoices()) {
    expect(invoice.total).toBe(
      sum(lines(invoice.id ?? '')) - sum(invoice.total_discount_amounts) + sum(invoice.total_taxes),
    );
    expect(invoice.amount_due).toBe(invoice.amount_paid + invoice.amount_remaining);
    if (invoice.status === 'paid') expect(invoice.amount_remaining).toBe(0);
    if (invoice.status === 'draft' || invoice.status === 'void') continue;
    const change = (invoice.ending_balance ?? 0) - invoice.starting_balance;
    expect(invoice.amount_due).toBe(invoice.total - change);
    credit += change;
  }
  expect(get<Stripe.Customer>(`/v1/customers/${customer}`).balance).toBe(credit);
}

test('whatever happens, in any order, the books are in order and invoices add up', () => {
  fc.assert(
    fc.property(fc.array(wildSteps, { minLength: 20, maxLength: 60, size: 'max' }), (steps) => {
      const life = beginLife();
      life.live(steps);
      checkInvoices(life);
      expect(auditBooks(life.account)).toEqual([]);
    }),
    { numRuns: 60 },
  );
});

test('with flexible billing nothing is given back that was not billed', () => {
  const steps = wildSteps
    .filter((step) => step.kind !== 'settle' && step.kind !== 'card')
    .map(
      (step): Step => (step.kind === 'begin' ? { ...step, how: { ...step.how, mode: 'flexible' } } : step),
    );
  fc.assert(
    fc.property(fc.array(steps, { minLength: 15, maxLength: 40, size: 'max' }), (steps) => {
      const life = beginLife();
      life.live(steps);
      const items = new Map<string, { net: number; credits: number }>();
      const count = (id: string | null | undefined, net: number) => {
        const known = items.get(id ?? '') ?? { net: 0, credits: 0 };
        if (id) items.set(id, { net: known.net + net, credits: known.credits + (net < 0 ? 1 : 0) });
      };
      for (const { id } of life.invoices())
        for (const line of life.lines(id ?? ''))
          count(
            line.parent?.subscription_item_details?.subscription_item,
            line.amount - sum(line.discount_amounts),
          );
      for (const item of life.pending())
        count(item.parent?.subscription_details?.subscription_item, item.amount);
      // Each credit is rounded by itself.
      for (const { net, credits } of items.values()) expect(net).toBeGreaterThanOrEqual(-credits);
    }),
    { numRuns: 40 },
  );
});

/** What an invoice says, without ids and without what others do to the customer's balance. */
const said = ({
  lines,
  total_discount_amounts: off,
  total_taxes: taxes,
  subtotal,
  total,
}: Stripe.Invoice) => ({
  lines: lines.data.map((line) => [
    line.description,
    line.amount,
    line.quantity,
    line.period.start,
    line.period.end,
  ]),
  off: sum(off),
  taxes: sum(taxes),
  subtotal,
  total,
});

type Outcome<T> = { readonly done: T } | { readonly refused: string };
function attempt<T>(work: () => T): Outcome<T> {
  try {
    return { done: work() };
  } catch (error) {
    if (error instanceof StripeFault && error.status < 500) return { refused: error.message };
    throw error;
  }
}

/** The invoice that was previewed, once it is made. */
function madeInvoice({ go, now, invoices }: Life, id: string, known: ReadonlySet<string>, at: number) {
  const made = () => invoices().find((one) => !known.has(one.id ?? ''));
  while (!made() && now() < at) go(at);
  const invoice = made();
  expect(invoice?.parent?.subscription_details?.subscription).toBe(id);
  return invoice;
}

test('a preview of a change is the invoice that the change then makes', () => {
  const one = quietSteps.filter((step) => step.kind !== 'begin');
  const begin = quietSteps.filter((step) => step.kind === 'begin');
  const lives = fc.record({ begin, steps: fc.array(one, { maxLength: 12, size: 'max' }), change: changes });
  let compared = 0;
  fc.assert(
    fc.property(lives, ({ begin, steps, change }) => {
      const life = beginLife();
      life.live([begin, ...steps]);
      const [subscription] = life.subscriptions();
      if (!subscription) return;
      const { id } = subscription;
      const details = life.changeOf(subscription, change);
      const known = new Set(life.invoices().map((invoice) => invoice.id ?? ''));
      const preview = attempt(() =>
        life.post<Stripe.Invoice>('/v1/invoices/create_preview', {
          subscription: id,
          subscription_details: details,
        }),
      );
      const changed = attempt(() => life.post<Stripe.Subscription>(`/v1/subscriptions/${id}`, details));
      if ('refused' in preview) {
        if ('refused' in changed) expect(preview.refused).toBe(changed.refused);
        else expect(preview.refused).toMatch(/^No upcoming invoices/);
        return;
      }
      expect(changed).toHaveProperty('done');
      const made = madeInvoice(life, id, known, preview.done.created);
      expect(made && said(made)).toEqual(said(preview.done));
      compared++;
    }),
    { numRuns: 150 },
  );
  expect(compared).toBeGreaterThan(50);
});

/** Everything that came of a life, without ids. */
const story = ({ invoices, subscriptions }: Life) => ({
  invoices: invoices().map((invoice) => ({
    ...said(invoice),
    created: invoice.created,
    status: invoice.status,
    attempts: invoice.attempt_count,
    paid: invoice.amount_paid,
    balance: [invoice.starting_balance, invoice.ending_balance],
    times: invoice.status_transitions,
  })),
  subscriptions: subscriptions('all').map(({ status, ended_at, cancel_at, items, pause_collection }) => ({
    status,
    ended_at,
    cancel_at,
    pause_collection,
    items: items.data.map((item) => [item.quantity, item.current_period_start, item.current_period_end]),
  })),
});

/** The same steps, with every wait in two parts. */
const halved = (steps: readonly Step[], part: number): Step[] =>
  steps.flatMap((step): Step[] => {
    if (step.kind !== 'wait' || step.hours < 2) return [step];
    const hours = Math.max(1, Math.floor(step.hours * part));
    return [
      { kind: 'wait', hours },
      { kind: 'wait', hours: step.hours - hours },
    ];
  });

test('a clock that goes in more steps arrives at the same', () => {
  const parts = fc.double({ min: 0.1, max: 0.9, noNaN: true });
  fc.assert(
    fc.property(fc.array(wildSteps, { minLength: 15, maxLength: 40, size: 'max' }), parts, (steps, part) => {
      const [once, often] = [beginLife(), beginLife()];
      once.live(steps);
      often.live(halved(halved(steps, part), 1 - part));
      expect(story(often)).toEqual(story(once));
    }),
    { numRuns: 40 },
  );
});
