-- Events are handled oldest first, a batch at a time, however many wait.
create index on events (created_at, id) where state = 'pending';
drop index events_next_attempt_at_created_at_idx;
