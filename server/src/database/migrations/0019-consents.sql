-- Who wants to be written to without having asked: said and taken back, each as it was, for the last word counts.
create table consents (
  id text primary key,
  connection_id text not null references connections on delete cascade,
  -- In lower case.
  address text not null,
  given boolean not null,
  -- Where and how it was said, in words.
  how text not null,
  recorded_by jsonb not null,
  recorded_at timestamptz not null,
  seq bigint generated always as identity
);
create index on consents (connection_id, address, seq desc);

-- Where whoever gets it unsubscribes; null: it is about something they did, and needs no consent.
alter table mails add column unsubscribe_url text;
