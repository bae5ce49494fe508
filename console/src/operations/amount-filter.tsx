import type { Operation } from '@purser/server/api';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { connectionsQuery } from '../queries.ts';
import { SelectField, TextField } from '../ui/field.tsx';
import { useDebounced } from '../ui/use-debounced.ts';
import { isAmount, type OperationSearch } from './operation-filter.ts';

interface AmountFilterProps {
  search: OperationSearch;
  rows: readonly Operation[];
  onChange(change: OperationSearch): void;
}

const restMs = 350;

/** Only operations about so much money or more, in one currency: sums of two are never compared. */
export function AmountFilter({ search, rows, onChange }: AmountFilterProps) {
  const connections = useQuery(connectionsQuery()).data ?? [];
  const known = connections.flatMap(({ account }) => account.defaultCurrency ?? []);
  const seen = rows.flatMap(({ amount }) => amount?.currency ?? []);
  const currency = search.currency ?? known[0] ?? 'usd';
  const currencies = [...new Set([currency, ...known, ...seen])].sort();
  const [typed, setTyped] = useState(search.least ?? '');
  const rested = useDebounced(typed.trim(), restMs);
  // biome-ignore lint/correctness/useExhaustiveDependencies: only what was typed is told, not what the address says.
  useEffect(() => {
    if (rested === (search.least ?? '') || (rested !== '' && !isAmount(rested))) return;
    onChange(rested === '' ? { least: undefined, currency: undefined } : { least: rested, currency });
  }, [rested]);
  // Cleared from outside.
  useEffect(() => {
    if (!search.least) setTyped('');
  }, [search.least]);
  return (
    <div className="grid grid-cols-[1fr_auto] gap-1 max-md:col-span-2">
      <TextField
        label="Amount of at least"
        hideLabel
        placeholder="At least"
        inputMode="decimal"
        value={typed}
        aria-invalid={typed.trim() !== '' && !isAmount(typed.trim()) ? true : undefined}
        onChange={(event) => setTyped(event.target.value)}
      />
      <SelectField
        label="Currency of the amount"
        hideLabel
        value={currency}
        onChange={(event) => onChange({ ...(search.least && { currency: event.target.value }) })}
      >
        {currencies.map((each) => (
          <option key={each} value={each}>
            {each.toUpperCase()}
          </option>
        ))}
      </SelectField>
    </div>
  );
}
