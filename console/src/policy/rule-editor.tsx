import type { AgentTool, Decision, Effect } from '@purser/server/api';
import { decisionWords, effects } from '../cards/effect-words.ts';
import { CheckField } from '../ui/check-field.tsx';
import { cx } from '../ui/class-names.ts';
import { Disclosure } from '../ui/disclosure.tsx';
import { SelectField, TextArea, TextField } from '../ui/field.tsx';
import { MoneyList } from './money-list.tsx';
import { type Rule, ruleWords, weekdayNames, weekdays } from './policy-words.ts';
import { ToolPicker } from './tool-picker.tsx';

interface RuleEditorProps {
  rule: Rule;
  number: number;
  tools: readonly AgentTool[];
  currency: string;
  timeZone: string;
  disabled: boolean;
  /** It decided what was tried. */
  decided: boolean;
  onChange(rule: Rule): void;
}

const decisions: Decision[] = ['allow', 'ask', 'deny'];
const toggled = <Value,>(list: readonly Value[], value: Value, on: boolean): Value[] =>
  on ? [...list, value] : list.filter((each) => each !== value);

/** A rule in one sentence; what it is made of is folded behind it. */
export function RuleEditor(props: RuleEditorProps) {
  const { rule, number, tools, currency, disabled, decided, onChange } = props;
  const isEmpty = Object.keys(rule).length === 1;
  return (
    <div
      className={cx(
        'rounded-lg border px-3 py-2',
        decided ? 'border-accent bg-accent-soft' : 'border-line bg-surface',
      )}
    >
      <Disclosure
        open={isEmpty}
        label={
          <span className="text-start text-base text-ink">
            <span className="text-muted">{number}.</span> {ruleWords(rule, tools)}
          </span>
        }
      >
        <div className="grid gap-4 py-2 sm:grid-cols-2">
          <SelectField
            label="Then"
            value={rule.decision}
            disabled={disabled}
            onChange={(event) => {
              const decision = decisions.find((each) => each === event.target.value);
              if (decision) onChange({ ...rule, decision });
            }}
          >
            {decisions.map((decision) => (
              <option key={decision} value={decision}>
                {decisionWords[decision]}
              </option>
            ))}
          </SelectField>
          <ToolPicker
            tools={tools}
            chosen={rule.tools ?? []}
            disabled={disabled}
            onChange={(chosen) => onChange({ ...rule, tools: chosen })}
          />
          <EffectChecks
            chosen={rule.effects ?? []}
            disabled={disabled}
            onChange={(chosen) => onChange({ ...rule, effects: chosen })}
          />
          <TextArea
            label="Customers"
            hint="One a line: id, e-mail address or name. Empty: all."
            value={(rule.customers ?? []).join('\n')}
            disabled={disabled}
            onChange={(event) =>
              onChange({ ...rule, customers: event.target.value ? event.target.value.split('\n') : [] })
            }
          />
          <MoneyList
            label="Above"
            amounts={rule.above ?? []}
            currency={currency}
            disabled={disabled}
            onChange={(above) => onChange({ ...rule, above })}
          />
          <MoneyList
            label="Up to"
            amounts={rule.upTo ?? []}
            currency={currency}
            disabled={disabled}
            onChange={(upTo) => onChange({ ...rule, upTo })}
          />
          <Hours {...props} />
        </div>
      </Disclosure>
    </div>
  );
}

interface EffectChecksProps {
  chosen: readonly Effect[];
  disabled: boolean;
  onChange(chosen: Effect[]): void;
}

function EffectChecks({ chosen, disabled, onChange }: EffectChecksProps) {
  return (
    <fieldset>
      <legend className="mb-1 font-medium">Only what would</legend>
      <div className="space-y-1">
        {effects.map(({ effect, label }) => (
          <CheckField
            key={effect}
            label={label}
            checked={chosen.includes(effect)}
            disabled={disabled}
            onChange={(on) => onChange(toggled(chosen, effect, on))}
          />
        ))}
      </div>
    </fieldset>
  );
}

function Hours({ rule, timeZone, disabled, onChange }: RuleEditorProps) {
  const { hours } = rule;
  const set = (on: boolean) => {
    const { hours: _hours, ...rest } = rule;
    onChange(on ? { ...rest, hours: { from: '18:00', to: '08:00' } } : rest);
  };
  return (
    <fieldset className="sm:col-span-2">
      <legend className="sr-only">Hours</legend>
      <CheckField
        label={`Only at certain hours (${timeZone})`}
        checked={hours !== undefined}
        disabled={disabled}
        onChange={set}
      />
      {hours ? (
        <div className="mt-2 flex flex-wrap items-end gap-3">
          {(['from', 'to'] as const).map((end) => (
            <TextField
              key={end}
              type="time"
              label={end === 'from' ? 'From' : 'To'}
              value={hours[end]}
              disabled={disabled}
              onChange={(event) => onChange({ ...rule, hours: { ...hours, [end]: event.target.value } })}
            />
          ))}
          <div className="flex flex-wrap gap-x-3 gap-y-1 pb-1.5">
            {weekdays.map((day) => (
              <CheckField
                key={day}
                label={weekdayNames[day]}
                checked={hours.days?.includes(day) ?? true}
                disabled={disabled}
                onChange={(on) => {
                  const days = toggled(hours.days ?? weekdays, day, on);
                  const { days: _days, ...times } = hours;
                  onChange({
                    ...rule,
                    hours: days.length === 7 || days.length === 0 ? times : { ...times, days },
                  });
                }}
              />
            ))}
          </div>
        </div>
      ) : null}
    </fieldset>
  );
}
