import { minute } from '../../clock.ts';
import { derivedText } from '../../ids.ts';
import type { Behaviour } from '../behaviour.ts';
import { failures } from './failures.ts';
import { type IbanOutcome, testIbans } from './ibans.ts';

export type DebitType = 'us_bank_account' | 'sepa_debit' | 'bacs_debit' | 'au_becs_debit' | 'acss_debit';

/** One of Stripe's published test bank accounts. */
export interface TestAccount {
  readonly type: DebitType;
  /** Account number or IBAN; null for one that is published by name only. */
  readonly number: string | null;
  /** What follows `pm_`: `usBankAccount_success`. Null where only a number is published. */
  readonly name: string | null;
  readonly behaviour: Behaviour;
}

const late = { settlesAfterSeconds: 3 * minute } as const;
const lostFor = (failure: Behaviour['failure'], more: Behaviour = {}): Behaviour => ({ failure, ...more });
const returned = { complaint: 'debitReturned' } as const;

const ofIbans: Record<IbanOutcome, Behaviour> = {
  success: {},
  successDelayed: late,
  failed: lostFor(failures.generic),
  failedDelayed: lostFor(failures.generic, late),
  disputed: returned,
  exceedsWeeklyVolumeLimit: { decline: failures.weeklyVolume, onlyWhenCharged: true },
  exceedsWeeklyTransactionLimit: { decline: failures.weeklyTransactions, onlyWhenCharged: true },
  insufficientFunds: lostFor(failures.insufficientFunds),
};

type Row = readonly [number: string | null, name: string | null, behaviour: Behaviour];

const usAccounts: readonly Row[] = [
  ['000123456789', 'success', {}],
  ['000111111113', 'accountClosed', lostFor(failures.accountClosed)],
  [
    '000000004954',
    'riskLevelHighest',
    { decline: failures.generic, onlyWhenCharged: true, blocked: true, risk: 'highest' },
  ],
  ['000111111116', 'noAccount', lostFor(failures.noAccount)],
  ['000222222227', 'insufficientFunds', lostFor(failures.insufficientFunds)],
  ['000333333335', 'debitNotAuthorized', lostFor(failures.debitNotAuthorized, { endsMandate: true })],
  ['000444444440', 'invalidCurrency', lostFor(failures.invalidCurrency)],
  ['000666666661', 'failMicrodeposits', { refusesDeposits: true }],
  ['000555555559', 'dispute', returned],
  ['000000000009', 'processing', { settlesAfterSeconds: null }],
  ['000777777771', 'weeklyLimitExceeded', { decline: failures.weeklyVolume, onlyWhenCharged: true }],
  ['000888888885', null, lostFor(failures.accountClosed)],
];

const bacsAccounts: readonly Row[] = [
  ['00012345', 'success', {}],
  ['90012345', 'successDelayed', late],
  ['33333335', 'debitNotAuthorized', lostFor(failures.debitNotAuthorized, { endsMandate: true })],
  [
    '93333335',
    'debitNotAuthorizedDelayed',
    lostFor(failures.debitNotAuthorized, { endsMandate: true, ...late }),
  ],
  ['22222227', 'insufficientFunds', lostFor(failures.insufficientFunds)],
  ['92222227', 'insufficientFundsDelayed', lostFor(failures.insufficientFunds, late)],
  ['55555559', 'dispute', { ...returned, ...late }],
  ['00033333', 'mandateRefused', lostFor(failures.debitNotAuthorized, { refusesMandate: true })],
  ['34343434', 'exceedsWeeklyLimit', { decline: failures.weeklyVolume, onlyWhenCharged: true }],
  ['12121212', 'exceedsTransactionLimit', { decline: failures.transactionSize, onlyWhenCharged: true }],
];

