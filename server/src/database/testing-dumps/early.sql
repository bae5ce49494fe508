-- A database of an early Purser, with rows of each kind: what migrations are tried on. Never edit it.

create table migrations
  (name text primary key, checksum text not null, ran_at timestamptz not null default now());

-- Agents, connections, threads and the runs that write them, operations and approvals, the audit record.
-- Forward only: a released migration is never edited (its checksum is kept). Ids are text with a prefix (`agt_…`).
-- Status columns hold exactly the unions of schema.ts; what must hold between rows is said here and not in code.

create table agents (
  id text primary key,
  name text not null check (length(name) between 1 and 200),
  description text not null default '',
  instructions text not null default '',
  model text,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  deleted_at timestamptz
);

create table connections (
  id text primary key,
  type text not null,
  name text not null check (length(name) between 1 and 200),
  mode text not null check (mode in ('test', 'live')),
  account_id text not null,
  account jsonb not null,
  base_url text,
  demo boolean not null default false,
  credentials bytea not null,
  key_last4 text not null,
  key_fingerprint text not null,
  key_kind text not null check (key_kind in ('secret', 'restricted')),
  key_added_at timestamptz not null default now(),
  permissions jsonb not null default '[]',
  warnings jsonb not null default '[]',
  status text not null default 'ok' check (status in ('ok', 'failing')),
  problem text,
  checked_at timestamptz not null default now(),
  created_at timestamptz not null default now(),
  deleted_at timestamptz
);

create table agent_connections (
  agent_id text not null references agents on delete cascade,
  connection_id text not null references connections on delete cascade,
  policy jsonb not null default '{}',
  attached_at timestamptz not null default now(),
  primary key (agent_id, connection_id)
);
create index on agent_connections (connection_id);

create table threads (
  id text primary key,
  agent_id text not null references agents,
  connection_id text references connections,
  title text not null,
  title_by text not null default 'auto' check (title_by in ('auto', 'person')),
  created_by text not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  deleted_at timestamptz,
  read_at timestamptz
);
create index on threads (updated_at desc, id) where deleted_at is null;
create index on threads (agent_id, updated_at desc);
create index on threads (connection_id);

create table runs (
  id text primary key,
  thread_id text not null references threads on delete cascade,
  agent_id text not null references agents,
  connection_id text references connections,
  status text not null default 'queued'
    check (status in ('queued', 'running', 'awaiting_approval', 'completed', 'failed', 'cancelled')),
  model text not null,
  error json,
  partial json,
  leg integer not null default 0 check (leg >= 0),
  requested_by jsonb not null,
  usage jsonb,
  created_at timestamptz not null default now(),
  started_at timestamptz,
  finished_at timestamptz,
  cancel_requested boolean not null default false
);
-- One run at a time per thread: whoever comes second is refused here, whatever the code thought.
create unique index runs_one_active_per_thread on runs (thread_id)
  where status in ('queued', 'running', 'awaiting_approval');
create index on runs (thread_id, created_at);
create index on runs (agent_id, created_at);
create index on runs (status) where status in ('queued', 'running', 'awaiting_approval');

-- The transcript, and at the same time the journal of a run: one insert per model step and tool result.
create table entries (
  id bigint generated always as identity primary key,
  thread_id text not null references threads on delete cascade,
  run_id text not null references runs on delete cascade,
  step integer not null check (step >= 0),
  kind text not null check (kind in ('user', 'model', 'tool')),
  content json not null,
  record json,
  superseded boolean not null default false,
  created_at timestamptz not null default now(),
  -- Fences a zombie: the second to write a step fails.
  unique (run_id, step)
);
create index on entries (thread_id, id);

create table operations (
  id text primary key,
  run_id text not null references runs,
  tool_call_id text not null,
  thread_id text not null references threads,
  agent_id text not null references agents,
  connection_id text not null references connections,
  account_id text not null,
  mode text not null check (mode in ('test', 'live')),
  tool text not null,
  title text not null,
  effect text not null check (effect in ('write', 'money', 'destructive', 'outbound')),
  state text not null default 'planned' check (
    state in ('planned', 'waiting', 'approved', 'claimed', 'sent', 'done', 'failed', 'rejected', 'unknown')),
  input json not null,
  sealed json not null,
  preview json not null,
  digest text not null,
  request_ids jsonb not null default '[]',
  objects jsonb not null default '[]',
  outcome json,
  error json,
  undo json,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (run_id, tool_call_id)
);
create index on operations (created_at desc, id);
create index on operations (thread_id);
create index on operations (connection_id, created_at desc);
create index on operations (agent_id, created_at desc);
create index on operations (state) where state not in ('done', 'failed', 'rejected');

