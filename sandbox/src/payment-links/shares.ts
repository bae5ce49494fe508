import type { Account } from '../account.ts';
import { splitOf } from '../charges/split.ts';
import { notSupported } from '../wire/errors.ts';
import type { PaymentLink } from './link.ts';
import type { LinkTerms } from './params.ts';

type Shares = Pick<PaymentLink, 'application_fee_amount' | 'on_behalf_of' | 'transfer_data'>;

/** How payments through a link are shared with connected accounts. Throws Stripe's refusals; a 501 for subscriptions. */
export function sharesAfter(account: Account, link: PaymentLink, terms: LinkTerms): Shares {
  const {
    application_fee_amount: fee = link.application_fee_amount,
    on_behalf_of: behalf = link.on_behalf_of,
    transfer_data: data = link.transfer_data,
  } = terms;
  if (link.subscription_data && (behalf !== null || data !== null))
    throw notSupported('sharing subscriptions with connected accounts');
  // What it comes to is known with the customer's choices only.
  splitOf(
    account,
    shareParams({ application_fee_amount: fee, on_behalf_of: behalf, ...dataOf(data) }),
    Number.MAX_SAFE_INTEGER,
  );
  return { application_fee_amount: fee, on_behalf_of: behalf, ...dataOf(data) };
}

function dataOf(
  data: LinkTerms['transfer_data'] | PaymentLink['transfer_data'],
): Pick<Shares, 'transfer_data'> {
  return { transfer_data: data ? { amount: data.amount ?? null, destination: data.destination } : null };
}

/** The same as a payment asks for it. */
export function shareParams({
  application_fee_amount: fee,
  on_behalf_of: behalf,
  transfer_data: data,
}: Shares) {
  return {
    application_fee_amount: fee ?? undefined,
    on_behalf_of: behalf ?? undefined,
    transfer_data: data ? { amount: data.amount ?? undefined, destination: data.destination } : undefined,
  };
}
