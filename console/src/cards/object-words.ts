import type { Json } from '@purser/server/api';
import { capitalised } from '../ui/capitalised.ts';
import { withoutBidiControls } from '../ui/plain-text.ts';
import { viewMoney } from './money-text.ts';
import { kinds, shapes } from './object-shapes.ts';

/** An object out of a tool's view, read so that it can be shown. */
export interface ObjectWords {
  type: string;
  id: string;
  /** The kind, as people say it: `Payment`. */
  kind: string;
  /** What a person would call it. */
  title: string;
  status: string | null;
  /** The page a customer would see: to pay an invoice, a link to pay by. */
  page: string | null;
  facts: { label: string; value: string }[];
}

type View = { [key: string]: Json };

function isView(value: Json | undefined): value is View {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const isoPattern = /^\d{4}-\d{2}-\d{2}T/;

/** A value as a person reads it: money with its currency, days instead of instants, words without underscores. */
export function valueText(value: Json | undefined): string {
  if (value === undefined || value === null) return '';
  if (typeof value === 'string') {
    if (isoPattern.test(value)) return dayText(value);
    return viewMoney(value) ?? withoutBidiControls(value);
  }
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (typeof value === 'number') return String(value);
  return Array.isArray(value) ? value.map(valueText).join(', ') : '';
}

function dayText(iso: string): string {
  return new Date(iso).toLocaleDateString(undefined, { day: 'numeric', month: 'short', year: 'numeric' });
}

/** `past_due` → `past due`. */
export function spaced(name: string): string {
  return name.replaceAll('_', ' ');
}

function statusOf(view: View): string | null {
  if (view.deleted === true) return 'deleted';
  if (typeof view.status === 'string') return spaced(view.status);
  if (view.active === false) return 'archived';
  return null;
}

/** Pages that are for developers, not for customers. */
const ownPages = ['webhook_endpoint'];

function pageOf(view: View): string | null {
  if (ownPages.includes(String(view.object))) return null;
  const address = view.hosted_invoice_url ?? view.url ?? view.authentication_url;
  return typeof address === 'string' && /^https?:\/\//.test(address) && URL.canParse(address)
    ? address
    : null;
}

const bareIntervals = ['day', 'week', 'month', 'year'];

/** `per month`; `monthly` and `every 3 months` are said already. */
function perInterval(interval: Json | undefined): string {
  const text = valueText(interval);
  return bareIntervals.includes(text) ? `per ${text}` : text;
}

/** A subscription has no name of its own: what it is of, and for how much. */
function withPlan(view: View): View {
  const first = Array.isArray(view.items) ? view.items[0] : undefined;
  if (!isView(first)) return view;
  const plan = first.product_name ?? first.price ?? null;
  const amount = [valueText(first.amount), perInterval(first.interval)].filter(Boolean).join(' ');
  return { ...view, plan, amount };
}

/** A product's prices in one line. */
function withPrices(view: View): View {
  if (!Array.isArray(view.prices)) return view;
  const prices = view.prices.filter(isView).map((price) => {
    const count = typeof price.interval_count === 'number' ? `${price.interval_count} ` : '';
    return [valueText(price.amount), price.interval ? `per ${count}${valueText(price.interval)}` : '']
      .join(' ')
      .trim();
  });
  return { ...view, price: prices.join(', ') };
}

const readers: Record<string, (view: View) => View> = { subscription: withPlan, product: withPrices };

/** Reads one object; null where the view is no object we know how to show. */
export function objectWords(output: Json | undefined): ObjectWords | null {
  if (!isView(output) || typeof output.object !== 'string' || typeof output.id !== 'string') return null;
  const type = output.object;
  const shape = shapes[type];
  if (!shape) return null;
  const view = readers[type]?.(output) ?? output;
  const titleKey = shape.title.find((key) => valueText(view[key]));
  const facts = Object.entries(shape.facts)
    .filter(([key]) => key !== titleKey && valueText(view[key]) !== '')
    .map(([key, label]) => ({ label, value: valueText(view[key]) }));
  const title = titleKey ? valueText(view[titleKey]) : output.id;
  return {
    type,
    id: output.id,
    kind: kinds[type] ?? spaced(type),
    title,
    status: statusOf(view),
    page: pageOf(view),
    facts,
  };
}

/** The balance per currency: what can be paid out now and what is on its way. */
export function balanceWords(output: Json | undefined): { available: string[]; pending: string[] } | null {
  if (!isView(output) || output.object !== 'balance') return null;
  const texts = (value: Json | undefined) => (Array.isArray(value) ? value.map(valueText) : []);
  return { available: texts(output.available), pending: texts(output.pending) };
}

export interface ListWords {
  of: string;
  columns: string[];
  /** `sorts` puts money and dates in order, which their text does not. */
  rows: { id: string; cells: string[]; sorts: (number | string | null)[] }[];
  seen: number | null;
  complete: boolean;
}

const columnOrder = [
  'name',
  'number',
  'type',
  'amount',
  'total',
  'amount_due',
  'fee',
  'net',
  'status',
  'refunded',
  'email',
  'customer_name',
  'customer_email',
  'price',
  'interval',
  'reason',
  'evidence_due',
  'due_date',
  'arrival_date',
  'description',
  'created',
];
const mostColumns = 6;

/** A list as a table of its telling columns; null where the view is no list. */
export function listWords(output: Json | undefined): ListWords | null {
  if (!isView(output) || output.object !== 'list' || !Array.isArray(output.data)) return null;
  const of = typeof output.of === 'string' ? output.of : 'result';
  const views = output.data.filter(isView).map((row) => (of === 'subscription' ? withPlan(row) : row));
  const order = of === 'subscription' ? ['plan', ...columnOrder] : columnOrder;
  const columns = order
    .filter((key) => views.some((row) => valueText(row[key]) !== ''))
    .slice(0, mostColumns);
  const rows = views.map((row, index) => ({
    id: typeof row.id === 'string' ? row.id : String(index),
    cells: columns.map((key) => (key === 'status' ? spaced(valueText(row[key])) : valueText(row[key]))),
    sorts: columns.map((key) => sortOf(row[key])),
  }));
  const seen = typeof output.seen === 'number' ? output.seen : null;
  return { of, columns: columns.map(columnLabel), rows, seen, complete: output.complete !== false };
}

const moneyPattern = /^(-?\d+(?:\.\d+)?) [A-Za-z]{3}$/;

function sortOf(value: Json | undefined): number | string | null {
  if (typeof value === 'number') return value;
  const text = typeof value === 'string' ? value : valueText(value);
  const [, amount] = moneyPattern.exec(text) ?? [];
  return amount === undefined ? text || null : Number(amount);
}

function columnLabel(key: string): string {
  const words = spaced(key.replace('customer_name', 'customer').replace('customer_email', 'e-mail'));
  return capitalised(words);
}
