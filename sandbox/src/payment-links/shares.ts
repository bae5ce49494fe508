import type { Account } from '../account.ts';
import { checkShares, percentParam } from '../charges/shares.ts';
import type { SessionParams } from '../checkout/params.ts';
import { refused } from '../resource.ts';
import { emptyable, integer, object, type Parsed, required, text, unsettableText } from '../wire/params.ts';
import type { PaymentLink } from './link.ts';

/** How what is paid through a link is shared. */
export const linkShareFields = {
  application_fee_amount: emptyable(integer(0)),
  application_fee_percent: emptyable(percentParam),
  on_behalf_of: unsettableText(),
  transfer_data: emptyable(object({ amount: emptyable(integer(1)), destination: required(text()) })),
} as const;
type ShareTerms = Parsed<typeof linkShareFields>;
type LinkShares = Pick<PaymentLink, keyof ShareTerms>;

/** A link's shares after a request. Throws Stripe's refusals of parts that do not go with what the link sells. */
export function sharesOfLink(account: Account, link: PaymentLink, terms: ShareTerms): LinkShares {
  const { application_fee_amount: amount, application_fee_percent: percent, transfer_data: data } = terms;
  const next: LinkShares = {
    application_fee_amount: amount === undefined ? link.application_fee_amount : amount,
    application_fee_percent: percent === undefined ? link.application_fee_percent : percent,
    on_behalf_of: terms.on_behalf_of === undefined ? link.on_behalf_of : terms.on_behalf_of,
    transfer_data:
      data === undefined
        ? link.transfer_data
        : data && { amount: data.amount ?? null, destination: data.destination },
  };
  const isChanged = Object.keys(linkShareFields).some((name) => name in terms);
  if (!isChanged) return next;
  const recurs = link.subscription_data !== null;
  if (recurs && next.application_fee_amount !== null) throw misplaced('application_fee_amount', 'no');
  if (recurs && next.transfer_data?.amount) throw misplaced('transfer_data[amount]', 'no');
  if (!recurs && next.application_fee_percent !== null) throw misplaced('application_fee_percent', 'some');
  checkShares(account, next);
  return next;
}

function misplaced(param: string, needs: 'no' | 'some') {
  return refused(
    param,
    needs === 'no'
      ? `\`${param}\` can only be used with payment links that have no recurring prices.`
      : `\`${param}\` can only be used with payment links that have a recurring price.`,
  );
}

/** What of it goes into the payment intent of a session. */
export function paymentShares(link: PaymentLink): NonNullable<SessionParams['payment_intent_data']> {
  const { application_fee_amount: fee, on_behalf_of: behalf, transfer_data: data } = link;
  return {
    application_fee_amount: fee ?? undefined,
    on_behalf_of: behalf ?? undefined,
    transfer_data: data ? { amount: data.amount ?? undefined, destination: data.destination } : undefined,
  };
}

/** What of it goes into the subscription of a session. */
export function subscriptionShares(link: PaymentLink): NonNullable<SessionParams['subscription_data']> {
  const { application_fee_percent: fee, on_behalf_of: behalf, transfer_data: data } = link;
  return {
    application_fee_percent: fee ?? undefined,
    on_behalf_of: behalf ?? undefined,
    transfer_data: data ? { destination: data.destination } : undefined,
  };
}
