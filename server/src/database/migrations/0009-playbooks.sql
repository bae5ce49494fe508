-- A mail that came back because there is no such mailbox: nobody writes there again by themselves.
alter table mails add column bounced boolean not null default false;

-- Playbooks: workflows that code decides and the guard watches. What each step did stands in the transcript of the run's
-- thread, one row a step, as for agents; here stands which are on, and how far each run is.

create table playbooks (
  name text not null,
  connection_id text not null references connections on delete cascade,
  -- Whose policy, budgets and halts hold for what it writes.
  agent_id text not null references agents,
  enabled boolean not null default false,
  settings jsonb not null default '{}',
  -- When it looks by itself for what it missed; null while it is off.
  look_at timestamptz,
  updated_at timestamptz not null default now(),
  primary key (name, connection_id)
);
create index on playbooks (look_at) where enabled;

create table playbook_runs (
  id text primary key,
  playbook text not null,
  connection_id text not null references connections,
  -- What it is about: an invoice's id, a day. Of each, one run, whoever notices it first and however often.
  subject text not null,
  input jsonb not null,
  state text not null check (state in ('working', 'waiting', 'done', 'failed', 'stopped')),
  thread_id text not null references threads,
  -- The turn that works, or worked last.
  run_id text references runs,
  -- When it goes on; null: only when something happens.
  wake_at timestamptz,
  -- How often something happened to its subject, and how much of that the last turn knew.
  pokes integer not null default 0,
  seen integer not null default 0,
  -- Turns that failed in a row.
  failures integer not null default 0,
  -- How it ended: `recovered`, `given_up`, …, and what that moved, in minor units.
  outcome text,
  amount_minor numeric(30, 0),
  currency text,
  problem text,
  started_by jsonb not null,
  started_at timestamptz not null,
  finished_at timestamptz,
  unique (playbook, connection_id, subject),
  check ((state in ('done', 'failed', 'stopped')) = (finished_at is not null)),
  check ((state = 'done') = (outcome is not null)),
  check ((amount_minor is null) = (currency is null))
);
create index on playbook_runs (playbook, started_at desc, id);
create index on playbook_runs (connection_id, subject) where state in ('working', 'waiting');
create index on playbook_runs (wake_at) where state = 'waiting';
create index on playbook_runs (thread_id);
create index on playbook_runs (run_id);
