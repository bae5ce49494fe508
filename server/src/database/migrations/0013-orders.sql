-- What a playbook says of where its run stands, for lists and pages: a stage and a few facts.
alter table playbook_runs add column standing jsonb;
-- What people asked of it while it was under way, oldest first: cancel it, hand it in.
alter table playbook_runs add column asked jsonb not null default '[]';

-- What a business's own endpoint is told, until it has taken it: at least once each, under an id that stays the same.
create table deliveries (
  -- `webhook-id`: names what is told, so that it is kept once.
  id text primary key,
  playbook_run_id text not null references playbook_runs on delete cascade,
  operation_id text references operations,
  connection_id text not null references connections,
  url text not null,
  body text not null,
  state text not null check (state in ('queued', 'delivered', 'failed')),
  attempts integer not null default 0,
  -- Of what is queued. Whoever tries it moves this on first.
  next_attempt_at timestamptz,
  -- The last answer.
  status integer,
  problem text,
  created_at timestamptz not null,
  settled_at timestamptz,
  check ((state = 'queued') = (next_attempt_at is not null))
);
create index on deliveries (next_attempt_at) where state = 'queued';
create index on deliveries (playbook_run_id);
