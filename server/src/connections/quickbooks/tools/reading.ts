import { z } from 'zod';
import { cleanForeignStrings } from '../../../secrets/clean.ts';
import { type Json, readTool, type Tool } from '../../../tools/tool.ts';
import type { ToolTarget } from '../../connection.ts';
import { type JournalEntry, quickbooksClient } from '../client.ts';
import { reading } from '../errors.ts';

export function listAccounts(target: ToolTarget): Tool {
  return readTool({
    name: 'list_quickbooks_accounts',
    title: 'List QuickBooks accounts',
    description: 'The accounts of the company’s books in QuickBooks, with number and type.',
    input: z.strictObject({}),
    permissions: [],
    words: {
      ...{ action: 'list', object: 'quickbooks_account' },
      synonyms: ['quickbooks accounts', 'chart of accounts'],
    },
    async read(_input, { signal }) {
      const accounts = await reading(() => quickbooksClient(target, { now: target.now, signal }).accounts());
      return {
        ...cleanForeignStrings({
          view: {
            ...{ object: 'list', complete: accounts.length < 1_000, seen: accounts.length },
            data: accounts.map(({ FullyQualifiedName, AcctNum, AccountType }) => ({
              ...{ object: 'quickbooks_account', name: FullyQualifiedName, type: AccountType },
              ...(AcctNum && { number: AcctNum }),
            })),
          },
          record: accounts as unknown as Json,
          summary: `Found ${accounts.length} accounts in QuickBooks`,
        }),
        ...{ objects: [], requestIds: [] },
      };
    },
  });
}

const day = z.iso.date().describe('A day, such as 2026-03-01.');

export function findEntries(target: ToolTarget): Tool {
  return readTool({
    name: 'find_quickbooks_journal_entries',
    title: 'Find QuickBooks journal entries',
    description:
      'Journal entries in QuickBooks between two days, newest first: number, date, total, what it says.',
    input: z.strictObject({ from: day, to: day }),
    permissions: [],
    words: {
      ...{ action: 'list', object: 'quickbooks_journal_entry' },
      synonyms: ['quickbooks entries', 'quickbooks journal', 'posted entries'],
    },
    async read(span, { signal }) {
      const entries = await reading(() =>
        quickbooksClient(target, { now: target.now, signal }).entries(span),
      );
      return {
        ...cleanForeignStrings({
          view: {
            ...{ object: 'list', complete: entries.length < 1_000, seen: entries.length },
            data: entries.map(entryView),
          },
          record: entries as unknown as Json,
          summary: `Found ${entries.length} journal ${entries.length === 1 ? 'entry' : 'entries'} in QuickBooks`,
        }),
        ...{ objects: [], requestIds: [] },
      };
    },
  });
}

export function entryView(entry: JournalEntry): { [key: string]: Json } {
  const { Id, DocNumber, TxnDate, PrivateNote, CurrencyRef, TotalAmt } = entry;
  return {
    ...{ object: 'quickbooks_journal_entry', id: Id, date: TxnDate },
    ...(DocNumber && { number: DocNumber }),
    ...(PrivateNote && { note: PrivateNote }),
    ...(TotalAmt !== undefined && { total: `${TotalAmt} ${CurrencyRef?.value ?? ''}`.trim() }),
  };
}
