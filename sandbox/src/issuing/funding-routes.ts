import type Stripe from 'stripe';
import type { Account } from '../account.ts';
import { accountObject } from '../accounts.ts';
import { financialAddresses, transferType } from '../cash-balance/bank-transfer.ts';
import { chargeCurrency } from '../charges/amounts.ts';
import { type Resource, refused, route } from '../resource.ts';
import { topUpNow } from '../topups.ts';
import { integer, object, oneOf, required, text } from '../wire/params.ts';
import type { Wire } from '../wire/shapes.ts';
import { requireIssuer, requireTestMode } from './issuer.ts';

type FundingInstructions = Wire<Stripe.FundingInstructions>;

const permission = 'topup';
const path = '/v1/issuing/funding_instructions';
/** The currencies that cards are issued in. */
const fundable = ['eur', 'gbp', 'usd'] as const;

/** The bank account that belongs to an Issuing balance: what arrives there is for cards. Always the same one. */
function instructionsFor(account: Account, currency: string): FundingInstructions {
  requireIssuer(account);
  if (!fundable.some((one) => one === currency))
    throw refused(
      'currency',
      `Issuing balances can be funded in ${fundable.join(', ')}, not in ${currency}.`,
    );
  return {
    object: 'funding_instructions',
    bank_transfer: {
      country: accountObject(account).country ?? 'US',
      financial_addresses: financialAddresses(account, 'issuing', currency),
      type: transferType(currency) as 'eu_bank_transfer',
    },
    currency,
    funding_type: 'bank_transfer',
    livemode: account.livemode,
  };
}

/** Money for cards by bank transfer: not in the SDK, and in Stripe's reference for those who push it themselves. */
export const issuingFundingResource: Resource = {
  routes: [
    route(
      'POST',
      path,
      {
        permission,
        params: {
          bank_transfer: object({
            type: required(oneOf('eu_bank_transfer', 'gb_bank_transfer', 'us_bank_transfer')),
            eu_bank_transfer: object({ country: text(2) }),
          }),
          currency: required(chargeCurrency),
          funding_type: required(oneOf('bank_transfer')),
        },
      },
      ({ account, params }) => instructionsFor(account, params.currency),
    ),
    route('GET', path, { permission, params: { limit: integer(1, 100) } }, ({ account, params, url }) => {
      const { limit = 10 } = params;
      const data = fundable.map((currency) => instructionsFor(account, currency));
      return { object: 'list', data: data.slice(0, limit), has_more: limit < data.length, url } as const;
    }),
    route(
      'POST',
      '/v1/test_helpers/issuing/fund_balance',
      {
        permission,
        params: { amount: required(integer(1, 99_999_999)), currency: required(chargeCurrency) },
      },
      ({ account, params }) => {
        requireTestMode(account);
        const instructions = instructionsFor(account, params.currency);
        topUpNow(account, { ...params, description: 'Bank transfer to the Issuing balance' });
        return instructions;
      },
    ),
  ],
};
