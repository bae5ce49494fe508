import { describe, expect, test } from 'vitest';
import { unusualPayments } from './payments.ts';
import { type Pulse, stretchMs } from './pulse.ts';
import { likeMoments } from './seasons.ts';
import { alertSettings } from './settings.ts';

/** A Tuesday, 14:30 in New York. */
const now = new Date('2026-10-27T18:30:00Z');
const zone = 'America/New_York';
const dayMs = 86_400_000;

/** What comes in ten minutes: by hour and kind of day, with some scatter that is the same each time. */
type Rhythm = (
  hour: number,
  isWeekend: boolean,
  scatter: number,
) => { ok: number; failed: number; amount?: number };

/** Eight weeks in such a rhythm, and the last stretches as given. */
function weeks(rhythm: Rhythm, last: Partial<Pulse>[] = [], days = 56): Pulse[] {
  const pulses: Pulse[] = [];
  const end = Math.floor(now.getTime() / stretchMs) * stretchMs;
  for (let at = end - days * dayMs; at <= end; at += stretchMs) {
    const date = new Date(at);
    // Summer time all along: four hours behind.
    const local = new Date(at - 4 * 3_600_000);
    const isWeekend = [0, 6].includes(local.getUTCDay());
    const scatter = ((at / stretchMs) * 7919) % 5;
    const { ok, failed, amount = 2_000 } = rhythm(local.getUTCHours(), isWeekend, scatter);
    pulses.push(pulse(date, ok, failed, amount));
  }
  for (const [index, changed] of last.toReversed().entries()) {
    const place = pulses.length - 1 - index;
    pulses[place] = { ...(pulses[place] as Pulse), ...changed };
  }
  return pulses;
}
const pulse = (at: Date, ok: number, failed: number, amount: number): Pulse => ({
  ...{ at, succeeded: ok, failed },
  failedCards: Array.from({ length: failed }, (_, card) => `fp_${at.getTime()}_${card}`),
  failedCharges: failed > 0 ? [`ch_${at.getTime()}`] : [],
  amounts: {
    usd: Array.from({ length: ok }, (_, n) => ({ id: `ch_${at.getTime()}_${n}`, amount: amount + n * 100 })),
  },
});
/** A shop that sleeps at night and rests at weekends. */
const shop: Rhythm = (hour, isWeekend, scatter) =>
  hour < 8 || isWeekend ? { ok: 0, failed: 0 } : { ok: 6 + scatter, failed: scatter === 0 ? 1 : 0 };

const kinds = (pulses: Pulse[], settings: object = {}, at = now) =>
  unusualPayments({
    pulses,
    now: at,
    timeZone: zone,
    knownFrom: pulses[0]?.at ?? at,
    settings: alertSettings.parse(settings),
  }).map(({ kind }) => kind);

