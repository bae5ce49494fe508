import type { Operation } from '@purser/server/api';
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { operationStates } from '../cards/operation-state.tsx';
import { agentsQuery, connectionsQuery } from '../queries.ts';
import { Button } from '../ui/button.tsx';
import { SelectField } from '../ui/field.tsx';
import { RestedSearch } from '../ui/search-field.tsx';
import { AmountFilter } from './amount-filter.tsx';
import { isFiltered, type OperationSearch, periods } from './operation-filter.ts';

/** Every filter has its place in the address: a filtered list can be sent to somebody. */
export function OperationFilters({ search, rows }: { search: OperationSearch; rows: readonly Operation[] }) {
  const navigate = useNavigate();
  const agents = useQuery(agentsQuery()).data ?? [];
  const connections = useQuery(connectionsQuery()).data ?? [];
  const set = (change: OperationSearch) =>
    void navigate({ to: '/operations', search: { ...search, ...change }, replace: true });
  // Only what is there can be chosen, and what was.
  const tools = new Map(rows.map(({ tool, title }) => [tool, title]));
  if (search.tool && !tools.has(search.tool)) tools.set(search.tool, search.tool.replaceAll('_', ' '));
  return (
    <div className="mb-4 grid grid-cols-2 items-center gap-2 md:grid-cols-3 lg:grid-cols-4 xl:grid-cols-[minmax(9rem,1fr)_repeat(5,minmax(0,7.75rem))_11rem]">
      <div className="max-lg:col-span-full lg:[&_input]:h-9">
        <RestedSearch
          label="Search operations"
          value={search.q ?? ''}
          onChange={(q) => set({ q: q || undefined })}
        />
      </div>
      <Filter label="State" all="All states" value={search.state} onChange={(state) => set({ state })}>
        {Object.entries(operationStates).map(([name, { label }]) => [name, label])}
      </Filter>
      <Filter label="Agent" all="All agents" value={search.agent} onChange={(agent) => set({ agent })}>
        {agents.map(({ id, name }) => [id, name])}
      </Filter>
      <Filter
        label="Account"
        all="All accounts"
        value={search.connection}
        onChange={(connection) => set({ connection })}
      >
        {connections.map(({ id, name, mode }) => [id, mode === 'live' ? `${name} (live)` : name])}
      </Filter>
      <Filter label="What" all="All kinds" value={search.tool} onChange={(tool) => set({ tool })}>
        {[...tools].sort(([, a], [, b]) => a.localeCompare(b))}
      </Filter>
      <Filter label="Time" all="Any time" value={search.period} onChange={(period) => set({ period })}>
        {Object.entries(periods).map(([name, { label }]) => [name, label])}
      </Filter>
      <AmountFilter search={search} rows={rows} onChange={set} />
      {isFiltered(search) ? (
        <Button
          tone="quiet"
          size="small"
          className="justify-self-start"
          onClick={() => void navigate({ to: '/operations', search: {}, replace: true })}
        >
          Clear filters
        </Button>
      ) : null}
    </div>
  );
}

interface FilterProps {
  label: string;
  all: string;
  value: string | undefined;
  onChange(value: string | undefined): void;
  /** Value and what it says. */
  children: [string, string][];
}

function Filter({ label, all, value, onChange, children }: FilterProps): ReactNode {
  return (
    <SelectField
      label={label}
      hideLabel
      value={value ?? ''}
      onChange={(event) => onChange(event.target.value || undefined)}
    >
      <option value="">{all}</option>
      {children.map(([name, words]) => (
        <option key={name} value={name}>
          {words}
        </option>
      ))}
    </SelectField>
  );
}
