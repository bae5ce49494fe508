import type { Account } from '../account.ts';
import { checkShares, percentParam, type Shares } from '../charges/shares.ts';
import { refused } from '../resource.ts';
import { emptyable, integer, object, type Parsed, required, text, unsettableText } from '../wire/params.ts';
import type { Quote } from './quote.ts';

/** How what is paid for a quote is shared. */
export const quoteShareFields = {
  application_fee_amount: emptyable(integer(0)),
  application_fee_percent: emptyable(percentParam),
  on_behalf_of: unsettableText(),
  transfer_data: emptyable(
    object({ amount: integer(1), amount_percent: percentParam, destination: required(text()) }),
  ),
} as const;
type ShareTerms = Parsed<typeof quoteShareFields>;
type QuoteShares = Pick<Quote, keyof ShareTerms>;

/** A quote's shares after a request. Throws Stripe's refusals of accounts and parts that do not go together. */
export function sharesOfQuote(account: Account, before: Quote, terms: ShareTerms): QuoteShares {
  const { application_fee_amount: amount, application_fee_percent: percent, transfer_data: data } = terms;
  const next: QuoteShares = {
    application_fee_amount: amount === undefined ? before.application_fee_amount : amount,
    application_fee_percent: percent === undefined ? before.application_fee_percent : percent,
    on_behalf_of: terms.on_behalf_of === undefined ? before.on_behalf_of : terms.on_behalf_of,
    transfer_data:
      data === undefined
        ? before.transfer_data
        : data && {
            amount: data.amount ?? null,
            amount_percent: data.amount_percent ?? null,
            destination: data.destination,
          },
  };
  if (Object.keys(quoteShareFields).some((name) => name in terms)) checkShares(account, next);
  return next;
}

/** Throws Stripe's 400 for amounts of what recurs, and percentages of what does not. */
export function requireFittingShares(quote: Quote, recurs: boolean): void {
  const { application_fee_amount: amount, application_fee_percent: percent, transfer_data: data } = quote;
  const amounts = { application_fee_amount: amount, 'transfer_data[amount]': data?.amount ?? null };
  const percents = {
    application_fee_percent: percent,
    'transfer_data[amount_percent]': data?.amount_percent ?? null,
  };
  const [misplaced] = Object.entries(recurs ? amounts : percents).find(([, part]) => part !== null) ?? [];
  if (misplaced !== undefined)
    throw refused(
      misplaced,
      recurs
        ? `\`${misplaced}\` can only be used with quotes that have no recurring line items.`
        : `\`${misplaced}\` can only be used with quotes that have a recurring line item.`,
    );
}

/** What of it goes into the invoice of a quote without anything that recurs. */
export function invoiceShares({ application_fee_amount, transfer_data: data }: Quote): Shares {
  return {
    application_fee_amount,
    transfer_data: data && { amount: data.amount, destination: data.destination },
  };
}
