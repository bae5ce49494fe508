/** What is unusual about an account's payments, against its own recent pattern. Pure: the same pulses give the same alerts. */
import { formatMoney, parseMoney } from '@purser/money';
import { fromStripe } from '../../connections/stripe/amounts.ts';
import { type Pulse, stretchMs } from './pulse.ts';
import { leastSamples, median, spread, usualOf } from './robust.ts';
import { kindOfDay, likeMoments } from './seasons.ts';
import type { AlertInput, AlertKind, AlertSettings } from './settings.ts';

export interface Seen {
  readonly pulses: readonly Pulse[];
  readonly knownFrom: Date;
  readonly now: Date;
  readonly timeZone: string;
  readonly settings: AlertSettings;
}

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

export function unusualPayments(seen: Seen): AlertInput[] {
  return [failedPayments, paymentsStopped, unusualVolume, cardTesting, largePayments].flatMap((look) =>
    look(seen),
  );
}

/** Pulses that began within `ms` before a moment; they come oldest first. */
function within({ pulses }: Pick<Seen, 'pulses'>, moment: Date, ms: number): readonly Pulse[] {
  const after = (time: number) => {
    let [low, high] = [0, pulses.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((pulses[middle]?.at.getTime() ?? Infinity) > time) high = middle;
      else low = middle + 1;
    }
    return low;
  };
  return pulses.slice(after(moment.getTime() - ms - stretchMs), after(moment.getTime()));
}

const sumOf = (pulses: readonly Pulse[], of: (pulse: Pulse) => number): number =>
  pulses.reduce((sum, pulse) => sum + of(pulse), 0);

const failures = (pulses: readonly Pulse[]) => sumOf(pulses, ({ failed }) => failed);
const successes = (pulses: readonly Pulse[]) => sumOf(pulses, ({ succeeded }) => succeeded);

/** The same stretch on days like this one. */
function samples(seen: Seen, ms: number, of: (pulses: readonly Pulse[]) => number): number[] {
  const from = new Date(seen.knownFrom.getTime() + ms);
  return likeMoments(seen.now, seen.timeZone, from).map((moment) => of(within(seen, moment, ms)));
}

/** The occasion that a state of affairs is: it is told again when it has lasted. */
const spell = ({ now, settings }: Seen) => String(Math.floor(now.getTime() / (settings.againHours * hourMs)));

const alert = (
  kind: AlertKind,
  key: string,
  { title, text, objects = [] }: { title: string; text: string; objects?: AlertInput['objects'] },
): AlertInput => ({ kind, key, title, text, objects });

const usually = (
  seen: Seen,
  ms: number,
  { middle, samples: count }: { middle: number; samples: number },
  what = '',
) =>
  `Usually ${round(middle)}${what} at this time on ${kindOfDay(seen.now, seen.timeZone)} (within ${ms / hourMs} h, from ${count} days).`;

const round = (value: number) => (value < 10 ? Math.round(value * 10) / 10 : Math.round(value));
const percent = (part: number, whole: number) => `${Math.round((100 * part) / Math.max(whole, 1))} %`;

function failedPayments(seen: Seen): AlertInput[] {
  const { settings, now } = seen;
  const current = within(seen, now, hourMs);
  const [failed, succeeded] = [failures(current), successes(current)];
  const usual = usualOf(samples(seen, hourMs, failures), settings.strictness);
  if (!usual || failed < settings.leastFailed || failed <= usual.high) return [];
  // Twice the payments may well have twice the failures: it is the share that must be unusual, too.
  const rates = samples(
    seen,
    hourMs,
    (pulses) => failures(pulses) / Math.max(failures(pulses) + successes(pulses), 1),
  );
  const rate = failed / (failed + succeeded);
  if (rate <= median(rates) + Math.max(spread(rates), 0.05)) return [];
  const objects = current.flatMap(({ failedCharges }) => failedCharges).slice(-5);
  return [
    alert('failed_payments', spell(seen), {
      title: `${failed} of ${failed + succeeded} payments failed within the last hour`,
      text: `${percent(failed, failed + succeeded)} failed. ${usually(seen, hourMs, usual, ' fail')}\n\nLook at why they were declined: one bank, one country or one reason points to where the fault is.`,
      objects: objects.map((id) => ({ type: 'charge', id })),
    }),
  ];
}

function paymentsStopped(seen: Seen): AlertInput[] {
  const ms = 3 * hourMs;
  const current = within(seen, seen.now, ms);
  if (successes(current) > 0) return [];
  const found = samples(seen, ms, successes);
  if (found.length < leastSamples || median(found) < seen.settings.leastUsual || Math.min(...found) === 0)
    return [];
  const failed = failures(current);
  return [
    alert('payments_stopped', spell(seen), {
      title: 'No payment has come in for three hours',
      text: `${usually(seen, ms, { middle: median(found), samples: found.length })} ${failed > 0 ? `${failed} were tried and failed.` : 'None was tried.'}\n\nTry your own checkout, and look at Stripe’s status page.`,
    }),
  ];
}

