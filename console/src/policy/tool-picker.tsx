import type { AgentTool } from '@purser/server/api';
import { X } from 'lucide-react';
import { SelectField } from '../ui/field.tsx';

interface ToolPickerProps {
  tools: readonly AgentTool[];
  chosen: readonly string[];
  disabled: boolean;
  onChange(chosen: string[]): void;
}

/** Some of the tools; none is all of them. */
export function ToolPicker({ tools, chosen, disabled, onChange }: ToolPickerProps) {
  const titleOf = (name: string) => tools.find((tool) => tool.name === name)?.title ?? name;
  return (
    <div className="space-y-1.5">
      <SelectField
        label="Tools"
        value=""
        disabled={disabled}
        onChange={(event) => event.target.value && onChange([...chosen, event.target.value])}
      >
        <option value="">{chosen.length === 0 ? 'Any tool' : 'Add another…'}</option>
        {tools
          .filter(({ name }) => !chosen.includes(name))
          .map(({ name, title }) => (
            <option key={name} value={name}>
              {title}
            </option>
          ))}
      </SelectField>
      {chosen.length > 0 ? (
        <ul className="flex flex-wrap gap-1.5">
          {chosen.map((name) => (
            <li
              key={name}
              className="inline-flex items-center gap-1 rounded-md border border-line bg-sunken ps-2 text-sm"
            >
              {titleOf(name)}
              <button
                type="button"
                aria-label={`Not ${titleOf(name)}`}
                disabled={disabled}
                onClick={() => onChange(chosen.filter((each) => each !== name))}
                className="inline-flex size-6 items-center justify-center rounded text-muted hover:text-ink pointer-coarse:size-9"
              >
                <X size={12} aria-hidden="true" />
              </button>
            </li>
          ))}
        </ul>
      ) : null}
    </div>
  );
}