const becsAccounts: readonly Row[] = [
  ['000123456', 'success', {}],
  ['900123456', 'successDelayed', late],
  ['111111113', 'accountClosed', lostFor(failures.accountClosed, { endsMandate: true })],
  ['111111116', 'noAccount', lostFor(failures.noAccount, { endsMandate: true })],
  ['222222227', 'referToCustomer', lostFor(failures.referToCustomer)],
  ['922222227', 'referToCustomerDelayed', lostFor(failures.referToCustomer, late)],
  ['333333335', 'debitNotAuthorized', lostFor(failures.debitNotAuthorized, { endsMandate: true })],
  ['666666660', 'dispute', returned],
  ['343434343', 'exceedsWeeklyLimit', { decline: failures.weeklyVolume, onlyWhenCharged: true }],
  ['121212121', 'exceedsTransactionLimit', { decline: failures.transactionSize, onlyWhenCharged: true }],
];

const acssAccounts: readonly Row[] = [
  ['000123456789', 'success', {}],
  ['900123456789', null, late],
  ['000222222227', 'insufficientFunds', lostFor(failures.insufficientFunds)],
  ['900222222227', null, lostFor(failures.insufficientFunds, late)],
  ['000666666661', null, { refusesDeposits: true }],
  ['000777777771', null, { decline: failures.weeklyVolume, onlyWhenCharged: true }],
  ['000888888881', null, { decline: failures.transactionSize, onlyWhenCharged: true }],
  [null, 'noAccount', lostFor(failures.noAccount)],
  [null, 'accountClosed', lostFor(failures.accountClosed)],
  [null, 'debitNotAuthorized', lostFor(failures.debitNotAuthorized, { endsMandate: true })],
  [null, 'dispute', returned],
];

function accountsOf(type: DebitType, prefix: string, rows: readonly Row[]): TestAccount[] {
  return rows.map(([number, name, behaviour]) => ({
    type,
    number,
    name: name === null ? null : `${prefix}_${name}`,
    behaviour,
  }));
}

/** Every bank account that Stripe publishes for tests. https://docs.stripe.com/testing#non-card-payments */
export const testAccounts: readonly TestAccount[] = [
  ...accountsOf('us_bank_account', 'usBankAccount', usAccounts),
  ...accountsOf('bacs_debit', 'bacsDebit', bacsAccounts),
  ...accountsOf('au_becs_debit', 'auBecsDebit', becsAccounts),
  ...accountsOf('acss_debit', 'acssDebit', acssAccounts),
  ...testIbans.map(({ country, iban, outcome }) => ({
    type: 'sepa_debit' as const,
    number: iban,
    name: `sepaDebit_${outcome}_${country}`,
    behaviour: ofIbans[outcome],
  })),
  // Not on the list: what Stripe's CLI fails with.
  { type: 'sepa_debit', number: 'IT60X0542811101000000123456', name: null, behaviour: ofIbans.failed },
];

const byNumber = new Map(
  testAccounts.map((account) => [`${account.type} ${account.number ?? account.name}`, account]),
);
const byName = new Map(
  testAccounts.flatMap((account) => (account.name ? [[`pm_${account.name}`, account]] : [])),
);
const byFingerprint = new Map(testAccounts.map((account) => [accountFingerprint(account), account]));

/** Stands for the account without showing its number: the same for the same account. */
export function accountFingerprint({
  type,
  number,
  name,
}: Pick<TestAccount, 'type' | 'number' | 'name'>): string {
  return derivedText(`bank ${type} ${number ?? name}`, 16);
}

export function accountByNumber(type: DebitType, number: string): TestAccount | undefined {
  return byNumber.get(`${type} ${number}`);
}

/** The account behind `pm_usBankAccount_success`. */
export function accountByToken(token: string): TestAccount | undefined {
  return byName.get(token);
}

/** The account behind a stored method. */
export function accountByFingerprint(fingerprint: string | null | undefined): TestAccount | undefined {
  return byFingerprint.get(fingerprint ?? '');
}
