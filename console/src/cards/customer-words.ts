import type { Json } from '@purser/server/api';
import { capitalised } from '../ui/capitalised.ts';
import { withoutBidiControls } from '../ui/plain-text.ts';

export interface CustomerWords {
  id: string;
  /** What a person calls them: name, else address, else id. */
  label: string;
  email: string | null;
  created: string | null;
}

type View = { [key: string]: Json };

const isView = (value: Json | null | undefined): value is View =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const text = (value: Json | undefined): string | null =>
  typeof value === 'string' && value !== '' ? value : null;

/** One customer out of a tool's view. */
export function customerIn(view: Json): CustomerWords | null {
  if (!isView(view) || typeof view.id !== 'string') return null;
  const email = text(view.email);
  const label = withoutBidiControls(text(view.name) ?? email ?? view.id);
  return { id: view.id, label, email, created: text(view.created) };
}

/** A list of customers out of a tool's view. */
export function customersIn(list: Json): { customers: CustomerWords[]; complete: boolean } {
  const data = isView(list) && Array.isArray(list.data) ? list.data : [];
  return {
    customers: data.flatMap((row) => customerIn(row) ?? []),
    complete: isView(list) && list.complete === true,
  };
}

/** How many a list holds. */
export const countOf = (list: Json | null): number =>
  isView(list) && Array.isArray(list.data) ? list.data.length : 0;

const whose = ['customer', 'customer_name', 'customer_email'];

/** A list without what says whose it is: on the page of a customer all is theirs. */
export function withoutWhose(list: Json | null): Json | null {
  if (!isView(list) || !Array.isArray(list.data)) return list;
  const data = list.data.map((row) =>
    isView(row) ? Object.fromEntries(Object.entries(row).filter(([key]) => !whose.includes(key))) : row,
  );
  return { ...list, data };
}

/** `Visa ending in 4242, expires 8/2030` for each way to pay. */
export function waysToPay(list: Json | null): { id: string; text: string }[] {
  const data = isView(list) && Array.isArray(list.data) ? list.data : [];
  return data.filter(isView).map((method) => {
    const kind = text(method.brand) ?? text(method.type) ?? 'Payment method';
    const ends = text(method.last4) ? ` ending in ${text(method.last4)}` : '';
    const expires = text(method.expires) ? `, expires ${text(method.expires)}` : '';
    const words = `${kind}${ends}${expires}`.replaceAll('_', ' ');
    return { id: String(method.id), text: capitalised(words) };
  });
}
