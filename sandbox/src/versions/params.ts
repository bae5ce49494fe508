import type { FormMap, FormValue } from '../wire/form.ts';
import { isBefore } from '../wire/version.ts';
import { olderUiModes } from './checkout.ts';

/** A parameter that older versions named or wrote otherwise. */
interface Renamed {
  /** The version that took the older name away. */
  readonly until: string;
  /** Method and path as the route declares them. */
  readonly routes: readonly string[];
  readonly name: string;
  /** What it is called today, and what its value becomes. */
  readonly into: string;
  readonly as: (value: FormValue) => FormValue;
}

const same = (value: FormValue) => value;
/** A coupon or code by itself became a list of discounts; '' took it away and still does. */
const inDiscounts = (name: string) => (value: FormValue) => (value === '' ? '' : [{ [name]: value }]);

const subscriptions = ['POST /v1/subscriptions', 'POST /v1/subscriptions/:id'];
const products = ['POST /v1/products', 'POST /v1/products/:id'];
const invoiceItems = ['POST /v1/invoiceitems', 'POST /v1/invoiceitems/:id'];

const basil = '2025-03-31';

const renamed: readonly Renamed[] = [
  { until: basil, routes: subscriptions, name: 'coupon', into: 'discounts', as: inDiscounts('coupon') },
  {
    until: basil,
    routes: subscriptions,
    name: 'promotion_code',
    into: 'discounts',
    as: inDiscounts('promotion_code'),
  },
  {
    until: basil,
    routes: ['POST /v1/invoices/create_preview'],
    name: 'coupon',
    into: 'discounts',
    as: inDiscounts('coupon'),
  },
  { until: basil, routes: invoiceItems, name: 'price', into: 'pricing', as: (price) => ({ price }) },
  { until: basil, routes: invoiceItems, name: 'unit_amount', into: 'unit_amount_decimal', as: same },
  {
    until: '2026-03-25',
    routes: ['POST /v1/checkout/sessions'],
    name: 'ui_mode',
    into: 'ui_mode',
    as: (older) => Object.entries(olderUiModes).find(([, word]) => word === older)?.[0] ?? older,
  },
  { until: '2024-04-10', routes: products, name: 'features', into: 'marketing_features', as: same },
];

/** What older versions took for granted where nothing was said. */
interface Default {
  readonly until: string;
  readonly routes: readonly string[];
  /** Saying any of these is saying something. */
  readonly unless: readonly string[];
  readonly set: FormMap;
}

const defaults: readonly Default[] = [
  {
    until: '2025-09-30',
    routes: ['POST /v1/subscriptions'],
    unless: ['billing_mode'],
    set: { billing_mode: { type: 'classic' } },
  },
  {
    until: '2024-04-10',
    routes: ['POST /v1/payment_intents'],
    unless: ['capture_method'],
    set: { capture_method: 'automatic' },
  },
  {
    until: '2023-08-16',
    routes: ['POST /v1/payment_intents', 'POST /v1/setup_intents'],
    unless: ['automatic_payment_methods', 'payment_method_types'],
    set: { payment_method_types: ['card'] },
  },
];

/** A request's parameters by the names and with the defaults of today; those of today pass as they are. */
export function paramsOfToday(version: string, route: string, form: FormMap): FormMap {
  let today = form;
  for (const { until, routes, unless, set } of defaults)
    if (
      routes.includes(route) &&
      isBefore(version, until) &&
      !unless.some((name) => Object.hasOwn(form, name))
    )
      today = { ...today, ...set };
  for (const { until, routes, name, into, as } of renamed) {
    const value = Object.hasOwn(today, name) ? today[name] : undefined;
    if (value === undefined || !routes.includes(route) || !isBefore(version, until)) continue;
    const { [name]: _, ...rest } = today;
    today = { ...rest, [into]: as(value) };
  }
  return today;
}
