import { z } from 'zod';
import { besideAccount, besidePresets, keyInfo } from '../beside.ts';
import type { CheckedConnection, ConnectionTarget, ConnectionType } from '../connection.ts';
import { checkFailure } from '../far-side.ts';
import { quickbooksClient, quickbooksForm } from './client.ts';
import { failureOf } from './errors.ts';
import { deleteEntry } from './tools/delete-entry.ts';
import { postJournal } from './tools/post-journal.ts';
import { findEntries, listAccounts } from './tools/reading.ts';

/** Which company it is. @throws ConnectionProblem */
async function checkQuickbooks(target: ConnectionTarget): Promise<CheckedConnection> {
  const api = quickbooksClient(target);
  const { clientSecret = '', realmId = '', environment } = target.credentials;
  try {
    const { CompanyName } = await api.company();
    return {
      mode: environment === 'sandbox' ? 'test' : 'live',
      ...{ timeZone: 'UTC', key: keyInfo(clientSecret), warnings: [] },
      account: besideAccount(realmId, CompanyName),
      permissions: [
        {
          ...{ resource: 'com.intuit.quickbooks.accounting', label: 'Accounting', needed: 'write' },
          ...{ granted: 'unknown', ok: true },
        },
      ],
      credentials: api.credentials(),
    };
  } catch (error) {
    if (error instanceof z.ZodError)
      throw checkFailure({
        ...failureOf(error),
        status: 502,
        message: 'it does not answer as QuickBooks does',
      });
    throw checkFailure(failureOf(error));
  }
}

/** The books of one company in QuickBooks Online. */
export const quickbooksConnection: ConnectionType = {
  type: 'quickbooks',
  name: 'QuickBooks Online',
  description: 'Your books: the journal of a Stripe account posted as balanced entries.',
  category: 'accounting',
  does: [
    'Posts a month of Stripe, sums by account, as a journal entry in each currency',
    'Looks up accounts and what was posted before',
    'Takes a posted entry back',
  ],
  scopes: [{ name: 'com.intuit.quickbooks.accounting', why: 'read accounts, write journal entries' }],
  setup: [
    'At developer.intuit.com make an app with the Accounting scope, and copy its client ID and secret.',
    'In the OAuth 2.0 playground there choose the app, the scope and the company, and get tokens.',
    'Copy the refresh token and the realm ID here. Purser renews the token from then on and keeps it sealed.',
  ],
  credentials: quickbooksForm.fields,
  acceptsBaseUrl: true,
  beside: true,
  parseCredentials: (entered) => quickbooksForm.parse(entered),
  check: checkQuickbooks,
  tools: (target) => [listAccounts(target), findEntries(target), postJournal(target), deleteEntry(target)],
  presets: besidePresets(['find_quickbooks_journal_entries', 'post_journal_to_quickbooks']),
};
