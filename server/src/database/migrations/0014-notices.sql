-- When those who may approve were written to about it; null: not yet. What waited before is in the inbox and not written about.
alter table approvals add column noticed_at timestamptz;
update approvals set noticed_at = requested_at;
create index on approvals (requested_at) where status = 'pending' and noticed_at is null;

-- Who does not want to be written to about what waits for them.
create table muted_notices (
  person_id text primary key,
  muted_at timestamptz not null
);
