import type { Trigger } from '@purser/server/api';
import { useQuery } from '@tanstack/react-query';
import { useId, useState } from 'react';
import { ApiProblem } from '../api.ts';
import { triggerPreviewQuery } from '../queries.ts';
import { CheckField } from '../ui/check-field.tsx';
import { TextField } from '../ui/field.tsx';
import { Segmented } from '../ui/segmented.tsx';
import { exactTime } from '../ui/time-words.ts';
import { useDebounced } from '../ui/use-debounced.ts';
import { EventFields } from './event-fields.tsx';

interface TriggerFieldsProps {
  trigger: Trigger;
  /** Of the account: a new schedule begins in it. */
  zone: string | undefined;
  disabled: boolean;
  error: ApiProblem | null;
  /** null while nothing is typed. */
  onChange(trigger: Trigger | null): void;
}

const kinds = [
  { value: 'schedule', label: 'On a schedule' },
  { value: 'event', label: 'When something happens' },
  { value: 'manual', label: 'By hand' },
] as const;
type Kind = Trigger['type'];
type Schedule = Extract<Trigger, { type: 'schedule' }>;

const browserZone = Intl.DateTimeFormat().resolvedOptions().timeZone;

export function TriggerFields({ trigger, zone, disabled, error, onChange }: TriggerFieldsProps) {
  const fresh: Record<Kind, Trigger> = {
    schedule: { type: 'schedule', cron: '0 9 * * 1', timezone: zone ?? browserZone, missed: 'once' },
    event: { type: 'event', event: 'invoice.payment_failed' },
    manual: { type: 'manual' },
  };
  return (
    <fieldset className="space-y-3">
      <legend className="mb-1.5 font-medium">When</legend>
      <div className="max-w-full overflow-x-auto">
        <Segmented<Kind>
          label="When"
          value={trigger.type}
          options={kinds}
          disabled={disabled}
          onChange={(kind) => onChange(fresh[kind])}
        />
      </div>
      {trigger.type === 'schedule' ? (
        <ScheduleFields schedule={trigger} disabled={disabled} error={error} onChange={onChange} />
      ) : null}
      {trigger.type === 'event' ? (
        <EventFields trigger={trigger} disabled={disabled} error={error} onChange={onChange} />
      ) : null}
    </fieldset>
  );
}

interface ScheduleFieldsProps {
  schedule: Schedule;
  disabled: boolean;
  error: ApiProblem | null;
  onChange(trigger: Schedule | null): void;
}

function ScheduleFields({ schedule, disabled, error, onChange }: ScheduleFieldsProps) {
  const [typed, setTyped] = useState(schedule.cron === '0 9 * * 1' ? 'every Monday at 9' : schedule.cron);
  const zones = useId();
  const words = typed.trim();
  return (
    <div className="space-y-3">
      <div className="grid gap-4 sm:grid-cols-2">
        <TextField
          label="Schedule, in words or as cron"
          placeholder="every Monday at 9"
          value={typed}
          maxLength={120}
          disabled={disabled}
          error={error?.field('cron')}
          onChange={(event) => {
            const text = event.target.value;
            setTyped(text);
            onChange(text.trim() ? { ...schedule, cron: text.trim() } : null);
          }}
        />
        <TextField
          label="Time zone"
          list={zones}
          value={schedule.timezone}
          maxLength={80}
          disabled={disabled}
          error={error?.field('timezone')}
          onChange={(event) =>
            onChange(words ? { ...schedule, cron: words, timezone: event.target.value } : null)
          }
        />
        <datalist id={zones}>
          {Intl.supportedValuesOf('timeZone').map((zone) => (
            <option key={zone} value={zone} />
          ))}
        </datalist>
      </div>
      {words ? <NextTimes schedule={{ ...schedule, cron: words }} /> : null}
      <CheckField
        label="Make up for a run that was missed"
        hint="Once, however many were missed while Purser was not running."
        checked={schedule.missed === 'once'}
        disabled={disabled}
        onChange={(once) =>
          onChange(words ? { ...schedule, cron: words, missed: once ? 'once' : 'skip' } : null)
        }
      />
    </div>
  );
}

const restMs = 300;

/** As the server understands it: in words, with the next times it is due. */
function NextTimes({ schedule }: { schedule: Schedule }) {
  const rested = useDebounced(JSON.stringify(schedule), restMs);
  const query = useQuery(triggerPreviewQuery(JSON.parse(rested) as Schedule));
  if (query.error) {
    const { error } = query;
    const named = error instanceof ApiProblem ? (error.field('cron') ?? error.field('timezone')) : undefined;
    return (
      <p role="status" className="text-danger">
        {named ?? error.message}
      </p>
    );
  }
  if (!query.data) return <p className="text-muted">Working out when…</p>;
  const { when, next } = query.data;
  return (
    <div className="rounded-md bg-sunken px-3 py-2" aria-live="polite">
      <p>{when}</p>
      {next.length > 0 ? (
        <ul className="text-muted">
          {next.map((time) => (
            <li key={time}>
              <time dateTime={time}>{exactTime(time)}</time>
            </li>
          ))}
        </ul>
      ) : (
        <p className="text-danger">It is never due.</p>
      )}
    </div>
  );
}
