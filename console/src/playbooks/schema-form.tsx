import type { ReactNode } from 'react';
import { CheckField } from '../ui/check-field.tsx';
import { SelectField, TextArea, TextField } from '../ui/field.tsx';
import { ListEditor } from '../ui/list-editor.tsx';
import { type Draft, draftOf, groupOf, rowsOf, rowsText, type SchemaField } from './schema-fields.ts';

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
  const { label, hint, kind } = field;
  const shared = { label, hint, error, value, disabled };
  switch (kind) {
    case 'switch':
      return (
        <CheckField
          label={label}
          hint={hint}
          checked={value === 'true'}
          disabled={disabled}
          onChange={(checked) => onChange(String(checked))}
        />
      );
    case 'choice':
      return (
        <SelectField {...shared} onChange={(event) => onChange(event.target.value)}>
          {/* Nothing is chosen where nothing was: a choice is never made by looking away. */}
          {value === '' ? <option value="">Choose…</option> : null}
          {field.choices.map((choice) => (
            <option key={choice} value={choice}>
              {choice.replaceAll('_', ' ')}
            </option>
          ))}
        </SelectField>
      );
    case 'rows':
      return <Rows field={field} value={value} disabled={disabled} error={error} onChange={onChange} />;
    case 'group':
      return <Group field={field} value={value} disabled={disabled} error={error} onChange={onChange} />;
    case 'long':
    case 'lines':
      return (
        <TextArea
          {...shared}
          dir="auto"
          hint={kind === 'lines' ? [hint, 'One on each line.'].filter(Boolean).join(' ') : hint}
          onChange={(event) => onChange(event.target.value)}
        />
      );
    case 'json':
      return (
        <TextArea {...shared} mono spellCheck={false} onChange={(event) => onChange(event.target.value)} />
      );
    default:
      return (
        <TextField
          {...shared}
          dir="auto"
          inputMode={kind === 'number' ? 'numeric' : undefined}
          onChange={(event) => onChange(event.target.value)}
        />
      );
  }
}

/** `Items` → `item`; what is no plural has rows. */
const oneOf = (label: string): string => (/[^s]s$/.exec(label) ? label.toLowerCase().slice(0, -1) : 'row');

function Rows({ field, value, disabled, error, onChange }: ControlProps) {
  const { label, hint, columns, most } = field;
  return (
    <Fieldset label={label} hint={hint} error={error}>
      <ListEditor<Draft>
        of={oneOf(label)}
        max={most}
        items={rowsOf(value)}
        disabled={disabled}
        fresh={() => draftOf(columns, {})}
        onChange={(rows) => onChange(rowsText(rows))}
      >
        {(row, set) => <Columns columns={columns} draft={row} disabled={disabled} onChange={set} />}
      </ListEditor>
    </Fieldset>
  );
}

function Group({ field, value, disabled, error, onChange }: ControlProps) {
  return (
    <Fieldset label={field.label} hint={field.hint} error={error}>
      <Columns
        columns={field.columns}
        draft={groupOf(value)}
        disabled={disabled}
        onChange={(draft) => onChange(JSON.stringify(draft))}
      />
    </Fieldset>
  );
}

interface ColumnsProps {
  columns: readonly SchemaField[];
  draft: Draft;
  disabled: boolean;
  onChange(draft: Draft): void;
}

function Columns({ columns, draft, disabled, onChange }: ColumnsProps) {
  return (
    <div className="grid gap-3 rounded-md border border-line bg-sunken p-3 sm:grid-cols-2">
      {columns.map((column) => (
        <div key={column.name} className={column.kind === 'long' ? 'sm:col-span-2' : ''}>
          <Control
            field={column}
            value={draft[column.name] ?? ''}
            disabled={disabled}
            error={undefined}
            onChange={(value) => onChange({ ...draft, [column.name]: value })}
          />
        </div>
      ))}
    </div>
  );
}

interface FieldsetProps {
  label: string;
  hint: string;
  error: string | undefined;
  children: ReactNode;
}

function Fieldset({ label, hint, error, children }: FieldsetProps) {
  return (
    <fieldset>
      <legend className="font-medium">{label}</legend>
      {hint ? <p className="mb-2 text-muted">{hint}</p> : null}
      {children}
      {error ? (
        <p role="alert" className="mt-1.5 text-danger">
          {error}
        </p>
      ) : null}
    </fieldset>
  );
}
