-- An object beside its subject whose events wake a run: the payment that it waits for.
alter table playbook_runs add column waits_on text;
create index on playbook_runs (connection_id, waits_on) where waits_on is not null and state in ('working', 'waiting');
