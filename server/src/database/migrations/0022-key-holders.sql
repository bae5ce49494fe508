-- Which master keys each running Purser opens and seals with: a rotation waits for all of them.

create table key_holders (
  id text primary key,
  opens jsonb not null,
  seals text not null,
  seen_at timestamptz not null default now()
);
