-- What limits a write beside its tool and effect: who asked, how much moves, what was done like it before; two people
-- for one approval; the kill switch.

alter table operations
  -- `person:usr_…`, `token:tok_…`, `task:tsk_…`, `system:purser`.
  add column requester text not null default 'system:purser',
  add column requester_name text not null default '',
  add column amount_minor numeric(30, 0) check (amount_minor >= 0),
  add column currency text,
  -- Whether an approver may let less than the amount through.
  add column lowerable boolean not null default false,
  -- Equal for writes that would do the same thing again, however they were worded.
  add column twin text,
  -- The operation this one sets back.
  add column undoes text references operations,
  -- When an unknown outcome was last looked into.
  add column checked_at timestamptz,
  add check ((amount_minor is null) = (currency is null));
create index on operations (agent_id, connection_id, created_at) where state not in ('failed', 'rejected');
create index on operations (account_id, twin, created_at) where twin is not null;
-- One undo at a time, and none after one that was done.
create unique index operations_one_undo on operations (undoes)
  where undoes is not null and state not in ('failed', 'rejected');

alter table approvals
  add column needed smallint not null default 1 check (needed between 1 and 2),
  -- Those who said yes so far, first to last.
  add column given jsonb not null default '[]',
  -- Who may not decide: whoever asked for it.
  add column barred text,
  -- What the approver let through of the amount, in minor units; null: all of it.
  add column lowered_to numeric(30, 0) check (lowered_to > 0);

-- The kill switch: while a row stands here, nothing in its reach is written.
create table halts (
  scope text not null check (scope in ('all', 'agent', 'connection')),
  -- The agent's or connection's id; '' for all.
  subject text not null default '',
  reason text not null,
  halted_by jsonb not null,
  halted_at timestamptz not null default now(),
  primary key (scope, subject),
  check ((scope = 'all') = (subject = ''))
);
