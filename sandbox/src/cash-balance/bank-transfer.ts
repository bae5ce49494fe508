import type Stripe from 'stripe';
import type { Account } from '../account.ts';
import { accountObject } from '../accounts.ts';
import { addressOf } from '../addresses.ts';
import { derivedDigits, derivedText } from '../ids.ts';
import type { Wire } from '../wire/shapes.ts';

type Instructions = Wire<Stripe.PaymentIntent.NextAction.DisplayBankTransferInstructions>;
export type TransferType = Instructions['type'];
type FinancialAddress = NonNullable<Instructions['financial_addresses']>[number];

/** How customers send money in each currency that they can. */
const types: Readonly<Record<string, TransferType>> = {
  eur: 'eu_bank_transfer',
  gbp: 'gb_bank_transfer',
  jpy: 'jp_bank_transfer',
  mxn: 'mx_bank_transfer',
  usd: 'us_bank_transfer',
};

export function transferType(currency: string): TransferType {
  return types[currency] ?? 'us_bank_transfer';
}

/** What the customer writes on a transfer, always the same for the same customer. */
export function referenceOf(account: Account, customer: string): string {
  return derivedText(`reference ${account.id} ${customer}`, 12).toUpperCase();
}

const bank = { bank_address: addressOf({ country: 'US' }), bank_name: 'SANDBOX TEST BANK' } as const;

/** The account that belongs to a customer alone: whatever arrives there is theirs. */
export function financialAddresses(account: Account, customer: string, currency: string): FinancialAddress[] {
  const digits = (count: number) => derivedDigits(`${currency} ${account.id} ${customer}`, count);
  const holder = {
    account_holder_address: addressOf({ country: accountObject(account).country ?? 'US' }),
    account_holder_name: accountObject(account).business_profile?.name ?? 'Sandbox account',
  };
  switch (transferType(currency)) {
    case 'eu_bank_transfer':
      return [
        {
          type: 'iban',
          iban: {
            ...holder,
            bank_address: addressOf({ country: 'IE' }),
            bic: 'SNDBIE2DXXX',
            country: 'IE',
            iban: `IE00SNDB${digits(14)}`,
          },
          supported_networks: ['sepa'],
        },
      ];
    case 'gb_bank_transfer':
      return [
        {
          type: 'sort_code',
          sort_code: {
            ...holder,
            account_number: digits(8),
            bank_address: addressOf({ country: 'GB' }),
            sort_code: '108800',
          },
          supported_networks: ['bacs', 'fps'],
        },
      ];
    case 'jp_bank_transfer':
      return [
        {
          type: 'zengin',
          zengin: {
            ...holder,
            account_number: digits(7),
            account_type: 'futsu',
            bank_address: addressOf({ country: 'JP' }),
            bank_code: '1100',
            bank_name: bank.bank_name,
            branch_code: '000',
            branch_name: 'TEST BRANCH',
          },
          supported_networks: ['zengin'],
        },
      ];
    case 'mx_bank_transfer':
      return [
        {
          type: 'spei',
          spei: {
            ...holder,
            bank_address: addressOf({ country: 'MX' }),
            bank_code: '002',
            bank_name: bank.bank_name,
            clabe: `002${digits(15)}`,
          },
          supported_networks: ['spei'],
        },
      ];
    default:
      return [
        {
          type: 'aba',
          aba: {
            ...holder,
            ...bank,
            account_number: digits(12),
            account_type: 'checking',
            routing_number: '110000000',
          },
          supported_networks: ['ach', 'domestic_wire_us'],
        },
      ];
  }
}
