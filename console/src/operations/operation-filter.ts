import type { OperationState } from '@purser/server/api';
import type { OperationFilter } from '../api.ts';
import { operationStates } from '../cards/operation-state.tsx';

/** What the address says is to be seen; everything is optional. */
export interface OperationSearch {
  state?: string | undefined;
  agent?: string | undefined;
  connection?: string | undefined;
  tool?: string | undefined;
  period?: string | undefined;
  q?: string | undefined;
}

/** Periods that end now, in days; 1 is today. */
export const periods: Record<string, { label: string; days: number }> = {
  today: { label: 'Today', days: 1 },
  week: { label: 'Last 7 days', days: 7 },
  month: { label: 'Last 30 days', days: 30 },
  quarter: { label: 'Last 90 days', days: 90 },
};

function isState(name: string | undefined): name is OperationState {
  return name !== undefined && name in operationStates;
}

/** The address as the API is asked; what it does not know is left out. Days begin at midnight where the reader is. */
export function filterOf(search: OperationSearch, now: Date): OperationFilter {
  const days = periods[search.period ?? '']?.days;
  const from = days && new Date(now.getFullYear(), now.getMonth(), now.getDate() - (days - 1)).toISOString();
  return {
    state: isState(search.state) ? search.state : undefined,
    agentId: search.agent,
    connectionId: search.connection,
    tool: search.tool,
    from: from || undefined,
    q: search.q,
  };
}

export const isFiltered = (search: OperationSearch): boolean => Object.values(search).some(Boolean);
