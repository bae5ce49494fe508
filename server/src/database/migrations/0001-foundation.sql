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
