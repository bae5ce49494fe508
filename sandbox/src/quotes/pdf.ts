import { formatMoney, money } from '@purser/money';
import type { Account } from '../account.ts';
import { accountObject } from '../accounts.ts';
import { itemsOf, priceOf, type StoredItem } from '../checkout/items.ts';
import { breakdownOf } from '../checkout/totals.ts';
import { customers } from '../customers.ts';
import {
  addressLines,
  businessPdf,
  type PaperItem,
  type PaperSum,
  paperDate,
} from '../pdf/business-paper.ts';
import { unitText } from '../prices/text.ts';
import type { Quote } from './quote.ts';

/** The quote as a PDF file. */
export function quotePdf(account: Account, quote: Quote): Uint8Array {
  const currency = quote.currency ?? 'usd';
  const items = itemsOf(account, quote.id);
  return businessPdf({
    title: quote.header ?? 'Quote',
    paper: 'letter',
    currency,
    from: accountObject(account).business_profile?.name ?? '',
    to: recipientOf(account, quote),
    facts: [
      ['Quote number', quote.number ?? ''],
      ['Date of issue', paperDate(quote.status_transitions.finalized_at ?? quote.created)],
      ['Expires on', paperDate(quote.expires_at)],
    ],
    headline: headlineOf(quote, currency),
    items: items.map((item) => paperItem(account, item)),
    sums: sumsOf(quote, items),
    notes: [quote.description, quote.footer].filter((note): note is string => Boolean(note)),
  });
}

function recipientOf(account: Account, { customer: id }: Quote): string[] {
  const customer = id === null ? undefined : account.of(customers).get(id);
  if (!customer || customer.deleted) return [];
  return [customer.name, ...addressLines(customer.address), customer.email].filter((line): line is string =>
    Boolean(line),
  );
}

function headlineOf({ computed, amount_total: total }: Quote, currency: string): string {
  const said = (amount: number) => formatMoney(money(amount, currency));
  const { recurring, upfront } = computed;
  if (!recurring) return said(total);
  const { amount_total: amount, interval, interval_count: count } = recurring;
  const every = count === 1 ? interval : `${count} ${interval}s`;
  return `${said(upfront.amount_total)} today, then ${said(amount)} every ${every}`;
}

function paperItem(account: Account, item: StoredItem): PaperItem {
  const { recurring, unit_amount_decimal: unit } = priceOf(account, item);
  return {
    description: item.description ?? 'Item',
    ...(recurring ? { detail: `Every ${recurring.interval_count} ${recurring.interval}(s)` } : {}),
    quantity: item.quantity === null ? '' : String(item.quantity),
    unitAmount: unit === null ? '' : unitText(unit, item.currency),
    amount: item.amount_subtotal,
  };
}

function sumsOf(quote: Quote, items: readonly StoredItem[]): PaperSum[] {
  const { amount_discount: off } = quote.total_details;
  return [
    { label: 'Subtotal', amount: quote.amount_subtotal },
    ...(off === 0 ? [] : [{ label: 'Discount', amount: -off }]),
    ...breakdownOf(items).taxes.map(({ amount, rate }) => ({
      label: `${rate.display_name} (${rate.percentage}%${rate.inclusive ? ' inclusive' : ''})`,
      amount,
    })),
    { label: 'Total', amount: quote.amount_total, strong: true },
  ];
}
