-- What happened in Purser, told outside (Slack, webhooks): a row before anything leaves, one for each happening and
-- connection, so that nothing is told twice or lost.
create table announcements (
  id text primary key,
  connection_id text not null references connections on delete cascade,
  type text not null,
  subject text not null,
  data json not null,
  state text not null default 'queued' check (state in ('queued', 'sending', 'sent', 'failed')),
  attempts integer not null default 0,
  next_attempt_at timestamptz,
  receipt json,
  problem text,
  happened_at timestamptz not null,
  sent_at timestamptz,
  unique (connection_id, type, subject)
);
create index on announcements (next_attempt_at) where state in ('queued', 'sending');
create index on announcements (connection_id, happened_at desc, id);
create index on runs (finished_at) where finished_at is not null;
