-- The accounts that a ledger's journal is written to, where they are not the usual ones.
create table journal_charts (
  -- `acct_…:test`
  ledger text primary key,
  chart jsonb not null
);

-- The mirror keeps more of invoices, charges and refunds now, and credit notes: it is filled anew at the next report.
update ledgers set filled_at = null, synced_at = null, progress = '{}';

create index on mirrored (ledger, (data->>'invoice')) where kind = 'credit_note';
create index on mirrored (ledger, (data->>'payment')) where kind = 'charge';
