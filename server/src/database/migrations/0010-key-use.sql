-- When a connection's key was last used, to the minute.
alter table connections add column key_used_at timestamptz;
