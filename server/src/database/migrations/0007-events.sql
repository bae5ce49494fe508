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
