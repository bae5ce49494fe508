import { TextField } from '../ui/field.tsx';
import { ListEditor } from '../ui/list-editor.tsx';
import type { PolicyMoney } from './policy-words.ts';

interface MoneyListProps {
  label: string;
  hint?: string;
  amounts: readonly PolicyMoney[];
  /** What a new one begins with. */
  currency: string;
  disabled: boolean;
  onChange(amounts: PolicyMoney[]): void;
}

/** One amount for each currency. */
export function MoneyList({ label, hint, amounts, currency, disabled, onChange }: MoneyListProps) {
  return (
    <fieldset className="min-w-0">
      <legend className="font-medium">{label}</legend>
      {hint ? <p className="text-muted">{hint}</p> : null}
      <div className="mt-1.5 max-w-64">
        <ListEditor
          of="currency"
          items={amounts}
          max={50}
          disabled={disabled}
          fresh={() => ({ amount: '', currency: amounts.length === 0 ? currency : '' })}
          onChange={onChange}
        >
          {(money, set, index) => (
            <div className="grid grid-cols-[1fr_5rem] gap-2">
              <TextField
                label={`${label}: amount ${index + 1}`}
                hideLabel
                inputMode="decimal"
                placeholder="100"
                value={money.amount}
                maxLength={24}
                disabled={disabled}
                onChange={(event) => set({ ...money, amount: event.target.value.trim() })}
                className="text-end"
              />
              <TextField
                label={`${label}: currency ${index + 1}`}
                hideLabel
                placeholder="USD"
                value={money.currency.toUpperCase()}
                maxLength={3}
                disabled={disabled}
                onChange={(event) => set({ ...money, currency: event.target.value.toLowerCase() })}
              />
            </div>
          )}
        </ListEditor>
      </div>
    </fieldset>
  );
}
