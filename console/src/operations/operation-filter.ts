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
  /** Major units of `currency`. */
  least?: string | undefined;
  currency?: string | undefined;
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

/** `1250`, `99.50`. */
export const isAmount = (text: string | undefined): text is string =>
  text !== undefined && /^\d{1,12}(\.\d{1,3})?$/.test(text);

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
    ...(isAmount(search.least) && { least: search.least, currency: search.currency ?? 'usd' }),
  };
}

export const isFiltered = (search: OperationSearch): boolean =>
  Object.entries(search).some(([name, value]) => name !== 'currency' && Boolean(value));
