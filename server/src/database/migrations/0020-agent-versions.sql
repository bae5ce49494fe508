-- What an agent was, each time it changed: written by the database, so that no way of changing one forgets it. And how
-- much its models may be used in a day.

alter table agents add column limits jsonb not null default '{}';
alter table agents add column version integer not null default 1 check (version >= 1);
alter table agents add column changed_by jsonb not null default '{"type": "system", "id": "purser", "name": "Purser"}';

create table agent_versions (
  agent_id text not null references agents on delete cascade,
  version integer not null,
  name text not null,
  description text not null,
  instructions text not null,
  model text,
  limits jsonb not null,
  changed_by jsonb not null,
  changed_at timestamptz not null default now(),
  primary key (agent_id, version)
);

insert into agent_versions (agent_id, version, name, description, instructions, model, limits, changed_by, changed_at)
  select id, version, name, description, instructions, model, limits, changed_by, updated_at from agents;

create function count_agent_version() returns trigger language plpgsql as $$
begin
  if (new.name, new.description, new.instructions, new.model, new.limits)
    is distinct from (old.name, old.description, old.instructions, old.model, old.limits)
  then new.version := old.version + 1; end if;
  return new;
end $$;
create trigger agents_count_version before update on agents for each row execute function count_agent_version();

create function keep_agent_version() returns trigger language plpgsql as $$
begin
  insert into agent_versions (agent_id, version, name, description, instructions, model, limits, changed_by)
    values (new.id, new.version, new.name, new.description, new.instructions, new.model, new.limits, new.changed_by)
    on conflict do nothing;
  return new;
end $$;
create trigger agents_keep_version after insert or update on agents for each row execute function keep_agent_version();
