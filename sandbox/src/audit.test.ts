import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Account, openAccount } from './account.ts';
import { auditBooks } from './audit.ts';
import { day } from './clock.ts';
import { disputes } from './disputes/dispute.ts';
import { paymentIntents } from './payment-intents/intent.ts';
import { refunds } from './refunds/refund.ts';
import { expansionsOf, registryOf, resources } from './resources.ts';
import { createPlayer } from './seeds/player.ts';
import type { PlayerParams } from './seeds/seed.ts';
import { forgetfulJournal } from './store/journal.ts';
import { StripeFault } from './wire/errors.ts';

const routes = resources.flatMap((resource) => resource.routes ?? []);
const start = Date.UTC(2026, 0, 1) / 1000;

const cards = [
  'pm_card_visa',
  'pm_card_bypassPending',
  'pm_card_createDispute',
  'pm_card_createDisputeInquiry',
  'pm_card_refundFail',
  'pm_card_pendingRefund',
  'pm_card_createMultipleDisputes',
  'pm_card_createIssuerFraudRecord',
  'pm_card_riskLevelElevated',
  'pm_card_chargeDeclined',
  'pm_card_authenticationRequired',
  'pm_usBankAccount_success',
  'pm_usBankAccount_insufficientFunds',
  'pm_usBankAccount_dispute',
] as const;

type Step =
  | {
      readonly kind: 'pay';
      readonly card: string;
      readonly amount: number;
      readonly currency: string;
      readonly manual: boolean;
    }
  | {
      readonly kind: 'capture' | 'captureMore' | 'increment' | 'refund' | 'payout';
      readonly pick: number;
      readonly amount: number;
    }
  | { readonly kind: 'cancel' | 'evidence' | 'close' | 'cancelRefund' | 'confirm'; readonly pick: number }
  | { readonly kind: 'wait'; readonly days: number };

const pick = fc.nat(50);
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant('pay' as const),
      card: fc.constantFrom(...cards),
      amount: fc.integer({ min: 50, max: 100_000 }),
      currency: fc.constantFrom('usd', 'eur', 'jpy', 'cad', 'krw'),
      manual: fc.boolean(),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constantFrom('capture', 'captureMore', 'increment', 'refund', 'payout'),
      pick,
      amount: fc.integer({ min: 1, max: 60_000 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constantFrom('cancel', 'evidence', 'close', 'cancelRefund', 'confirm'),
      pick,
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('wait' as const), days: fc.integer({ min: 1, max: 15 }) }),
  },
);

async function freshAccount(): Promise<Account> {
  const account = openAccount({
    id: 'acct_test',
    livemode: false,
    registry: registryOf(resources),
    clock: { now: () => start * 1000 },
    journal: forgetfulJournal,
    origin: () => 'http://sandbox',
    log: (message, cause) => {
      throw new Error(message, { cause });
    },
  });
  account.hold(start);
  return account;
}

const evidence = ['winning_evidence', 'losing_evidence', 'escalate_inquiry_evidence', 'a letter'];

/** What a step is done to. */
function collectionOf(kind: Exclude<Step, { kind: 'wait' }>['kind']): string {
  if (kind === 'evidence' || kind === 'close') return disputes.name;
  return kind === 'cancelRefund' ? refunds.name : paymentIntents.name;
}

/** One step of a history, as a path and parameters; null when there is nothing to do it to. */
function request(
  account: Account,
  taken: Exclude<Step, { kind: 'wait' }>,
): [path: string, params: PlayerParams] | null {
  if (taken.kind === 'pay') {
    const { card, amount, currency, manual } = taken;
    const isBank = card.includes('BankAccount');
    return [
      '/v1/payment_intents',
      {
        amount,
        currency: isBank ? 'usd' : currency,
        payment_method: card,
        confirm: true,
        allowed_payment_method_types: [isBank ? 'us_bank_account' : 'card'],
        capture_method: manual ? 'manual' : 'automatic',
        mandate_data: { customer_acceptance: { type: 'offline' } },
        payment_method_options: {
          card: {
            request_incremental_authorization: 'if_available',
            request_multicapture: 'if_available',
            request_overcapture: 'if_available',
          },
        },
      },
    ];
  }
  if (taken.kind === 'payout') return ['/v1/payouts', { amount: taken.amount, currency: 'usd' }];
  const from = collectionOf(taken.kind);
  const all = [...(account.byName(from)?.oldestFirst() ?? [])];
  const chosen = all[taken.pick % Math.max(all.length, 1)];
  if (!chosen) return null;
  if (taken.kind === 'capture')
    return [`/v1/payment_intents/${chosen.id}/capture`, { amount_to_capture: taken.amount }];
  if (taken.kind === 'captureMore')
    return [
      `/v1/payment_intents/${chosen.id}/capture`,
      { amount_to_capture: taken.amount, final_capture: false },
    ];
  if (taken.kind === 'increment')
    return [`/v1/payment_intents/${chosen.id}/increment_authorization`, { amount: taken.amount }];
  if (taken.kind === 'confirm')
    return [`/v1/payment_intents/${chosen.id}/confirm`, { payment_method: 'pm_card_visa' }];
  if (taken.kind === 'cancelRefund') return [`/v1/refunds/${chosen.id}/cancel`, {}];
  if (taken.kind === 'cancel') return [`/v1/payment_intents/${chosen.id}/cancel`, {}];
  if (taken.kind === 'refund') return ['/v1/refunds', { payment_intent: chosen.id, amount: taken.amount }];
  if (taken.kind === 'close') return [`/v1/disputes/${chosen.id}/close`, {}];
  const word = evidence[taken.pick % evidence.length] ?? '';
  return [`/v1/disputes/${chosen.id}`, { evidence: { uncategorized_text: word } }];
}

test('money adds up over any history, refused steps included', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 60 }), async (history) => {
      const account = await freshAccount();
      const play = createPlayer(account, routes, expansionsOf(resources));
      for (const taken of history) {
        if (taken.kind === 'wait') account.advanceTo(account.now() + taken.days * day);
        else {
          const wanted = request(account, taken);
          try {
            if (wanted) play.post(wanted[0], wanted[1]);
          } catch (error) {
            if (!(error instanceof StripeFault)) throw error;
          }
        }
        expect(auditBooks(account)).toEqual([]);
      }
      account.advanceTo(account.now() + 100 * day);
      expect(auditBooks(account)).toEqual([]);
    }),
    { numRuns: 60 },
  );
});
