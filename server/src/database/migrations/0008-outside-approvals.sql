-- Approvals that the far side asks for itself wait beside our own: one of each for an operation.
alter table approvals
  add column kind text not null default 'own' check (kind in ('own', 'outside')),
  -- The far side's id and page for it.
  add column outside_id text,
  add column outside_url text,
  add check ((kind = 'outside') = (outside_id is not null)),
  drop constraint approvals_operation_id_key,
  -- Nobody here decides what the far side decided.
  drop constraint approvals_check,
  add check ((kind = 'own' and status in ('approved', 'rejected')) <= (decided_at is not null and decided_by is not null)),
  add unique (operation_id, kind);
