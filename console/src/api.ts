import { accessCalls } from './api/access.ts';
import { agentCalls } from './api/agents.ts';
import { automationCalls } from './api/automations.ts';
import { connectionCalls } from './api/connections.ts';
import { recordCalls } from './api/records.ts';
import { threadCalls } from './api/threads.ts';

export type { ConnectedApp } from './api/access.ts';
export type { AgentChanges } from './api/agents.ts';
export type { SetupChange, TaskFields } from './api/automations.ts';
export type { ChartOfAccounts } from './api/connections.ts';
export type { AuditFilter, OperationFilter, ReportQuery } from './api/records.ts';
export { reportPath } from './api/records.ts';
export { ApiProblem } from './api/request.ts';
export type { Decision } from './api/threads.ts';

/** Every call the console makes, by name. */
export const api = {
  ...accessCalls,
  ...agentCalls,
  ...automationCalls,
  ...connectionCalls,
  ...recordCalls,
  ...threadCalls,
};
