import type { Budget } from '@purser/server/api';
import { effects } from '../cards/effect-words.ts';
import { CheckField } from '../ui/check-field.tsx';
import { Disclosure } from '../ui/disclosure.tsx';
import { SelectField, TextField } from '../ui/field.tsx';
import { MoneyList } from './money-list.tsx';
import { budgetWords } from './policy-words.ts';

interface BudgetEditorProps {
  budget: Budget;
  currency: string;
  disabled: boolean;
  onChange(budget: Budget): void;
}

const pers: Record<Budget['per'], string> = {
  agent: 'This agent, in all',
  person: 'Each person who asks',
  task: 'Each task',
};
const overs: Record<Budget['over'], string> = { ask: 'Ask a person', deny: 'Refuse' };
const isPer = (value: string): value is Budget['per'] => value in pers;
type Counted = NonNullable<Budget['effects']>[number];

/** A day's budget in one sentence; what it is made of is folded behind it. */
export function BudgetEditor({ budget, currency, disabled, onChange }: BudgetEditorProps) {
  const chosen = budget.effects ?? [];
  const setCount = (typed: string) => {
    const { count: _count, ...rest } = budget;
    const count = Number.parseInt(typed, 10);
    onChange(Number.isNaN(count) ? rest : { ...rest, count });
  };
  const toggle = (effect: Counted, on: boolean) =>
    onChange({ ...budget, effects: on ? [...chosen, effect] : chosen.filter((each) => each !== effect) });
  return (
    <div className="rounded-lg border border-line bg-surface px-3 py-2">
      <Disclosure
        open={budget.count === undefined && !budget.amounts?.length}
        label={<span className="text-start text-base text-ink">{budgetWords(budget)}</span>}
      >
        <div className="grid gap-4 py-2 sm:grid-cols-2">
          <SelectField
            label="Whose"
            value={budget.per}
            disabled={disabled}
            onChange={(event) =>
              isPer(event.target.value) && onChange({ ...budget, per: event.target.value })
            }
          >
            {Object.entries(pers).map(([per, words]) => (
              <option key={per} value={per}>
                {words}
              </option>
            ))}
          </SelectField>
          <SelectField
            label="Beyond it"
            value={budget.over}
            disabled={disabled}
            onChange={(event) =>
              onChange({ ...budget, over: event.target.value === 'deny' ? 'deny' : 'ask' })
            }
          >
            {Object.entries(overs).map(([over, words]) => (
              <option key={over} value={over}>
                {words}
              </option>
            ))}
          </SelectField>
          <MoneyList
            label="A day’s sum"
            hint="In a currency that is not named, nothing is free."
            amounts={budget.amounts ?? []}
            currency={currency}
            disabled={disabled}
            onChange={(amounts) => onChange({ ...budget, amounts })}
          />
          <TextField
            label="So many writes a day"
            type="number"
            min={0}
            value={budget.count ?? ''}
            disabled={disabled}
            placeholder="No limit"
            onChange={(event) => setCount(event.target.value)}
          />
          <fieldset className="sm:col-span-2">
            <legend className="mb-1 font-medium">What counts</legend>
            <p className="mb-1 text-muted">
              None chosen: all writes for a count, all that moves money for a sum.
            </p>
            <div className="flex flex-wrap gap-x-4 gap-y-1">
              {effects.map(({ effect, label }) =>
                effect === 'read' ? null : (
                  <CheckField
                    key={effect}
                    label={label}
                    checked={chosen.includes(effect)}
                    disabled={disabled}
                    onChange={(on) => toggle(effect, on)}
                  />
                ),
              )}
            </div>
          </fieldset>
        </div>
      </Disclosure>
    </div>
  );
}
