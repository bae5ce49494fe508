-- People come by invitation; guesses are counted; a one-time code is good once.

create table invitations (
  id text primary key,
  email text not null check (email = lower(email) and length(email) <= 320),
  role text not null check (role in ('owner', 'operator', 'approver', 'viewer')),
  -- Of the link's token, SHA-256.
  token_hash bytea not null unique,
  invited_by jsonb not null,
  created_at timestamptz not null,
  expires_at timestamptz not null
);
-- The newest invitation of an address is the one that counts.
create unique index on invitations (email);

-- Failed guesses by what they were aimed at: `account:…`, `address:…`, `person:…`.
create table guesses (
  key text primary key,
  failures integer not null default 1 check (failures > 0),
  locked_until timestamptz,
  updated_at timestamptz not null
);
create index on guesses (updated_at);

create table used_codes (
  person_id text not null,
  -- Of person and code, SHA-256.
  code_hash bytea not null,
  used_at timestamptz not null,
  primary key (person_id, code_hash)
);
create index on used_codes (used_at);
