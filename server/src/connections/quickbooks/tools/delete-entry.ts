import { z } from 'zod';
import { cleanForeignStrings } from '../../../secrets/clean.ts';
import { type Tool, writeTool } from '../../../tools/tool.ts';
import type { ToolTarget } from '../../connection.ts';
import { quickbooksClient } from '../client.ts';
import { reading, writing } from '../errors.ts';
import { entryView } from './reading.ts';

const sealedEntry = z.strictObject({ id: z.string(), syncToken: z.string(), number: z.string() });

/** Takes back what was posted. An entry that somebody changed since is not deleted: QuickBooks compares versions. */
export function deleteEntry(target: ToolTarget): Tool {
  return writeTool({
    name: 'delete_quickbooks_journal_entry',
    title: 'Delete QuickBooks journal entry',
    description:
      'Deletes a journal entry in QuickBooks. It cannot be had back; the journal can be posted anew.',
    effect: 'destructive',
    input: z.strictObject({ entry: z.string().min(1).max(40).describe('Its id in QuickBooks.') }),
    sealed: sealedEntry,
    permissions: [],
    words: {
      ...{ action: 'delete', object: 'quickbooks_journal_entry' },
      synonyms: ['delete journal entry', 'remove from quickbooks'],
    },
    async plan({ entry: id }, { signal }) {
      const entry = await reading(() => quickbooksClient(target, { now: target.now, signal }).entry(id));
      const shown = cleanForeignStrings(entryView(entry));
      const number = entry.DocNumber ?? entry.Id;
      return {
        sealed: { id: entry.Id, syncToken: entry.SyncToken, number },
        preview: {
          summary: `Delete journal entry ${cleanForeignStrings(number)} of ${entry.TxnDate} in QuickBooks`,
          facts: [
            { label: 'Total', value: String(shown.total ?? 'unknown') },
            { label: 'What it says', value: String(shown.note ?? 'nothing') },
            { label: 'Can be undone', value: 'no; the journal can be posted anew' },
          ],
          objects: [{ type: 'quickbooks_journal_entry', id: entry.Id }],
        },
      };
    },
    async act({ id, syncToken, number }, { signal, idempotencyKey }) {
      const api = quickbooksClient(target, { now: target.now, signal });
      await writing(() => api.deleteEntry({ Id: id, SyncToken: syncToken }, idempotencyKey()));
      return {
        view: { object: 'quickbooks_journal_entry', id, deleted: true },
        record: { id, deleted: true },
        summary: `Deleted journal entry ${number} in QuickBooks`,
        objects: [{ type: 'quickbooks_journal_entry', id }],
        requestIds: [],
      };
    },
  });
}
