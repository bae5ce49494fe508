import type { ModelInfo } from '@purser/server/api';
import { CircleSlash } from 'lucide-react';
import { Disclosure } from '../ui/disclosure.tsx';
import { SelectField } from '../ui/field.tsx';

interface ModelFieldProps {
  value: string | null;
  models: ModelInfo[] | undefined;
  defaultModel: string | undefined;
  disabled: boolean;
  onChange(model: string | null): void;
}

/** What can be chosen, and below what could be, with what is missing for it. */
export function ModelField({ value, models, defaultModel, disabled, onChange }: ModelFieldProps) {
  const available = models?.filter((model) => model.available) ?? [];
  const unavailable = models?.filter((model) => !model.available) ?? [];
  const nameOf = (id: string | undefined) => models?.find((model) => model.id === id)?.name ?? id;
  const chosenIsListed = value === null || available.some((model) => model.id === value);
  return (
    <div>
      <SelectField
        label="Model"
        value={value ?? ''}
        disabled={disabled || !models}
        onChange={(event) => onChange(event.target.value || null)}
        error={
          models && !chosenIsListed
            ? `${nameOf(value ?? undefined)} is not available now. Choose another one.`
            : undefined
        }
      >
        <option value="">Workspace default{defaultModel ? ` (${nameOf(defaultModel)})` : ''}</option>
        {chosenIsListed ? null : (
          <option value={value ?? ''}>{nameOf(value ?? undefined)} (not available)</option>
        )}
        {available.map((model) => (
          <option key={model.id} value={model.id}>
            {model.name}
          </option>
        ))}
      </SelectField>
      {unavailable.length > 0 ? (
        <Disclosure label={`${unavailable.length} more can be set up`}>
          <ul className="mt-1 space-y-1.5">
            {unavailable.map((model) => (
              <li key={model.id} className="flex items-start gap-2 text-muted">
                <CircleSlash size={13} aria-hidden="true" className="mt-1 shrink-0" />
                <span>
                  <span className="font-medium">{model.name}</span>: {model.reason ?? 'not available'}
                </span>
              </li>
            ))}
          </ul>
        </Disclosure>
      ) : null}
    </div>
  );
}
