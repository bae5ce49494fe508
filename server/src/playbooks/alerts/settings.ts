import { isCurrency, MoneyError, parseMoney } from '@purser/money';
import { z } from 'zod';

export const alertKinds = [
  'failed_payments',
  'payments_stopped',
  'unusual_volume',
  'card_testing',
  'large_payment',
  'refunds_by_one',
  'payout_failed',
  'webhook_silence',
  'key_misuse',
  'key_refused',
] as const;
export type AlertKind = (typeof alertKinds)[number];

const count = (least: number, standard: number, what: string) =>
  z.number().int().min(least).max(100_000).default(standard).describe(what);

const limit = z
  .strictObject({ amount: z.string().max(24), currency: z.string().trim().toLowerCase().refine(isCurrency) })
  .superRefine(({ amount, currency }, context) => {
    try {
      if (isCurrency(currency)) parseMoney(amount, currency);
    } catch (error) {
      if (!(error instanceof MoneyError)) throw error;
      context.addIssue({ code: 'custom', path: ['amount'], message: error.message });
    }
  });

export const alertSettings = z.strictObject({
  strictness: z
    .number()
    .min(2)
    .max(20)
    .default(4)
    .describe('How far outside the usual is unusual, in spreads: lower tells more, higher less.'),
  leastFailed: count(1, 5, 'Fewer failed payments within an hour are never told.'),
  leastUsual: count(
    1,
    8,
    'That payments stopped is told only where at least so many usually come within three hours.',
  ),
  testedCards: count(3, 10, 'So many different cards that fail within half an hour look like card testing.'),
  largeAbove: z
    .array(limit)
    .max(20)
    .default([])
    .describe('Payments above these are told whatever is usual: {amount, currency}.'),
  leastRefunds: count(1, 5, 'Fewer refunds by one person, token or agent within a day are never told.'),
  leastRefusals: count(
    1,
    10,
    'So many refused calls by one person, token or agent within an hour look like misuse.',
  ),
  againHours: count(1, 6, 'What goes on is told again after so many hours.'),
  muted: z
    .array(
      z.strictObject({
        kind: z.enum(alertKinds),
        until: z.iso.datetime().nullable().default(null).describe('Empty: until it is taken off this list.'),
      }),
    )
    .max(50)
    .default([])
    .describe('Kinds of alerts that are not told.'),
  mailTo: z
    .array(z.email().max(254))
    .max(20)
    .default([])
    .describe('Who gets alerts by mail, beside the inbox.'),
});
export type AlertSettings = z.infer<typeof alertSettings>;

export const alertInput = z.strictObject({
  kind: z.enum(alertKinds).describe('What kind of alert.'),
  key: z.string().min(1).max(200).describe('Which occasion: of each, one alert.'),
  title: z.string().min(1).max(200).describe('What is unusual, in a line.'),
  text: z.string().min(1).max(4_000).describe('Against what, and what to do: Markdown.'),
  objects: z
    .array(
      z.strictObject({
        type: z.string().max(60),
        id: z.string().max(100),
        label: z.string().max(200).optional(),
      }),
    )
    .max(20)
    .default([])
    .describe('What it is about.'),
});
export type AlertInput = z.infer<typeof alertInput>;

export function isMuted({ muted }: AlertSettings, kind: AlertKind, now: Date): boolean {
  return muted.some((mute) => mute.kind === kind && (mute.until === null || new Date(mute.until) > now));
}