describe('what is unusual about payments', () => {
  test('nothing, on a day like the others, at any hour of a week', () => {
    const all = weeks(shop);
    for (let hour = 0; hour < 7 * 24; hour += 11) {
      const at = new Date(now.getTime() - hour * 3_600_000);
      const pulses = all.filter((one) => one.at <= at);
      expect([at.toISOString(), kinds(pulses, {}, at)]).toEqual([at.toISOString(), []]);
    }
  });

  test('many failures where few are usual, said against what; not where many are usual', () => {
    const last = Array.from({ length: 6 }, () => ({
      failed: 5,
      failedCards: ['fp_1'],
      failedCharges: ['ch_1'],
    }));
    const pulses = weeks(shop, last);
    const settings = alertSettings.parse({});
    const [alert] = unusualPayments({
      pulses,
      now,
      timeZone: zone,
      knownFrom: pulses[0]?.at ?? now,
      settings,
    });
    expect(alert).toMatchObject({
      kind: 'failed_payments',
      objects: [{ type: 'charge', id: 'ch_1' }, ...Array(4).fill({ id: 'ch_1' })],
    });
    expect(alert?.title).toMatch(/^\d+ of \d+ payments failed within the last hour$/);
    expect(alert?.text).toMatch(/Usually [\d.]+ fail at this time on weekdays \(within 1 h, from \d+ days\)/);
    const failing: Rhythm = (hour, isWeekend, scatter) => ({
      ...shop(hour, isWeekend, scatter),
      failed: 4 + (scatter % 2),
    });
    expect(kinds(weeks(failing, last))).toEqual([]);
  });

  test('twice the payments with twice the failures are no failure', () => {
    const busy: Rhythm = (hour, isWeekend, scatter) => {
      const { ok, failed } = shop(hour, isWeekend, scatter);
      return { ok, failed: failed * 2 + (ok > 0 ? 1 : 0) };
    };
    const campaign = Array.from({ length: 6 }, () => ({ succeeded: 60, failed: 10, failedCards: ['fp_1'] }));
    expect(kinds(weeks(busy, campaign))).not.toContain('failed_payments');
  });

  test('payments that stop in the daytime, and not at night, when none come anyway', () => {
    const none = Array.from({ length: 20 }, () => ({
      succeeded: 0,
      amounts: {},
      failed: 0,
      failedCharges: [],
    }));
    expect(kinds(weeks(shop, none))).toEqual(['payments_stopped']);
    const night = new Date('2026-10-27T09:00:00Z');
    expect(
      kinds(
        weeks(shop).filter(({ at }) => at <= night),
        {},
        night,
      ),
    ).toEqual([]);
  });

  test('an hour that brings far more than usual', () => {
    const many = Array.from({ length: 60 }, (_, n) => ({ id: `ch_${n}`, amount: 2_000 }));
    const last = Array.from({ length: 6 }, () => ({ succeeded: 60, amounts: { usd: many } }));
    expect(kinds(weeks(shop, last))).toEqual(['unusual_volume']);
  });

  test('many different cards that fail within minutes, even where nothing is known yet', () => {
    const cards = Array.from({ length: 14 }, (_, n) => `fp_${n}`);
    const last = [{ succeeded: 1, failed: 14, failedCards: cards, failedCharges: ['ch_1'] }];
    expect(kinds(weeks(shop, last))).toContain('card_testing');
    expect(kinds(weeks(shop, last, 0))).toEqual(['card_testing']);
    const oneCard = [{ succeeded: 1, failed: 14, failedCards: ['fp_1'], failedCharges: ['ch_1'] }];
    expect(kinds(weeks(shop, oneCard, 0))).toEqual([]);
  });

  test('a payment far above all others, and one above a limit that somebody set', () => {
    const large = [{ amounts: { usd: [{ id: 'ch_big', amount: 900_000 }] } }];
    const pulses = weeks(shop, large);
    const settings = alertSettings.parse({});
    const found = unusualPayments({ pulses, now, timeZone: zone, knownFrom: pulses[0]?.at ?? now, settings });
    expect(found.find(({ kind }) => kind === 'large_payment')).toMatchObject({
      ...{ key: 'ch_big', title: 'A payment of $9,000.00' },
      text: expect.stringContaining('the largest until now was'),
    });
    const some = [{ amounts: { usd: [{ id: 'ch_some', amount: 60_000 }] } }];
    expect(kinds(weeks(shop, some, 0))).toEqual([]);
    expect(kinds(weeks(shop, some, 0), { largeAbove: [{ amount: '500', currency: 'usd' }] })).toEqual([
      'large_payment',
    ]);
  });

  test('nothing in a small account: one payment a day, one of three of which fails', () => {
    const small: Rhythm = (hour, _, scatter) => ({
      ok: hour === 10 && scatter > 2 ? 1 : 0,
      failed: hour === 10 && scatter === 0 ? 1 : 0,
    });
    const last = [{ succeeded: 0, failed: 3, failedCards: ['a', 'b', 'c'] }];
    expect(kinds(weeks(small, last))).toEqual([]);
    expect(kinds(weeks(small).slice(-50))).toEqual([]);
  });
});

test('a moment is compared with the same local time on days of its kind, over a change of the clocks too', () => {
  const after = new Date('2026-11-03T15:00:00Z');
  const moments = likeMoments(after, zone, new Date('2026-09-01T00:00:00Z'));
  const local = moments.map((each) =>
    each.toLocaleString('en-US', {
      timeZone: zone,
      weekday: 'short',
      hour: '2-digit',
      minute: '2-digit',
      hourCycle: 'h23',
    }),
  );
  expect(new Set(local.map((text) => text.split(' ')[1]))).toEqual(new Set(['10:00']));
  expect(local.filter((text) => /Sat|Sun/.test(text))).toEqual([]);
  expect(local.filter((text) => text.startsWith('Tue'))).toHaveLength(8);
});
