import { mapStrings } from '../secrets/redact.ts';
import type { Found } from './places.ts';

/** Who is meant: a customer of an account. */
export interface DataSubject {
  /** `cus_…` */
  readonly customer: string;
  /** Further texts that name only them: addresses of mail, a full name. */
  readonly alsoKnownAs: readonly string[];
}

/** What of a customer says something about a person, in Stripe's objects and in our views of them. */
const ofPerson = new Set([
  ...['name', 'individual_name', 'business_name', 'label', 'email', 'phone', 'description', 'metadata'],
  ...['address', 'shipping', 'billing_details', 'tax_ids', 'value'],
]);
/** The same of what is about a customer: other fields there name products and plans. */
const ofTheirs = new Set([
  ...['customer_name', 'customer_email', 'customer_phone', 'customer_address', 'customer_shipping'],
  ...['receipt_email', 'billing_details', 'shipping'],
]);
const shortest = 3;
/** Ids of objects stay: they lead nowhere once what they name is gone. */
const isId = (text: string): boolean => /^[a-z]+(?:_[a-z]+)*_[A-Za-z0-9]{8,}$/.test(text);

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** All texts of a value, nested ones, too. */
function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return value.trim().length >= shortest ? [value.trim()] : [];
  if (Array.isArray(value)) return value.flatMap(textsIn);
  return isRecord(value) ? Object.values(value).flatMap(textsIn) : [];
}

/** Texts that tell of a person, in the objects inside a value that are this customer or are about them. */
function personalTexts(value: unknown, customer: string): string[] {
  if (Array.isArray(value)) return value.flatMap((item) => personalTexts(item, customer));
  if (!isRecord(value)) return [];
  const fields = value.id === customer ? ofPerson : value.customer === customer ? ofTheirs : null;
  return Object.entries(value).flatMap(([key, item]) =>
    fields?.has(key) ? textsIn(item) : personalTexts(item, customer),
  );
}

/** What is known of somebody from the rows that hold their id: the texts that have to go, longest first. */
export function textsOf(subject: DataSubject, found: readonly Found[]): string[] {
  const known = new Set(
    subject.alsoKnownAs.map((text) => text.trim()).filter((text) => text.length >= shortest),
  );
  for (const { values } of found)
    for (const text of personalTexts(Object.values(values), subject.customer))
      if (!isId(text)) known.add(text);
  return [...known].sort((a, b) => b.length - a.length);
}

/** A value without the members of its lists that are about others. */
export function onlyAbout(texts: readonly string[], value: unknown): unknown {
  const mentions = (item: unknown): boolean => {
    const text = (JSON.stringify(item) ?? '').toLowerCase();
    return texts.some((each) => text.includes(each.toLowerCase()));
  };
  const pruned = (item: unknown): unknown => {
    if (Array.isArray(item)) return item.filter(mentions).map(pruned);
    if (!isRecord(item)) return item;
    return Object.fromEntries(Object.entries(item).map(([key, inner]) => [key, pruned(inner)]));
  };
  return pruned(value);
}

/** What stands in the place of what was erased. */
export const erased = '[erased]';

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** Takes texts out of a value wherever they stand as words of their own; ids and numbers stay. */
export function without(texts: readonly string[]): <T>(value: T) => T {
  if (texts.length === 0) return (value) => value;
  const pattern = new RegExp(
    `(?<![\\p{L}\\p{N}])(?:${texts.map(escaped).join('|')})(?![\\p{L}\\p{N}])`,
    'giu',
  );
  return <T>(value: T) => mapStrings(value, (text) => text.replace(pattern, erased)) as T;
}
