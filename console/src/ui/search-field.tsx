import { Search } from 'lucide-react';
import { useEffect, useId, useState } from 'react';
import { useDebounced } from './use-debounced.ts';

interface SearchFieldProps {
  label: string;
  value: string;
  onChange(value: string): void;
}

/** Found by the `/` key through `data-search`. */
export function SearchField({ label, value, onChange }: SearchFieldProps) {
  const id = useId();
  return (
    <div className="relative">
      <label htmlFor={id} className="sr-only">
        {label}
      </label>
      <Search
        size={14}
        aria-hidden="true"
        className="pointer-events-none absolute start-2.5 top-1/2 -translate-y-1/2 text-muted"
      />
      <input
        id={id}
        type="search"
        data-search=""
        autoComplete="off"
        placeholder={label}
        value={value}
        onChange={(event) => onChange(event.target.value)}
        className="h-8 w-full rounded-md border border-line bg-surface ps-8 pe-2 hover:border-line-strong pointer-coarse:h-11 pointer-coarse:text-[16px]"
      />
    </div>
  );
}

const restMs = 250;

/** A search that asks once the typing rests, and is emptied when it is cleared from outside. */
export function RestedSearch({ label, value, onChange }: SearchFieldProps) {
  const [typed, setTyped] = useState(value);
  const rested = useDebounced(typed.trim(), restMs);
  // biome-ignore lint/correctness/useExhaustiveDependencies: only what was typed is told, not what came from outside.
  useEffect(() => {
    if (rested !== value) onChange(rested);
  }, [rested]);
  useEffect(() => {
    if (value === '') setTyped('');
  }, [value]);
  return <SearchField label={label} value={typed} onChange={setTyped} />;
}
