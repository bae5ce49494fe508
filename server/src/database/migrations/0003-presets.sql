-- Which of a connection's tools an agent carries; the others are found by a search when they are needed.
alter table agent_connections add column preset text not null default 'owner';
