import { isCurrency, type Money, MoneyError, parseMoney } from '@purser/money';
import { z } from 'zod';

/** An amount in a policy: decimal in major units, with its currency. */
export const moneySchema = z
  .strictObject({
    amount: z.string().max(24),
    currency: z.string().toLowerCase().refine(isCurrency, 'Use an ISO 4217 code such as "usd".'),
  })
  .superRefine(({ amount, currency }, context) => {
    try {
      if (!isCurrency(currency) || parseMoney(amount, currency).minor >= 0n) return;
      context.addIssue({ code: 'custom', path: ['amount'], message: 'The amount cannot be negative.' });
    } catch (error) {
      if (!(error instanceof MoneyError)) throw error;
      context.addIssue({ code: 'custom', path: ['amount'], message: error.message });
    }
  });
export type PolicyMoney = z.infer<typeof moneySchema>;

/** The amount a list names in one currency. */
export function inCurrency(amounts: readonly PolicyMoney[], currency: string): Money | undefined {
  const found = amounts.find((each) => each.currency === currency.toLowerCase());
  return found && parseMoney(found.amount, found.currency);
}