create table approvals (
  id text primary key,
  operation_id text not null unique references operations,
  thread_id text not null references threads,
  run_id text not null references runs,
  tool_call_id text not null,
  digest text not null,
  reason text not null,
  status text not null default 'pending' check (status in ('pending', 'approved', 'rejected', 'expired', 'void')),
  requested_at timestamptz not null default now(),
  expires_at timestamptz not null,
  decided_at timestamptz,
  decided_by jsonb,
  decision_reason text,
  check ((status in ('approved', 'rejected')) <= (decided_at is not null and decided_by is not null))
);
create index on approvals (requested_at) where status = 'pending';
create index on approvals (thread_id);
create index on approvals (run_id);

-- Append-only and hash-chained; `at` is text inside the hash, so microseconds are cut to what JavaScript can say.
create table audit (
  seq bigint primary key check (seq > 0),
  at timestamptz(3) not null,
  actor jsonb not null,
  action text not null,
  subject text,
  details jsonb not null default '{}',
  prev_hash text not null,
  hash text not null unique
);
create index on audit (subject, seq) where subject is not null;
create index on audit (at);

create function refuse_audit_change() returns trigger language plpgsql as $$
begin
  raise exception 'the audit record can only be added to' using errcode = 'insufficient_privilege';
end $$;
create trigger audit_append_only before update or delete on audit
  for each row execute function refuse_audit_change();
create trigger audit_no_truncate before truncate on audit
  for each statement execute function refuse_audit_change();

create table settings (
  key text primary key,
  value jsonb not null
);

create table instances (
  id text primary key,
  heartbeat_at timestamptz not null default now()
);

insert into migrations (name, checksum) values ('0001-foundation.sql', 'ce137c7856d835f90c4f2377d6ed43eb49e701434d06c55c7638655d60ff39b2');

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

insert into migrations (name, checksum) values ('0002-guard.sql', '3168919cf13ccb4d69e5d8c8d5e4dd601b5aff22fa975919a4db1ae264923382');

-- Which of a connection's tools an agent carries; the others are found by a search when they are needed.
alter table agent_connections add column preset text not null default 'owner';

insert into migrations (name, checksum) values ('0003-presets.sql', 'e25a47d6a23a9ea74d911afdbd2cfb933bba6dedd5a5f8de63b0c20ebc533838');

-- Mail that was sent or captured. A row is written before anything leaves, and once for each operation and recipient.
create table mails (
  id text primary key,
  -- What it was written for; null for notices of Purser's own.
  operation_id text references operations,
  thread_id text references threads,
  connection_id text references connections,
  -- Unique where it must not be written twice: an operation's id, or the occasion of a notice.
  once text not null unique,
  sender text not null,
  recipient text not null,
  subject text not null,
  -- Markdown, as it was written.
  body text not null,
  -- Who it comes from, below the text.
  footer text not null,
  -- As its recipient saw it, however later versions would write it.
  html text not null,
  -- captured: no SMTP server is set. unknown: the connection broke after the text was handed over.
  state text not null check (state in ('captured', 'queued', 'sending', 'sent', 'failed', 'unknown')),
  attempts integer not null default 0 check (attempts >= 0),
  next_attempt_at timestamptz,
  problem text,
  created_at timestamptz not null default now(),
  sent_at timestamptz
);
create index on mails (created_at desc, id);
create index on mails (next_attempt_at) where state in ('queued', 'sending');
create index on mails (lower(recipient));
create index on mails (thread_id);

insert into migrations (name, checksum) values ('0004-mails.sql', '8403f839153e79f0695f6fa1ce3aadfe06036ed8576d741aef565981ba2c32fd');

-- How far ahead requests to a far side are booked, shared by all instances. Lost with a crash, which does no harm.
create unlogged table paces (
  -- An account and mode, or one of its endpoints.
  key text primary key,
  -- When the last request that was let through would be due at the allowed rate.
  due_at timestamptz not null
);

insert into migrations (name, checksum) values ('0005-paces.sql', 'e59e0054dcce2ffc0808ef0e24cdf6eaac3ac2b3fa6c859eaf8916abfbfb6031');

