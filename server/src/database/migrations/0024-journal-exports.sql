-- Journals that were exported in a thread: what may be posted to books. The id cannot be guessed; who has it was given it.
create table journals (
  id text primary key,
  -- The Stripe connection it was made by.
  connection_id text not null references connections,
  from_at timestamptz not null,
  to_at timestamptz not null check (to_at > from_at),
  created_at timestamptz not null default now()
);
