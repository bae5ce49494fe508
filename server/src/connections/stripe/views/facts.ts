import { isCurrency } from '@purser/money';
import type { Json } from '../../../tools/tool.ts';
import { shown } from '../amounts.ts';
import { time } from './shape.ts';

/** Amounts in minor units, by the last word of their name. */
const amountName =
  /(^|_)(amount|amounts|total|subtotal|due|paid|remaining|refunded|received|captured|fee|net|balance)(_|$)/;
const timeName = /(^|_)(at|created|date|start|end|by|attempt|until|on)$/;
/** Of an object's many fields those that say little, or hold whole other objects. */
const leftOut = new Set([
  'object',
  'livemode',
  'url',
  'client_secret',
  'api_version',
  'lines',
  'request',
  'discounts',
]);

/**
 * The plain facts of any object of Stripe's, for a model: amounts with their currency, times as text, other objects by
 * their ids. Nothing is taken for granted but the names of fields.
 */
export function factsView(object: { readonly [key: string]: Json }): { [key: string]: Json } {
  const currency =
    typeof object.currency === 'string' && isCurrency(object.currency) ? object.currency : undefined;
  const facts = Object.entries(object).flatMap(([name, value]): [string, Json][] => {
    if (leftOut.has(name) || value === null || value === '') return [];
    if (typeof value === 'number') return [[name, numberOf(name, value, currency)]];
    if (typeof value !== 'object') return [[name, value]];
    const id = asObject(value).id;
    if (typeof id === 'string') return [[name, id]];
    return name === 'metadata' && Object.keys(value).length > 0 ? [[name, value]] : [];
  });
  return {
    ...(typeof object.object === 'string' && { object: object.object }),
    ...Object.fromEntries(facts),
  };
}

function numberOf(name: string, value: number, currency: string | undefined): Json {
  if (currency && amountName.test(name) && Number.isSafeInteger(value)) return shown(value, currency);
  return timeName.test(name) && value > 1_000_000_000 ? (time(value) ?? value) : value;
}

/** Whatever JSON holds, as an object: an empty one for what is none. */
export function asObject(value: Json | undefined): { readonly [key: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {};
}
