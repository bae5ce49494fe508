-- Connections that work beside whatever account a thread is about (Slack, GitHub, …): `beside` names the family their
-- tools belong to, of which an agent has one. `discovered` is what the far side said it offers when it was checked.
alter table connections add column beside text;
alter table connections add column discovered json;
