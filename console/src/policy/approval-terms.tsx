import type { Policy } from '@purser/server/api';
import { CheckField } from '../ui/check-field.tsx';
import { TextField } from '../ui/field.tsx';
import { MoneyList } from './money-list.tsx';

interface ApprovalTermsProps {
  terms: NonNullable<Policy['approval']>;
  currency: string;
  disabled: boolean;
  onChange(terms: NonNullable<Policy['approval']>): void;
}

/** Who may approve, how many must, and how long it may wait. */
export function ApprovalTerms({ terms, currency, disabled, onChange }: ApprovalTermsProps) {
  const { hours: _hours, ...rest } = terms;
  return (
    <div className="space-y-4">
      <CheckField
        label="Nobody approves what they asked for themselves"
        hint="Whoever sent the message, or made the task, needs somebody else."
        checked={terms.notOwn ?? false}
        disabled={disabled}
        onChange={(notOwn) => onChange({ ...terms, notOwn })}
      />
      <MoneyList
        label="Two people above"
        hint="In a currency that is not named, one person is enough."
        amounts={terms.secondAbove ?? []}
        currency={currency}
        disabled={disabled}
        onChange={(secondAbove) => onChange({ ...terms, secondAbove })}
      />
      <div className="max-w-52">
        <TextField
          label="An approval may wait, in hours"
          type="number"
          min={1}
          max={720}
          placeholder="24"
          value={terms.hours ?? ''}
          disabled={disabled}
          onChange={(event) => {
            const hours = Number.parseInt(event.target.value, 10);
            onChange(Number.isNaN(hours) ? rest : { ...rest, hours });
          }}
        />
      </div>
    </div>
  );
}
