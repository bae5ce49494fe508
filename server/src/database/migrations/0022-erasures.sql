-- Customers whose data is, or was, erased. What they are called stands here only until that is done.
create table erasures (
  id text primary key,
  connection_id text not null references connections,
  customer text not null,
  also_known_as jsonb not null default '[]',
  state text not null default 'waiting' check (state in ('waiting', 'done')),
  -- What became of them at Stripe.
  stripe text check (stripe in ('not_asked', 'deleted', 'kept')),
  thread_id text references threads,
  run_id text references runs,
  report jsonb,
  requested_by jsonb not null,
  requested_at timestamptz not null,
  finished_at timestamptz,
  check ((state = 'done') = (finished_at is not null and report is not null and stripe is not null))
);
create index on erasures (requested_at desc);
create index on erasures (state) where state = 'waiting';
