import { money, toDecimal } from '@purser/money';
import { z } from 'zod';
import { type Tool, ToolError, type ToolOutcome, writeTool } from '../../../tools/tool.ts';
import { markOf } from '../../beside.ts';
import type { ToolTarget } from '../../connection.ts';
import type { JournalSums } from '../../journal-source.ts';
import {
  type JournalEntry,
  type LedgerAccount,
  type NewEntry,
  type Quickbooks,
  quickbooksClient,
} from '../client.ts';
import { reading, writing } from '../errors.ts';

const sealedEntries = z.strictObject({
  period: z.string(),
  entries: z.array(
    z.strictObject({
      number: z.string(),
      date: z.string(),
      note: z.string(),
      currency: z.string(),
      lines: z.array(
        z.strictObject({
          account: z.string(),
          description: z.string(),
          /** Major units, as a decimal. */
          debit: z.string().nullable(),
          credit: z.string().nullable(),
        }),
      ),
    }),
  ),
});
type SealedEntry = z.infer<typeof sealedEntries>['entries'][number];

/** Their lines want a customer or supplier each, so no sum can be posted there. */
const closedTypes = new Set(['Accounts Receivable', 'Accounts Payable']);
/** So far ahead of a journal another one may end that has the same days in it. */
const overlapDays = 400;

/** Posts what was exported, one entry for each currency. Amounts go from the journal to the books; no model sees them pass. */
export function postJournal(target: ToolTarget): Tool {
  const api = (signal?: AbortSignal) => quickbooksClient(target, { now: target.now, signal });
  return writeTool({
    name: 'post_journal_to_quickbooks',
    title: 'Post journal to QuickBooks',
    description:
      'Posts the accounting journal of a past period to QuickBooks: one balanced journal entry for each currency, summed by account, dated the last day. First make it with export_journal and pass its "journal" id.',
    effect: 'write',
    input: z.strictObject({
      journal: z
        .string()
        .regex(/^jrn_[A-Za-z0-9]{10,40}$/, 'The id of an export: jrn_…')
        .describe('The "journal" of an earlier export_journal ("jrn_…").'),
    }),
    sealed: sealedEntries,
    permissions: [],
    words: {
      ...{ action: 'post', object: 'journal' },
      synonyms: [
        'post to quickbooks',
        'book in quickbooks',
        'send to quickbooks',
        'post journal',
        'book journal',
      ],
    },
    async plan({ journal }, context) {
      if (!target.journal) throw new ToolError('not_here', 'There is no journal to post here.');
      const sums = await target.journal(journal, context);
      mustBePostable(sums);
      const books = api(context.signal);
      const entries = await reading(() => made(books, sums));
      const period = `${sums.firstDay} to ${sums.lastDay}`;
      return { sealed: { period, entries }, preview: previewOf(sums, entries) };
    },
    async find({ period, entries }, { operationId, signal }) {
      const posted: JournalEntry[] = [];
      for (const { number } of entries) {
        const entry = await reading(() => api(signal).entryNumbered(number));
        if (entry?.PrivateNote?.includes(markOf(operationId))) posted.push(entry);
      }
      // Posted in part: the act goes on with the rest, under the same request ids.
      return posted.length === entries.length ? outcomeOf(period, posted) : null;
    },
    async act({ period, entries }, { operationId, signal, idempotencyKey }) {
      const posted: JournalEntry[] = [];
      for (const [n, entry] of entries.entries())
        posted.push(
          await writing(() => api(signal).createEntry(asSent(entry, operationId), idempotencyKey(n))),
        );
      return outcomeOf(period, posted);
    },
  });
}

/** @throws ToolError `journal_incomplete`, `period_not_over`, `nothing_to_post` */
function mustBePostable({ incomplete, isOver, lastDay, sums }: JournalSums): void {
  if (incomplete.length > 0)
    throw new ToolError('journal_incomplete', `The journal is incomplete: ${incomplete.join(' ')}`, {
      next: 'Give the key what is missing and export it again; nothing was posted.',
    });
  if (!isOver)
    throw new ToolError('period_not_over', `The period ends on ${lastDay}, which is not over yet.`, {
      next: 'Post a period that has ended: what happens until then would be missing.',
    });
  if (sums.length === 0)
    throw new ToolError('nothing_to_post', 'Nothing happened in this period.', {
      next: 'Choose another one.',
    });
}

/** @throws ToolError for accounts, currencies or days that QuickBooks would not take; QuickbooksError */
async function made(books: Quickbooks, sums: JournalSums): Promise<SealedEntry[]> {
  const { home, isMulti } = await books.currencies();
  const foreign = sums.sums.filter(({ currency }) => currency !== home).map(({ currency }) => currency);
  if (foreign.length > 0 && !isMulti)
    throw new ToolError(
      'currency_not_kept',
      `The journal has ${foreign.join(', ').toUpperCase()}, and this company keeps only ${home.toUpperCase()}.`,
      { next: 'Turn on Multicurrency in QuickBooks under Account and settings, Advanced.' },
    );
  await mustBeNew(books, sums);
  const accountOf = accountFinder(await books.accounts(), sums);
  const { ledger, firstDay, lastDay } = sums;
  return sums.sums.map(({ currency, number, lines }) => ({
    ...{ number, date: lastDay, currency: currency.toUpperCase() },
    note: noteOf({ ledger, firstDay, lastDay }),
    lines: lines.map(({ code, name, amount }) => ({
      account: accountOf({ code, name }).Id,
      description: `${name}: Stripe ${firstDay} to ${lastDay}`,
      debit: amount > 0n ? toDecimal(money(amount, currency)) : null,
      credit: amount < 0n ? toDecimal(money(-amount, currency)) : null,
    })),
  }));
}

