-- What people are to know of while nobody is looking: alerts, deadlines, tasks that failed. One of each occasion.
create table alerts (
  id text primary key,
  once text not null unique,
  -- `alert_card_testing`, `dispute_deadline`, `task_failed`
  kind text not null,
  connection_id text references connections on delete cascade,
  title text not null,
  -- Markdown: what, against what, what to do.
  body text not null,
  objects jsonb not null default '[]',
  -- Where more stands.
  thread_id text references threads on delete set null,
  -- Whom it is mailed to beside the inbox.
  mail_to jsonb not null default '[]',
  created_at timestamptz not null,
  -- When the channels (mail, chat) had it.
  told_at timestamptz,
  closed_at timestamptz,
  closed_by text
);
create index on alerts (created_at desc, id);
create index on alerts (created_at) where told_at is null;
create index on alerts (created_at) where closed_at is null;

-- Ten minutes of an account's payments, summed up: what is unusual is told against these.
create table pulses (
  connection_id text not null references connections on delete cascade,
  at timestamptz not null,
  data jsonb not null,
  primary key (connection_id, at)
);
-- Since when, and up to when, an account's pulses are known.
create table pulse_spans (
  connection_id text primary key references connections on delete cascade,
  known_from timestamptz not null,
  read_to timestamptz not null
);
