/** Contacts, companies and deals as tools speak of them. */
import { type Json, type ObjectRef, ToolError } from '../../tools/tool.ts';
import { type CrmRecord, type Hubspot, type Kind, reading } from './client.ts';

export interface RecordKind {
  readonly kind: Kind;
  /** `contact` */
  readonly one: string;
  readonly object: string;
  /** Read always. */
  readonly shown: readonly string[];
  /** What a tool may change. */
  readonly fields: readonly string[];
  /** HubSpot's own number for "a note about it". */
  readonly noteAssociation: number;
  nameOf(record: CrmRecord): string;
}

const or = (...names: (string | null | undefined)[]): string =>
  names.filter((name) => name).join(' ') || 'without a name';

export const recordKinds = {
  contact: {
    ...{ kind: 'contacts', one: 'contact', object: 'hubspot_contact', noteAssociation: 202 },
    shown: ['firstname', 'lastname', 'email', 'phone', 'company', 'lifecyclestage', 'hs_lead_status'],
    fields: ['firstname', 'lastname', 'phone', 'company', 'lifecyclestage', 'hs_lead_status'],
    nameOf: ({ properties: { firstname, lastname, email } }) =>
      or(firstname, lastname) === 'without a name' ? or(email) : or(firstname, lastname),
  },
  company: {
    ...{ kind: 'companies', one: 'company', object: 'hubspot_company', noteAssociation: 190 },
    shown: ['name', 'domain', 'phone', 'city', 'country', 'lifecyclestage'],
    fields: ['name', 'domain', 'phone', 'city', 'country', 'lifecyclestage'],
    nameOf: ({ properties: { name, domain } }) => or(name ?? domain),
  },
  deal: {
    ...{ kind: 'deals', one: 'deal', object: 'hubspot_deal', noteAssociation: 214 },
    shown: ['dealname', 'amount', 'deal_currency_code', 'dealstage', 'pipeline', 'closedate'],
    fields: ['dealname', 'dealstage', 'closedate'],
    nameOf: ({ properties: { dealname } }) => or(dealname),
  },
} as const satisfies Record<string, RecordKind>;

export type RecordName = keyof typeof recordKinds;

export function recordView(
  { object, shown, nameOf }: RecordKind,
  record: CrmRecord,
): { [key: string]: Json } {
  const fields = shown.flatMap((name) => {
    const value = record.properties[name];
    // What people typed stands in fields of typed text; an address or id vouches for itself.
    return value ? [[/^(email|domain)$/.test(name) ? name : `${name}_text`, value] as const] : [];
  });
  return { object, id: record.id, name: nameOf(record), ...Object.fromEntries(fields) };
}

export const refOf = ({ object, nameOf }: RecordKind, record: CrmRecord): ObjectRef => ({
  ...{ type: object, id: record.id, label: nameOf(record).slice(0, 120) },
});

const mostCandidates = 5;

/** One record by id, e-mail address, domain or name. @throws ToolError `not_found`, `ambiguous` */
export async function recordNamed(api: Hubspot, which: RecordKind, named: string): Promise<CrmRecord> {
  const { kind, one, shown } = which;
  const text = named.trim();
  if (/^\d{1,20}$/.test(text)) return reading(() => api.get(kind, text, shown));
  const isAddress = kind === 'contacts' && text.includes('@');
  const found = await reading(() =>
    api.search(kind, {
      ...{ properties: shown, limit: mostCandidates },
      ...(isAddress
        ? { filters: [{ propertyName: 'email', operator: 'EQ', value: text.toLowerCase() }] }
        : { filters: [], query: text }),
    }),
  );
  const [only, ...others] = exactFirst(which, found.results, text);
  if (only && others.length === 0) return only;
  if (!only)
    throw new ToolError('not_found', `HubSpot has no ${one} for "${text}".`, {
      next: `Check the spelling, or name the ${one} by its id.`,
    });
  throw new ToolError('ambiguous', `HubSpot has several for "${text}".`, {
    next: `Ask which ${one} is meant; name it by its id.`,
    details: { candidates: [only, ...others].map((record) => recordView(which, record)) },
  });
}

/** The ones whose whole name that is, if there are any: a search finds parts of words as well. */
function exactFirst(
  { nameOf }: RecordKind,
  records: readonly CrmRecord[],
  text: string,
): readonly CrmRecord[] {
  const exact = records.filter((record) => nameOf(record).toLowerCase() === text.toLowerCase());
  return exact.length > 0 ? exact : records;
}
