import type Stripe from 'stripe';
import type { Wire } from '../wire/shapes.ts';

type Destination = Wire<Stripe.Refund.DestinationDetails>;

/** Where the money of a kind of method goes back to, when that is called otherwise than the kind. */
const bankTransfers: Readonly<Record<string, keyof Destination>> = {
  au_becs_debit: 'au_bank_transfer',
  bacs_debit: 'gb_bank_transfer',
  customer_balance: 'customer_cash_balance',
  konbini: 'jp_bank_transfer',
  nz_bank_account: 'nz_bank_transfer',
  promptpay: 'th_bank_transfer',
  revolut_pay: 'revolut',
  sepa_debit: 'eu_bank_transfer',
  us_bank_account: 'us_bank_transfer',
};

/** Kinds of destinations that give the transfer a reference. */
const referenced: ReadonlySet<string> = new Set([
  'afterpay_clearpay',
  'blik',
  'eu_bank_transfer',
  'gb_bank_transfer',
  'jp_bank_transfer',
  'klarna',
  'mb_way',
  'multibanco',
  'p24',
  'paypal',
  'swish',
  'th_bank_transfer',
  'us_bank_transfer',
]);

/** Where a refund of a kind of method goes, before its bank has named it. */
export function destinationOf(type: string): Destination {
  if (type === 'card')
    return {
      card: { reference_status: 'pending', reference_type: 'acquirer_reference_number', type: 'refund' },
      type,
    };
  const name = bankTransfers[type] ?? type;
  return { [name]: referenced.has(name) ? { reference: null, reference_status: null } : {}, type: name };
}
