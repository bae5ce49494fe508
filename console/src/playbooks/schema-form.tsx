import { CheckField } from '../ui/check-field.tsx';
import { SelectField, TextArea, TextField } from '../ui/field.tsx';
import type { Draft, SchemaField } from './schema-fields.ts';

interface SchemaFormProps {
  fields: readonly SchemaField[];
  draft: Draft;
  disabled: boolean;
  /** What is wrong with a field, by its name. */
  problemOf(name: string): string | undefined;
  onChange(draft: Draft): void;
}

/** A control for each field of a schema. */
export function SchemaForm({ fields, draft, disabled, problemOf, onChange }: SchemaFormProps) {
  return (
    <div className="space-y-5">
      {fields.map((field) => (
        <Control
          key={field.name}
          field={field}
          value={draft[field.name] ?? ''}
          disabled={disabled}
          error={problemOf(field.name)}
          onChange={(value) => onChange({ ...draft, [field.name]: value })}
        />
      ))}
    </div>
  );
}

interface ControlProps {
  field: SchemaField;
  value: string;
  disabled: boolean;
  error: string | undefined;
  onChange(value: string): void;
}

function Control({ field, value, disabled, error, onChange }: ControlProps) {
  const { label, hint, kind, choices } = field;
  if (kind === 'switch')
    return (
      <CheckField
        label={label}
        hint={hint}
        checked={value === 'true'}
        disabled={disabled}
        onChange={(checked) => onChange(String(checked))}
      />
    );
  if (kind === 'choice')
    return (
      <SelectField
        label={label}
        hint={hint}
        error={error}
        value={value}
        disabled={disabled}
        onChange={(event) => onChange(event.target.value)}
      >
        {choices.map((choice) => (
          <option key={choice} value={choice}>
            {choice.replaceAll('_', ' ')}
          </option>
        ))}
      </SelectField>
    );
  const shared = { label, hint, error, value, disabled };
  if (kind === 'json')
    return (
      <TextArea {...shared} mono spellCheck={false} onChange={(event) => onChange(event.target.value)} />
    );
  return (
    <TextField
      {...shared}
      dir="auto"
      inputMode={kind === 'number' ? 'numeric' : undefined}
      onChange={(event) => onChange(event.target.value)}
    />
  );
}
