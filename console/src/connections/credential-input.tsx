import type { CredentialField } from '@purser/server/api';
import { Dices } from 'lucide-react';
import { useState } from 'react';
import { Button } from '../ui/button.tsx';
import { SelectField, TextArea, TextField } from '../ui/field.tsx';

interface CredentialInputProps {
  field: CredentialField;
  label?: string;
  error: string | undefined;
  value: string;
  disabled?: boolean;
  onChange(value: string): void;
}

/** One field of a kind's credentials, by what it is: a secret, lines, a choice, or text. */
export function CredentialInput({
  field,
  error,
  value,
  disabled = false,
  onChange,
  ...more
}: CredentialInputProps) {
  const [shown, setShown] = useState(false);
  const label = `${more.label ?? field.label}${field.optional ? ' (optional)' : ''}`;
  const common = { label, hint: field.help, error, value, disabled };
  if (field.options)
    return (
      <SelectField {...common} onChange={(event) => onChange(event.target.value)}>
        <option value="">{field.optional ? 'None' : 'Choose one'}</option>
        {field.options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.label}
          </option>
        ))}
      </SelectField>
    );
  if (field.kind === 'lines')
    return (
      <TextArea
        {...common}
        mono
        rows={3}
        autoComplete="off"
        data-1p-ignore=""
        spellCheck={false}
        placeholder={field.placeholder}
        onChange={(event) => onChange(event.target.value)}
      />
    );
  return (
    <div className="space-y-2">
      <TextField
        {...common}
        type={field.secret && !shown ? 'password' : 'text'}
        // Password managers must not keep an API key.
        autoComplete={field.secret ? 'new-password' : 'off'}
        data-1p-ignore=""
        spellCheck={false}
        mono
        placeholder={field.placeholder}
        onChange={(event) => onChange(event.target.value)}
      />
      {field.generate ? (
        <Button
          disabled={disabled}
          onClick={() => {
            onChange(newSecret());
            // It has to be given to the other side as well: this once it is shown.
            setShown(true);
          }}
        >
          <Dices size={14} aria-hidden="true" />
          Make one
        </Button>
      ) : null}
    </div>
  );
}

/** `whsec_` and 32 random bytes in base64. */
function newSecret(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(32));
  return `whsec_${btoa(String.fromCharCode(...bytes))}`;
}
