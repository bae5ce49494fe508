import { countryIn } from './countries.ts';
import type { EntityValue, Unread } from './entity.ts';

/** A postal address in the parts that Stripe keeps. */
export interface PostalAddress {
  readonly line1?: string;
  readonly line2?: string;
  readonly city?: string;
  readonly state?: string;
  readonly postal_code?: string;
  /** ISO 3166-1 alpha-2. */
  readonly country?: string;
}

/** What stands before an address, so that no list of places is taken for one. */
const announced =
  /(?<=\baddress\b[^\n;]{0,80}?(?: (?:to|is|as|should be|with)|:|=|,) (?:now )?)(?=[\p{L}\d])[^\n;"]{6,200}?(?=[.!?]?\s*$|[.!?]\s+\p{Lu}|\n|;)/giu;

/** Postal addresses: street, town with its code, country, parted by commas. */
export function findAddresses(unread: Unread): void {
  if (!/\baddress\b/i.test(unread.text)) return;
  unread.claim(announced, ([text]) => addressOf(text));
}

const code = String.raw`(?:[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}|[A-Z]\d[A-Z] ?\d[A-Z]\d|[A-Z]{1,2}-?\d{3,6}|\d{4} ?[A-Z]{2}|\d{3}[ -]\d{2}|\d{4,6}(?:-\d{3,4})?)`;

/** The parts of an address; undefined where it has no town or no street. */
function addressOf(text: string): EntityValue | undefined {
  const parts = text
    .replace(/ (?:now|please|from now on)$/i, '')
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
  const coded = parts.slice(0, -1).some((part) => new RegExp(`\\b${code}\\b`).test(part));
  const country = countryOf(parts.at(-1) ?? '', coded);
  if (country) parts.pop();
  const [line1, ...rest] = parts;
  if (line1 === undefined || !/\p{L}/u.test(line1) || /@|\ufffc/.test(text)) return undefined;
  const address: { -readonly [Part in keyof PostalAddress]: PostalAddress[Part] } = { line1 };
  if (country) address.country = country;
  for (const part of rest.toReversed()) readPart(part, address, rest.length);
  return address.city === undefined ? undefined : { type: 'address', address };
}

function readPart(
  part: string,
  address: { -readonly [Part in keyof PostalAddress]: PostalAddress[Part] },
  parts: number,
): void {
  const [, before = '', found, after = ''] =
    new RegExp(`^(.*?)\\s*\\b(${code})\\b\\s*(.*)$`).exec(part) ?? [];
  if (found !== undefined && address.postal_code === undefined) {
    address.postal_code = found;
    const place = `${before} ${after}`.trim();
    const [, town, state] = /^(.*?)\s*\b([A-Z]{2,3})$/.exec(place) ?? [];
    if (state) address.state = state;
    const city = state === undefined ? place : town;
    if (city) address.city = city;
    return;
  }
  if (/^[A-Z]{2,3}$/.test(part) && address.city === undefined && parts > 1) address.state = part;
  else if (address.city === undefined) address.city = part;
  else address.line2 = part;
}

/** Two letters after a postal code are a country; without one they may be a state of the US. */
function countryOf(part: string, coded: boolean): string | undefined {
  const short: Readonly<Record<string, string>> = {
    usa: 'US',
    us: 'US',
    uk: 'GB',
    gb: 'GB',
    england: 'GB',
    scotland: 'GB',
    wales: 'GB',
  };
  const known = short[part.toLowerCase().replace(/\./g, '')];
  if (known) return known;
  const named = countryIn(part);
  if (named && named.name === part.toLowerCase()) return named.code;
  return coded &&
    /^[A-Z]{2}$/.test(part) &&
    new Intl.DisplayNames('en', { type: 'region', fallback: 'none' }).of(part)
    ? part
    : undefined;
}