const noteOf = ({ ledger, firstDay, lastDay }: { ledger: string; firstDay: string; lastDay: string }) =>
  `Purser journal ${firstDay} to ${lastDay} of ${ledger}`;
const notePattern = /Purser journal (\d{4}-\d\d-\d\d) to (\d{4}-\d\d-\d\d) of (\S+)/;

/** No day of an account is posted twice, whatever periods it was cut into. @throws ToolError `already_posted` */
async function mustBeNew(books: Quickbooks, { ledger, firstDay, lastDay }: JournalSums): Promise<void> {
  const until = new Date(Date.parse(lastDay) + overlapDays * 86_400_000).toISOString().slice(0, 10);
  for (const { PrivateNote = '', Id, DocNumber } of await books.entries({ from: firstDay, to: until })) {
    const [, first = '', last = '', of] = notePattern.exec(PrivateNote) ?? [];
    if (of === ledger && first <= lastDay && last >= firstDay)
      throw new ToolError(
        'already_posted',
        `The days ${first} to ${last} are posted already, as ${DocNumber ?? Id}.`,
        {
          next: 'Post other days, or delete that entry first.',
          details: { entry: Id, from: first, to: last },
        },
      );
  }
}

function accountFinder(accounts: readonly LedgerAccount[], { sums }: JournalSums) {
  const find = ({ code, name }: { code: string; name: string }): LedgerAccount | undefined =>
    accounts.find(({ FullyQualifiedName }) => FullyQualifiedName.toLowerCase() === name.toLowerCase()) ??
    accounts.find(({ AcctNum }) => AcctNum === code);
  const wanted = sums.flatMap(({ lines }) => lines);
  const missing = [...new Set(wanted.filter((each) => !find(each)).map(({ name }) => name))];
  if (missing.length > 0)
    throw new ToolError(
      'account_missing',
      `QuickBooks has no account ${missing.map((name) => `“${name}”`).join(', ')}.`,
      {
        next: 'Make them in QuickBooks under Chart of accounts, or name yours in Purser under Reports, Accounting.',
      },
    );
  const closed = wanted.find((each) => closedTypes.has(find(each)?.AccountType ?? ''));
  if (closed)
    throw new ToolError(
      'account_unfit',
      `“${closed.name}” is receivables or payables: its lines want a customer each.`,
      {
        next: 'Use an account of type Other current assets or liabilities.',
      },
    );
  return (each: { code: string; name: string }): LedgerAccount => {
    const found = find(each);
    if (!found) throw new ToolError('account_missing', `QuickBooks has no account “${each.name}”.`);
    return found;
  };
}

function previewOf({ of, firstDay, lastDay, sums }: JournalSums, entries: readonly SealedEntry[]) {
  const count = `${entries.length} journal ${entries.length === 1 ? 'entry' : 'entries'}`;
  return {
    summary: `Post ${count} for ${of}, ${firstDay} to ${lastDay}, to QuickBooks`,
    facts: [
      ...sums.flatMap(({ currency, lines }) =>
        lines.map(({ name, amount }) => ({
          label: name,
          value: `${amount > 0n ? 'debit' : 'credit'} ${toDecimal(money(amount > 0n ? amount : -amount, currency))} ${currency.toUpperCase()}`,
        })),
      ),
      { label: 'Dated', value: lastDay },
      { label: 'Can be undone', value: 'each entry can be deleted again in QuickBooks' },
    ],
    objects: [],
  };
}

/** QuickBooks takes JSON numbers; a decimal of two or three places comes through one unchanged. */
function asSent({ number, date, note, currency, lines }: SealedEntry, operationId: string): NewEntry {
  return {
    ...{ DocNumber: number, TxnDate: date, CurrencyRef: { value: currency } },
    PrivateNote: `${note}\n${markOf(operationId)}`,
    Line: lines.map(({ account, description, debit, credit }) => ({
      Amount: Number(debit ?? credit),
      Description: description,
      DetailType: 'JournalEntryLineDetail',
      JournalEntryLineDetail: {
        PostingType: debit === null ? 'Credit' : 'Debit',
        AccountRef: { value: account },
      },
    })),
  };
}

function outcomeOf(period: string, posted: readonly JournalEntry[]): ToolOutcome {
  const [only, ...others] = posted;
  return {
    view: {
      ...{ object: 'list', period },
      data: posted.map(({ Id, DocNumber, TxnDate }) => ({
        ...{ object: 'quickbooks_journal_entry', id: Id, number: DocNumber ?? Id, date: TxnDate },
      })),
    },
    record: posted.map(({ Id, DocNumber, TxnDate }) => ({ Id, DocNumber: DocNumber ?? null, TxnDate })),
    summary: `Posted the journal of ${period} to QuickBooks`,
    objects: posted.map(({ Id, DocNumber }) => ({
      ...{ type: 'quickbooks_journal_entry', id: Id },
      ...(DocNumber && { label: DocNumber }),
    })),
    requestIds: [],
    ...(only &&
      others.length === 0 && {
        undo: {
          tool: 'delete_quickbooks_journal_entry',
          input: { entry: only.Id },
          label: 'Delete the entry in QuickBooks again',
        },
      }),
  };
}
