import type Stripe from 'stripe';
import { bankFromNumber, checkRoutingNumber } from '../behaviours/banks/bank-input.ts';
import { accountFingerprint, type TestAccount } from '../behaviours/banks/test-accounts.ts';
import { missingParam } from '../wire/errors.ts';
import type { Wire } from '../wire/shapes.ts';
import type { MethodData } from './input.ts';

type Details = Partial<
  Pick<
    Wire<Stripe.PaymentMethod>,
    'us_bank_account' | 'sepa_debit' | 'bacs_debit' | 'au_becs_debit' | 'acss_debit'
  >
>;

/** The part of a method that tells of its bank account; undefined for methods that are not bank debits. */
export function bankDetails(data: MethodData, path: string): Details | undefined {
  const at = (name: string) => (path === '' ? name : `${path}[${name}]`);
  if (data.type === 'us_bank_account') return usDetails(data, at);
  if (data.type === 'sepa_debit') {
    if (!data.sepa_debit) throw missingParam(at('sepa_debit'));
    needBilling(data, ['name', 'email'], at);
    const account = bankFromNumber('sepa_debit', data.sepa_debit.iban, at('sepa_debit[iban]'));
    return { sepa_debit: sepaView(account) };
  }
  if (data.type === 'bacs_debit') {
    if (!data.bacs_debit) throw missingParam(at('bacs_debit'));
    needBilling(data, ['name', 'email'], at);
    const { account_number: number, sort_code: sortCode } = data.bacs_debit;
    const account = bankFromNumber('bacs_debit', number, at('bacs_debit[account_number]'));
    return { bacs_debit: { ...common(account), sort_code: sortCode.replaceAll(/\D/g, '') } };
  }
  if (data.type === 'au_becs_debit') {
    if (!data.au_becs_debit) throw missingParam(at('au_becs_debit'));
    needBilling(data, ['name', 'email'], at);
    const { account_number: number, bsb_number: bsb } = data.au_becs_debit;
    const account = bankFromNumber('au_becs_debit', number, at('au_becs_debit[account_number]'));
    return { au_becs_debit: { ...common(account), bsb_number: bsb.replaceAll(/\D/g, '') } };
  }
  if (data.type === 'acss_debit') {
    if (!data.acss_debit) throw missingParam(at('acss_debit'));
    needBilling(data, ['name', 'email'], at);
    const {
      account_number: number,
      institution_number: institution,
      transit_number: transit,
    } = data.acss_debit;
    const account = bankFromNumber('acss_debit', number, at('acss_debit[account_number]'));
    return {
      acss_debit: {
        ...common(account),
        bank_name: testBank,
        institution_number: institution,
        transit_number: transit,
      },
    };
  }
  return undefined;
}

/** The same for an account that is published by name: `pm_usBankAccount_success`. */
export function bankDetailsOf(account: TestAccount): Details {
  switch (account.type) {
    case 'us_bank_account':
      return { us_bank_account: usView(account, {}) };
    case 'sepa_debit':
      return { sepa_debit: sepaView(account) };
    case 'bacs_debit':
      return { bacs_debit: { ...common(account), sort_code: '108800' } };
    case 'au_becs_debit':
      return { au_becs_debit: { ...common(account), bsb_number: '000000' } };
    case 'acss_debit':
      return {
        acss_debit: {
          ...common(account),
          bank_name: testBank,
          institution_number: '000',
          transit_number: '11000',
        },
      };
  }
}

const testBank = 'STRIPE TEST BANK';

function usDetails(data: MethodData, at: (name: string) => string): Details {
  const given = data.us_bank_account;
  if (!given) throw missingParam(at('us_bank_account'));
  const { account_number: number, routing_number: routing } = given;
  if (routing === undefined) throw missingParam(at('us_bank_account[routing_number]'));
  if (number === undefined) throw missingParam(at('us_bank_account[account_number]'));
  needBilling(data, ['name'], at);
  checkRoutingNumber(routing, at('us_bank_account[routing_number]'));
  const account = bankFromNumber('us_bank_account', number, at('us_bank_account[account_number]'));
  return { us_bank_account: { ...usView(account, given), routing_number: routing } };
}

function usView(
  account: TestAccount,
  given: Pick<NonNullable<MethodData['us_bank_account']>, 'account_holder_type' | 'account_type'>,
): Wire<Stripe.PaymentMethod.UsBankAccount> {
  return {
    account_holder_type: given.account_holder_type ?? 'individual',
    account_type: given.account_type ?? 'checking',
    bank_name: testBank,
    financial_connections_account: null,
    ...common(account),
    networks: { preferred: 'ach', supported: ['ach'] },
    routing_number: '110000000',
    status_details: {},
  };
}

function sepaView(account: TestAccount): Wire<Stripe.PaymentMethod.SepaDebit> {
  const iban = account.number ?? '';
  const country = iban.slice(0, 2);
  const [bankDigits, branchDigits] = bankCodeLengths[country] ?? [4, 0];
  return {
    bank_code: iban.slice(4, 4 + bankDigits),
    branch_code: iban.slice(4 + bankDigits, 4 + bankDigits + branchDigits),
    country,
    ...common(account),
    generated_from: { charge: null, setup_attempt: null },
  };
}

/** How many characters of an IBAN name the bank, and then the branch; four and none where not listed. */
const bankCodeLengths: Readonly<Record<string, readonly [number, number]>> = {
  AT: [5, 0],
  BE: [3, 0],
  CH: [5, 0],
  DE: [8, 0],
  EE: [2, 0],
  ES: [4, 4],
  FI: [3, 0],
  FR: [5, 5],
  GB: [4, 6],
  HR: [7, 0],
  IE: [4, 6],
  LI: [5, 0],
  LT: [5, 0],
  LU: [3, 0],
  PT: [4, 4],
  SE: [3, 0],
};

function common(account: TestAccount): { fingerprint: string; last4: string } {
  return { fingerprint: accountFingerprint(account), last4: account.number?.slice(-4) ?? '6789' };
}

/** Banks want to know who agreed to a debit. */
function needBilling(
  data: MethodData,
  fields: readonly ('name' | 'email')[],
  at: (name: string) => string,
): void {
  for (const field of fields)
    if (!data.billing_details?.[field]) throw missingParam(at(`billing_details[${field}]`));
}
