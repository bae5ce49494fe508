-- Calls that a program outside chose (MCP): which session they belong to, and whether their outcome was told already. A
-- call that was made again before that is the same call.

create table client_calls (
  run_id text primary key references runs on delete cascade,
  thread_id text not null references threads on delete cascade,
  session text not null,
  digest text not null,
  answered_at timestamptz,
  created_at timestamptz not null default now()
);
create index on client_calls (session, created_at);
create index on client_calls (session, digest) where answered_at is null;
