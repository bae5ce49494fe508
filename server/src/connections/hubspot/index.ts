import { z } from 'zod';
import { besideAccount, besidePresets, keyInfo } from '../beside.ts';
import type {
  CheckedConnection,
  ConnectionTarget,
  ConnectionType,
  PermissionRow,
  Scope,
} from '../connection.ts';
import { checkFailure } from '../far-side.ts';
import { failureOf, hubspotClient, hubspotForm, type Kind, keyPage } from './client.ts';
import { readingTools } from './tools/reading.ts';
import { addNote, updateRecord } from './tools/writing.ts';

const scopes: readonly Scope[] = [
  { name: 'crm.objects.contacts.read', why: 'find contacts' },
  { name: 'crm.objects.contacts.write', why: 'change contacts, and note on them' },
  { name: 'crm.objects.companies.read', why: 'find companies', optional: true },
  { name: 'crm.objects.companies.write', why: 'change companies', optional: true },
  { name: 'crm.objects.deals.read', why: 'find deals', optional: true },
  { name: 'crm.objects.deals.write', why: 'change deals', optional: true },
];

/** Whose it is, and what of it can be read. A private app does not tell what it may write. @throws ConnectionProblem */
async function checkHubspot(target: ConnectionTarget): Promise<CheckedConnection> {
  const api = hubspotClient(target);
  try {
    const { portalId, timeZone = 'UTC' } = await api.account();
    const kinds: readonly Kind[] = ['contacts', 'companies', 'deals'];
    const permissions: PermissionRow[] = [];
    for (const kind of kinds) {
      const canRead = await api
        .search(kind, { filters: [], properties: [], limit: 1 })
        .then(() => true)
        .catch((error: unknown) => {
          if (failureOf(error).status !== 403) throw error;
          return false;
        });
      const isNeeded = kind === 'contacts';
      permissions.push({
        ...{ resource: `crm.objects.${kind}`, label: kind, needed: isNeeded ? 'write' : 'none' },
        ...{ granted: canRead ? 'unknown' : 'none', ok: canRead || !isNeeded },
      });
    }
    return {
      ...{ mode: 'live', timeZone: validZone(timeZone), permissions, warnings: [] },
      key: keyInfo(hubspotForm.parse(target.credentials).token),
      account: besideAccount(String(portalId), `HubSpot (${portalId})`),
    };
  } catch (error) {
    if (error instanceof z.ZodError)
      throw checkFailure({ ...failureOf(error), status: 502, message: 'it does not answer as HubSpot does' });
    throw checkFailure(failureOf(error));
  }
}

function validZone(zone: string): string {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions().timeZone;
  } catch {
    return 'UTC';
  }
}

/** The CRM of one HubSpot account, by a private app. */
export const hubspotConnection: ConnectionType = {
  type: 'hubspot',
  name: 'HubSpot',
  description: 'Contacts, companies and deals: find them, change them, note what was paid.',
  category: 'customers',
  does: [
    'Finds the contact behind a payment, with its notes',
    'Notes on a contact, company or deal what was paid or promised',
    'Changes fields: a lead’s status, a deal’s stage',
  ],
  scopes,
  setup: [
    `Open ${keyPage} and create a private app.`,
    'Give it the scopes named here, and copy its access token.',
  ],
  credentials: hubspotForm.fields,
  acceptsBaseUrl: true,
  beside: true,
  parseCredentials: (entered) => hubspotForm.parse(entered),
  check: checkHubspot,
  tools: (target) => [
    ...readingTools(target),
    ...[
      addNote(target),
      updateRecord(target, 'contact'),
      updateRecord(target, 'company'),
      updateRecord(target, 'deal'),
    ],
  ],
  presets: besidePresets([
    'find_hubspot_contacts',
    'get_hubspot_contact',
    'add_hubspot_note',
    'update_hubspot_contact',
  ]),
};
