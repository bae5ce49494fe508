-- What agents may look up and cite: documents, and the passages they were split into. The text is data: nothing in it is
-- obeyed. `embedding` holds a vector of 32-bit floats, little end first, where an embedding model is set up.

create table documents (
  id text primary key,
  agent_id text not null references agents on delete cascade,
  name text not null check (length(name) between 1 and 200),
  kind text not null check (kind in ('markdown', 'text', 'pdf', 'csv', 'html')),
  digest text not null,
  bytes integer not null check (bytes >= 0),
  language text not null,
  added_by jsonb not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (agent_id, name)
);

create table passages (
  id bigint generated always as identity primary key,
  document_id text not null references documents on delete cascade,
  agent_id text not null references agents on delete cascade,
  position integer not null check (position >= 0),
  place text not null,
  text text not null,
  search tsvector not null,
  embedding bytea,
  embedded_by text,
  unique (document_id, position)
);
create index on passages using gin (search);
create index on passages (agent_id);
