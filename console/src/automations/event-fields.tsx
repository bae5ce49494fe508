import type { Trigger } from '@purser/server/api';
import { useId } from 'react';
import type { ApiProblem } from '../api.ts';
import { TextField } from '../ui/field.tsx';
import { ListEditor } from '../ui/list-editor.tsx';

type EventTrigger = Extract<Trigger, { type: 'event' }>;
type Filter = NonNullable<EventTrigger['filter']>;
type Condition = NonNullable<Filter['where']>[number];

/** What people wait for most; any other type can be written. */
const common = [
  'invoice.payment_failed',
  'invoice.paid',
  'charge.failed',
  'charge.dispute.created',
  'charge.refunded',
  'checkout.session.completed',
  'customer.created',
  'customer.subscription.created',
  'customer.subscription.deleted',
  'customer.subscription.updated',
  'payment_intent.payment_failed',
  'payment_intent.succeeded',
  'payout.failed',
  'radar.early_fraud_warning.created',
];

interface EventFieldsProps {
  trigger: EventTrigger;
  disabled: boolean;
  error: ApiProblem | null;
  onChange(trigger: EventTrigger): void;
}

/** Which events, and which of them: above an amount, of one customer, with certain fields. */
export function EventFields({ trigger, disabled, error, onChange }: EventFieldsProps) {
  const types = useId();
  const filter = trigger.filter ?? {};
  const set = (change: Filter) => {
    const kept = Object.entries({ ...filter, ...change }).filter(([, value]) => value !== undefined);
    const { filter: _before, ...rest } = trigger;
    onChange(kept.length > 0 ? { ...rest, filter: Object.fromEntries(kept) as Filter } : rest);
  };
  const setAbove = (change: { amount?: string; currency?: string }) => {
    const above = { amount: '', currency: 'usd', ...filter.above, ...change };
    set({ above: above.amount ? above : undefined });
  };
  return (
    <div className="space-y-4">
      <div className="max-w-md">
        <TextField
          label="Event"
          hint="A Stripe event type; invoice.* is all about invoices."
          mono
          list={types}
          value={trigger.event}
          maxLength={120}
          disabled={disabled}
          error={error?.field('event')}
          onChange={(event) => onChange({ ...trigger, event: event.target.value.trim() })}
        />
        <datalist id={types}>
          {common.map((type) => (
            <option key={type} value={type} />
          ))}
        </datalist>
      </div>
      <div className="grid max-w-xl gap-4 sm:grid-cols-[9rem_6rem_1fr]">
        <TextField
          label="Only above"
          inputMode="decimal"
          placeholder="Any amount"
          value={filter.above?.amount ?? ''}
          maxLength={24}
          disabled={disabled}
          error={error?.field('above.amount')}
          onChange={(event) => setAbove({ amount: event.target.value.trim() })}
          className="text-end"
        />
        <TextField
          label="Currency"
          value={(filter.above?.currency ?? 'usd').toUpperCase()}
          maxLength={3}
          disabled={disabled || !filter.above}
          error={error?.field('above.currency')}
          onChange={(event) => setAbove({ currency: event.target.value.toLowerCase() })}
        />
        <TextField
          label="Only of customer"
          mono
          placeholder="cus_…, empty: all"
          value={filter.customer ?? ''}
          maxLength={100}
          disabled={disabled}
          onChange={(event) => set({ customer: event.target.value.trim() || undefined })}
        />
      </div>
      <div className="max-w-xl">
        <p className="font-medium">Only where</p>
        <p className="mb-1.5 text-muted">Fields of the object, such as billing_reason or metadata.plan.</p>
        <ListEditor<Condition>
          of="condition"
          max={10}
          items={filter.where ?? []}
          disabled={disabled}
          fresh={() => ({ field: '', is: '' })}
          onChange={(where) => set({ where: where.length > 0 ? where : undefined })}
        >
          {(condition, setCondition, index) => (
            <ConditionFields
              condition={condition}
              number={index + 1}
              disabled={disabled}
              onChange={setCondition}
            />
          )}
        </ListEditor>
      </div>
    </div>
  );
}

const tests = { is: 'is', not: 'is not', contains: 'contains' } as const;
type Test = keyof typeof tests;
const isTest = (name: string): name is Test => name in tests;

interface ConditionFieldsProps {
  condition: Condition;
  number: number;
  disabled: boolean;
  onChange(condition: Condition): void;
}

function ConditionFields({ condition, number, disabled, onChange }: ConditionFieldsProps) {
  const { field, ...rest } = condition;
  const [test = 'is', value = ''] = Object.entries(rest)[0] ?? [];
  return (
    <div className="grid grid-cols-[1fr_6.5rem_1fr] gap-2">
      <TextField
        label={`Field of condition ${number}`}
        hideLabel
        mono
        placeholder="billing_reason"
        value={field}
        maxLength={200}
        disabled={disabled}
        onChange={(event) => onChange({ ...condition, field: event.target.value.trim() })}
      />
      <select
        aria-label={`Test of condition ${number}`}
        value={test}
        disabled={disabled}
        onChange={(event) => {
          if (isTest(event.target.value)) onChange({ field, [event.target.value]: String(value ?? '') });
        }}
        className="h-9 rounded-md border border-line-strong bg-surface px-2 pointer-coarse:h-11"
      >
        {Object.entries(tests).map(([name, words]) => (
          <option key={name} value={name}>
            {words}
          </option>
        ))}
      </select>
      <TextField
        label={`Value of condition ${number}`}
        hideLabel
        value={String(value ?? '')}
        maxLength={500}
        disabled={disabled}
        onChange={(event) => onChange({ field, [isTest(test) ? test : 'is']: event.target.value })}
      />
    </div>
  );
}
