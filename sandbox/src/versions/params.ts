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
  /** Holds for requests that use the words of older versions, whatever version they are answered in, where this is true of them. */
  readonly where?: (form: FormMap) => boolean;
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
  {
    until: '2023-08-16',
    routes: ['POST /v1/payment_intents', 'POST /v1/setup_intents'],
    unless: [
      ...['automatic_payment_methods', 'payment_method_types', 'payment_method_configuration'],
      ...['allowed_payment_method_types', 'excluded_payment_method_types', 'return_url'],
    ],
    // Confirmed at once, which needs a way back only where methods that redirect are offered.
    where: ({ confirm }) => confirm === 'true',
    set: { automatic_payment_methods: { enabled: 'true', allow_redirects: 'never' } },
  },
  {
    until: '2019-02-19',
    routes: ['POST /v1/accounts'],
    unless: ['business_type', 'capabilities', 'controller', 'type'],
    // Before accounts had to ask for what they can do, they could be paid.
    where: () => true,
    set: { capabilities: { legacy_payments: { requested: 'true' } } },
  },
];

/**
 * A request's parameters by the names and with the defaults of today; those of today pass as they are. `version` is what
 * it is answered in, `wording` the version whose names it uses.
 */
export function paramsOfToday(
  route: string,
  form: FormMap,
  { version, wording }: { readonly version: string; readonly wording: string },
): FormMap {
  let today = form;
  for (const { until, routes, unless, where, set } of defaults)
    if (
      routes.includes(route) &&
      (where ? isBefore(wording, until) && where(form) : isBefore(version, until)) &&
      !unless.some((name) => Object.hasOwn(today, name))
    )
      today = { ...today, ...set };
  for (const { until, routes, name, into, as } of renamed) {
    const value = Object.hasOwn(today, name) ? today[name] : undefined;
    if (value === undefined || !routes.includes(route) || !isBefore(wording, until)) continue;
    const { [name]: _, ...rest } = today;
    today = { ...rest, [into]: as(value) };
  }
  return today;
}
