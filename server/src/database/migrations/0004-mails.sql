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