-- The ledger: of each account, in each mode, what reports need, in integer minor units. All of it can be fetched again.

create table ledgers (
  -- `acct_…:test`
  id text primary key,
  time_zone text not null,
  -- When the first filling began and ended, and up to when changes were taken in since.
  filled_at timestamptz,
  synced_at timestamptz,
  -- What a filling that was cut short has behind it, by kind of object.
  progress jsonb not null default '{}'
);

-- The fields of Stripe's objects that reports look at, whole enough to make the tables below anew.
create table mirrored (
  ledger text not null references ledgers on delete cascade,
  kind text not null,
  id text not null,
  created_at timestamptz not null,
  data jsonb not null,
  primary key (ledger, kind, id)
);
create index on mirrored (ledger, kind, created_at);
create index on mirrored (ledger, (data->>'charge')) where kind in ('refund', 'dispute');
create index on mirrored (ledger, (data->>'source')) where kind = 'balance_transaction';

-- Which invoice or checkout session a payment belongs to.
create table payment_links (
  ledger text not null references ledgers on delete cascade,
  -- A payment intent or, where there is none, a charge.
  payment text not null,
  kind text not null check (kind in ('invoice', 'checkout_session')),
  source text not null,
  primary key (ledger, payment, source)
);

-- Each balance transaction, shared out to what it was for. The parts of one add up to its net, to the cent.
create table facts (
  ledger text not null references ledgers on delete cascade,
  transaction text not null,
  part integer not null,
  at timestamptz not null,
  -- The first of the month in the account's time zone.
  month date not null,
  currency text not null,
  -- Stripe's reporting category.
  category text not null,
  product text,
  customer text,
  gross bigint not null default 0,
  discount bigint not null default 0,
  tax bigint not null default 0,
  refunded bigint not null default 0,
  disputed bigint not null default 0,
  fee bigint not null default 0,
  -- What is no revenue: payouts, transfers, top-ups.
  other bigint not null default 0,
  net bigint not null,
  primary key (ledger, transaction, part),
  check (net = gross - discount + tax - refunded - disputed - fee + other)
);
create index on facts (ledger, at);

-- The same, summed up by month, so that a year of a large business is read in an instant.
create table fact_months (
  ledger text not null references ledgers on delete cascade,
  month date not null,
  currency text not null,
  category text not null,
  product text not null,
  count bigint not null,
  gross bigint not null,
  discount bigint not null,
  tax bigint not null,
  refunded bigint not null,
  disputed bigint not null,
  fee bigint not null,
  other bigint not null,
  net bigint not null,
  primary key (ledger, month, currency, category, product)
);

-- What each line of a subscription's invoice brings in a month, while it lasts. Exact parts of minor units.
create table recurring_lines (
  ledger text not null references ledgers on delete cascade,
  invoice text not null,
  line text not null,
  customer text not null,
  subscription text not null,
  product text,
  currency text not null,
  monthly numeric(30, 6) not null,
  starts_at timestamptz not null,
  ends_at timestamptz not null,
  primary key (ledger, invoice, line)
);
create index on recurring_lines (ledger, ends_at, starts_at);
create index on recurring_lines (ledger, subscription);

insert into migrations (name, checksum) values ('0006-ledger.sql', '8e766469dea2a4d525f554826bfcbb8c3cef036e139e205fe38286eeb54f7dbe');

-- What happens at the far side, as it was told: stored before it is acknowledged, handled once.

create table webhooks (
  connection_id text primary key references connections on delete cascade,
  -- null for an endpoint that somebody made by hand.
  endpoint_id text,
  url text not null,
  events jsonb not null default '[]',
  status text not null default 'enabled' check (status in ('enabled', 'disabled')),
  -- The signing secrets, newest first: sealed, with the connection's id as associated data.
  secrets bytea not null,
  last_received_at timestamptz,
  -- What was wrong with the last delivery that was refused, and how many were since one was taken.
  refused_at timestamptz,
  refused_why text,
  refused_count integer not null default 0
);

create table events (
  connection_id text not null references connections on delete cascade,
  id text not null,
  type text not null,
  object_id text,
  created_at timestamptz not null,
  data json not null,
  source text not null check (source in ('webhook', 'poll')),
  received_at timestamptz not null default now(),
  state text not null default 'pending' check (state in ('pending', 'done', 'failed')),
  attempts integer not null default 0,
  next_attempt_at timestamptz,
  problem text,
  handled_at timestamptz,
  -- However often and by whatever way it comes, it is here once.
  primary key (connection_id, id)
);
create index on events (connection_id, created_at desc, id);
create index on events (next_attempt_at, created_at) where state = 'pending';
create index on events (connection_id, object_id) where object_id is not null;

