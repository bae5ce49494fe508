import type { Decision, Effect, Mode, Policy } from '@purser/server/api';
import { decisionWords, defaultDecision, effects } from '../cards/effect-words.ts';
import { SelectField } from '../ui/field.tsx';

interface EffectTableProps {
  mode: Mode;
  policy: Policy;
  disabled: boolean;
  onChange(change: Pick<Policy, 'effects'>): void;
}

const decisions: Decision[] = ['allow', 'ask', 'deny'];

/** What the agent may do by itself where no rule and no word for the tool decides, effect by effect. */
export function EffectTable({ mode, policy, disabled, onChange }: EffectTableProps) {
  const set = (effect: Effect, wanted: string) => {
    const { [effect]: _before, ...rest } = policy.effects ?? {};
    const decision = decisions.find((each) => each === wanted);
    onChange({ effects: decision ? { ...rest, [effect]: decision } : rest });
  };
  return (
    <ul className="divide-y divide-line">
      {effects.map(({ effect, label, hint }) => (
        <li key={effect} className="flex flex-wrap items-center gap-x-4 gap-y-1.5 px-4 py-2.5">
          <span className="min-w-48 flex-1">
            <span className="block">{label}</span>
            <span className="block text-sm text-muted">{hint}</span>
          </span>
          <div className="w-full sm:w-56">
            <SelectField
              label={label}
              hideLabel
              value={policy.effects?.[effect] ?? ''}
              disabled={disabled}
              onChange={(event) => set(effect, event.target.value)}
            >
              <option value="">
                {decisionWords[defaultDecision(effect, mode)]} ({mode} default)
              </option>
              {decisions.map((decision) => (
                <option key={decision} value={decision}>
                  {decisionWords[decision]}
                </option>
              ))}
            </SelectField>
          </div>
        </li>
      ))}
    </ul>
  );
}
