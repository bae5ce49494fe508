-- How far ahead requests to a far side are booked, shared by all instances. Lost with a crash, which does no harm.
create unlogged table paces (
  -- An account and mode, or one of its endpoints.
  key text primary key,
  -- When the last request that was let through would be due at the allowed rate.
  due_at timestamptz not null
);