-- Up to when the events list was read, for where no webhook comes and for gaps.
create table event_cursors (
  connection_id text primary key references connections on delete cascade,
  read_to timestamptz not null,
  polled_at timestamptz,
  problem text
);

-- A prompt to an agent, on a schedule or an event.
create table tasks (
  id text primary key,
  agent_id text not null references agents,
  connection_id text references connections,
  name text not null check (length(name) between 1 and 200),
  prompt text not null,
  trigger jsonb not null,
  enabled boolean not null default true,
  created_by jsonb not null,
  -- When a schedule is due next; null for events.
  next_run_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  deleted_at timestamptz
);
create index on tasks (next_run_at) where enabled and deleted_at is null;
create index on tasks (agent_id) where deleted_at is null;

create table task_runs (
  id text primary key,
  task_id text not null references tasks,
  -- A due time, an event or a person's click: of each, one run.
  occasion text not null,
  thread_id text references threads,
  run_id text references runs,
  -- Why it could not begin.
  problem text,
  started_at timestamptz not null default now(),
  unique (task_id, occasion)
);
create index on task_runs (task_id, started_at desc, id);
create index on task_runs (run_id);

insert into migrations (name, checksum) values ('0007-events.sql', 'd044e32a9a4f8917bb1e603bd74fc4b9fc6f58c5786385d1cd7fe5a2546be8c1');

-- Approvals that the far side asks for itself wait beside our own: one of each for an operation.
alter table approvals
  add column kind text not null default 'own' check (kind in ('own', 'outside')),
  -- The far side's id and page for it.
  add column outside_id text,
  add column outside_url text,
  add check ((kind = 'outside') = (outside_id is not null)),
  drop constraint approvals_operation_id_key,
  -- Nobody here decides what the far side decided.
  drop constraint approvals_check,
  add check ((kind = 'own' and status in ('approved', 'rejected')) <= (decided_at is not null and decided_by is not null)),
  add unique (operation_id, kind);

insert into migrations (name, checksum) values ('0008-outside-approvals.sql', 'b8f2b7d2177dfabb51c3765377c80ac9e3c2a5345726c4bde2ef529a0865db7d');

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

insert into migrations (name, checksum) values ('0009-playbooks.sql', '01c0d0a30e5072878a200e3cae00933894eb82b5ccd100ee4426d0faf8b23d8e');

insert into agents (id, name, instructions) values ('agt_early', 'Early', 'Look first.');
insert into connections (id, type, name, mode, account_id, account, credentials, key_last4, key_fingerprint, key_kind)
  values ('con_early', 'stripe', 'Shop', 'test', 'acct_early', '{"id": "acct_early"}', 'sealed', '1234', 'ffff', 'secret');
insert into agent_connections (agent_id, connection_id, policy)
  values ('agt_early', 'con_early', '{"effects": {"money": "ask"}}');
insert into threads (id, agent_id, connection_id, title, created_by)
  values ('thr_early', 'agt_early', 'con_early', 'A refund', 'usr_early');
insert into runs (id, thread_id, agent_id, connection_id, status, model, requested_by)
  values ('run_early', 'thr_early', 'agt_early', 'con_early', 'awaiting_approval', 'builtin', '{"type": "person", "id": "usr_early", "name": "Eve"}');
insert into entries (thread_id, run_id, step, kind, content)
  values ('thr_early', 'run_early', 0, 'user', '{"text": "Refund ch_early"}');
insert into operations (id, run_id, tool_call_id, thread_id, agent_id, connection_id, account_id, mode, tool, title, effect, state, input, sealed, preview, digest)
  values ('op_early', 'run_early', 'call_1', 'thr_early', 'agt_early', 'con_early', 'acct_early', 'test', 'create_refund', 'Refund', 'money', 'waiting', '{}', '{}', '{"summary": "Refund 5.00 usd"}', 'd');
insert into approvals (id, operation_id, thread_id, run_id, tool_call_id, digest, reason, expires_at)
  values ('apr_early', 'op_early', 'thr_early', 'run_early', 'call_1', 'd', 'It moves money.', '2099-01-01');
insert into settings (key, value) values ('early', '{"kept": true}');
