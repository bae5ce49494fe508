/** Journals that were exported, by an id that only whoever exported one knows: for books to take in. */
import type { Kysely } from 'kysely';
import type { Clock } from '../../clock.ts';
import type { Connections } from '../../connections/connections.ts';
import type { JournalSource, JournalSum } from '../../connections/journal-source.ts';
import type { Schema } from '../../database/schema.ts';
import { newId } from '../../ids.ts';
import { ToolError } from '../../tools/tool.ts';
import type { Ledger } from '../ledger.ts';
import { type Chart, createCharts } from './chart.ts';
import { summedBy } from './days.ts';
import type { Entry } from './entries.ts';
import { dayOf, entryNumber } from './files.ts';
import { makeJournal } from './journal.ts';

export interface JournalExports {
  /** @returns `jrn_…` */
  keep(connectionId: string, span: { readonly from: Date; readonly to: Date }): Promise<string>;
  readonly source: JournalSource;
}

export function createJournalExports(needs: {
  db: Kysely<Schema>;
  clock: Clock;
  ledger: Ledger;
  reader: Connections['reader'];
}): JournalExports {
  const { db, clock, ledger, reader } = needs;
  const charts = createCharts(db);
  return {
    async keep(connectionId, { from, to }) {
      const id = newId('jrn');
      const row = { id, connection_id: connectionId, from_at: from, to_at: to };
      await db.insertInto('journals').values(row).execute();
      return id;
    },

    async source(id, context) {
      const row = await db.selectFrom('journals').selectAll().where('id', '=', id).executeTakeFirst();
      if (!row)
        throw new ToolError('not_found', `There is no exported journal ${id}.`, {
          next: 'Export the period first (export_journal) and use the "journal" of its answer.',
        });
      const of = await reader(row.connection_id);
      const span = { from: row.from_at, to: row.to_at };
      const books = await ledger.refresh(of, context);
      const journal = await makeJournal(db, books, of, span, context);
      const { timeZone } = books;
      return {
        of: `${of.account.name} (${of.account.id}, ${of.mode})`,
        ledger: books.ledger,
        firstDay: dayOf(span.from, timeZone),
        lastDay: dayOf(new Date(span.to.getTime() - 1), timeZone),
        isOver: clock.now() >= span.to,
        incomplete: journal.incomplete,
        sums: sumsOf(
          journal.entries,
          await charts.read(books.ledger),
          `${books.ledger}:${span.from.toISOString()}:${span.to.toISOString()}`,
        ),
      };
    },
  };
}

function sumsOf(entries: readonly Entry[], { accounts }: Chart, span: string): JournalSum[] {
  const summed = summedBy(entries, ({ currency }) => ({ id: `${span}:${currency}`, text: currency }));
  return summed.map(({ id, currency, lines }) => ({
    ...{ currency, number: entryNumber({ id }) },
    lines: lines.map(({ account, amount }) => ({ ...accounts[account], amount })),
  }));
}
