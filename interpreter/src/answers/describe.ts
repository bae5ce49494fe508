import { isJsonObject, type Json, type JsonObject, rowsAt, textAt } from '../json.ts';
import { spokenAmount } from './money.ts';

/** Text from the account as it may stand in an answer: one line, no table marks, no markup. */
export function plainText(text: string): string {
  return text
    .replace(/\s+/g, ' ')
    .replace(/[\u200e\u200f\u202a-\u202e\u2066-\u2069\ufffc]/g, '')
    .replaceAll('|', '\\|')
    .replaceAll('<', '&lt;')
    .replaceAll('](', ']\\(')
    .trim();
}

/** `2026-11-23T10:00:00Z` → `23 Nov 2026`. */
export function spokenDate(text: string): string {
  const match = /^(\d{4})-(\d{2})-(\d{2})/.exec(text);
  if (!match) return text;
  const month = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'][
    Number(match[2]) - 1
  ];
  return `${Number(match[3])} ${month} ${match[1]}`;
}

/** `requires_payment_method` → `requires payment method`. */
export function spokenStatus(status: string): string {
  return status.replaceAll('_', ' ');
}

/** `payment_intent` → `payment intent`; charges are what people call payments. */
export function kindName(object: string, plural = false): string {
  const said = object === 'charge' ? 'payment' : object.replaceAll(/[._]/g, ' ');
  // Tools may name what a list is of in the plural.
  const name = said.replace(/ies$/, 'y').replace(/([^su])s$/, '$1');
  if (!plural) return name;
  return name.endsWith('y') ? `${name.slice(0, -1)}ies` : `${name}s`;
}

/** Whose something is: `Bob Loblaw (bob@example.com)`. */
export function customerOf(value: JsonObject): string | undefined {
  const name = textAt(value, 'customer_name');
  const email = textAt(value, 'customer_email');
  if (name && email) return `${plainText(name)} (${plainText(email)})`;
  return name ? plainText(name) : ((email && plainText(email)) ?? textAt(value, 'customer'));
}

/** The same, undefined where only the id is known. */
export function customerNameOf(value: JsonObject): string | undefined {
  return textAt(value, 'customer_name') || textAt(value, 'customer_email') ? customerOf(value) : undefined;
}

/** A customer by name and address. */
export function customerLabel(value: JsonObject): string {
  const name = textAt(value, 'name');
  const email = textAt(value, 'email');
  if (name && email) return `${plainText(name)} (${plainText(email)})`;
  return plainText(name ?? email ?? textAt(value, 'id') ?? 'the customer');
}

/** `Premium Subscription, $29.99 monthly`. */
export function planOf(subscription: JsonObject): string {
  return rowsAt(subscription, 'items')
    .map((item) => {
      const amount = textAt(item, 'amount');
      const quantity = typeof item.quantity === 'number' && item.quantity > 1 ? `${item.quantity} × ` : '';
      const price = amount ? `${spokenAmount(amount)}${rhythmOf(item)}` : undefined;
      return `${quantity}${[textAt(item, 'product_name'), price]
        .filter(Boolean)
        .map((part) => plainText(String(part)))
        .join(', ')}`;
    })
    .join(' + ');
}

/** ` a month`, ` monthly`, or nothing for a one-time price. */
export function rhythmOf(value: JsonObject): string {
  const interval = textAt(value, 'interval');
  if (!interval) return '';
  const count = typeof value.interval_count === 'number' ? value.interval_count : 1;
  if (/^(?:day|week|month|year)$/.test(interval))
    return count > 1 ? ` every ${count} ${interval}s` : ` per ${interval}`;
  return ` ${interval}`;
}

/** A value of any kind as one cell: amounts, dates and words made readable, never a raw object. */
export function cell(value: Json | undefined): string {
  if (value === undefined || value === null) return '';
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (typeof value === 'number') return String(value);
  if (typeof value === 'string')
    return /^\d{4}-\d{2}-\d{2}T/.test(value) ? spokenDate(value) : plainText(spokenAmount(value));
  if (Array.isArray(value)) return value.map(cell).filter(Boolean).join(', ');
  return Object.entries(value)
    .map(([name, inner]) => `${name.replaceAll('_', ' ')} ${isJsonObject(inner) ? '' : cell(inner)}`.trim())
    .join(', ');
}