function unusualVolume(seen: Seen): AlertInput[] {
  const current = within(seen, seen.now, hourMs);
  return Object.keys(Object.assign({}, ...current.map(({ amounts }) => amounts)) as Pulse['amounts']).flatMap(
    (currency) => {
      const volume = (pulses: readonly Pulse[]) =>
        sumOf(pulses, ({ amounts }) =>
          (amounts[currency] ?? []).reduce((sum, { amount }) => sum + amount, 0),
        );
      const all = seen.pulses.flatMap(({ amounts }) => (amounts[currency] ?? []).map(({ amount }) => amount));
      const usual = usualOf(samples(seen, hourMs, volume), seen.settings.strictness, median(all));
      const total = volume(current);
      if (!usual || usual.middle === 0 || total <= usual.high || total < 3 * usual.middle) return [];
      const money = (minor: number) => formatMoney(fromStripe(Math.round(minor), currency));
      return [
        alert('unusual_volume', `${currency} ${spell(seen)}`, {
          title: `${money(total)} came in within the last hour`,
          text: `Usually ${money(usual.middle)} at this time on ${kindOfDay(seen.now, seen.timeZone)} (from ${usual.samples} days).\n\nA campaign explains it, or a price that is wrong, or somebody who tries cards.`,
        }),
      ];
    },
  );
}

/** Many different cards that fail within minutes: somebody tries out stolen numbers. */
function cardTesting(seen: Seen): AlertInput[] {
  const ms = 30 * minuteMs;
  const current = within(seen, seen.now, ms);
  const cards = new Set(current.flatMap(({ failedCards }) => failedCards)).size;
  const [failed, succeeded] = [failures(current), successes(current)];
  const usual = samples(seen, ms, (pulses) => new Set(pulses.flatMap(({ failedCards }) => failedCards)).size);
  const isKnown = usual.length >= leastSamples;
  const rate = failed / Math.max(failed + succeeded, 1);
  if (cards < seen.settings.testedCards || rate < (isKnown ? 0.25 : 0.5)) return [];
  if (isKnown && cards < 3 * median(usual)) return [];
  const objects = current.flatMap(({ failedCharges }) => failedCharges).slice(-5);
  return [
    alert('card_testing', spell(seen), {
      title: `${cards} different cards failed within half an hour`,
      text: `${failed} of ${failed + succeeded} payments failed; usually ${round(median(usual))} cards do. This looks like somebody trying out stolen cards.\n\nPut a captcha or a sign-in before your checkout, and let Radar block: each attempt may cost a fee, and what succeeded will be disputed.`,
      objects: objects.map((id) => ({ type: 'charge', id })),
    }),
  ];
}

/** Fewer payments than this say nothing of what is large. */
const leastPayments = 50;

function largePayments(seen: Seen): AlertInput[] {
  const recent = within(seen, seen.now, hourMs);
  const before = seen.pulses.slice(0, seen.pulses.length - recent.length);
  const currencies = new Set(recent.flatMap(({ amounts }) => Object.keys(amounts)));
  return [...currencies].flatMap((currency) => {
    const judge = judgeOf(
      currency,
      before.flatMap(({ amounts }) => (amounts[currency] ?? []).map(({ amount }) => amount)),
      seen.settings,
    );
    return recent
      .flatMap(({ amounts }) => amounts[currency] ?? [])
      .flatMap(({ id, amount }) => {
        const against = judge(amount);
        if (!against) return [];
        const money = formatMoney(fromStripe(amount, currency));
        const text = `${against}\n\nSee whether it is meant, and who it is from, before anything is delivered.`;
        const objects = [{ type: 'charge', id, label: money }];
        return [alert('large_payment', id, { title: `A payment of ${money}`, text, objects })];
      });
  });
}

/** Says of a payment why it is large, against those before it; null where it is not. */
function judgeOf(
  currency: string,
  before: readonly number[],
  { largeAbove, strictness }: AlertSettings,
): (amount: number) => string | null {
  const money = (minor: number) => formatMoney(fromStripe(Math.round(minor), currency));
  const limit = largeAbove.find((one) => one.currency === currency);
  const above = limit && parseMoney(limit.amount, currency);
  // Amounts spread by factors, not by sums.
  const logs = before.map((one) => Math.log(Math.max(one, 1)));
  const high = median(logs) + strictness * 1.5 * Math.max(spread(logs), 0.2);
  const largest = before.reduce((most, one) => Math.max(most, one), 0);
  const pattern = `Half of ${before.length} payments in ${currency.toUpperCase()} are up to ${money(median(before))}, and the largest until now was ${money(largest)}.`;
  return (amount) => {
    if (above && fromStripe(amount, currency).minor > above.minor)
      return `It is above ${formatMoney(above)}, the limit in the settings.`;
    const isLarge = before.length >= leastPayments && Math.log(amount) > high && amount > 1.5 * largest;
    return isLarge ? pattern : null;
  };
}
