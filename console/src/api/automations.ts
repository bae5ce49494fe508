import type {
  Alert,
  Delivery,
  DryRun,
  MuteSpan,
  Order,
  Page,
  PlaybookInfo,
  PlaybookRun,
  PlaybookSetup,
  PlaybookStep,
  Task,
  TaskRun,
  Trigger,
  TriggerPreview,
} from '@purser/server/api';
import { get, patch, post, put, queryString, remove } from './request.ts';

export interface TaskFields {
  agentId: string;
  connectionId: string | null;
  name: string;
  prompt: string;
  trigger: Trigger;
}

/** What is left out stays. */
export interface SetupChange {
  agentId?: string;
  enabled?: boolean;
  settings?: object;
}

/** What runs by itself: tasks, playbooks, orders, alerts. */
export const automationCalls = {
  playbooks: (signal?: AbortSignal) => get<Page<PlaybookInfo>>('/playbooks', signal),
  playbook: (name: string, connectionId: string | undefined, signal?: AbortSignal) =>
    get<PlaybookInfo>(`/playbooks/${name}${queryString({ connectionId })}`, signal),
  setPlaybook: (name: string, connectionId: string, change: SetupChange) =>
    put<PlaybookSetup>(`/playbooks/${name}/connections/${connectionId}`, change),
  dryRun: (name: string, given: { connectionId: string; input?: object }) =>
    post<Page<DryRun>>(`/playbooks/${name}/dry-run`, given),
  playbookRuns: (
    query: { playbook: string; connectionId: string; cursor: string | null },
    signal?: AbortSignal,
  ) => get<Page<PlaybookRun>>(`/playbook-runs${queryString(query)}`, signal),
  playbookRun: (id: string, signal?: AbortSignal) =>
    get<PlaybookRun & { steps: PlaybookStep[] }>(`/playbook-runs/${id}`, signal),
  askPlaybookRun: (id: string, what: string) => post<PlaybookRun>(`/playbook-runs/${id}/ask`, { what }),
  stopPlaybookRun: (id: string) => post<PlaybookRun>(`/playbook-runs/${id}/stop`),
  orders: (query: { status: string | undefined; cursor: string | null }, signal?: AbortSignal) =>
    get<Page<Order>>(`/orders${queryString(query)}`, signal),
  order: (id: string, signal?: AbortSignal) =>
    get<Order & { steps: PlaybookStep[]; deliveries: Delivery[] }>(`/orders/${id}`, signal),
  cancelOrder: (id: string) => post<Order>(`/orders/${id}/cancel`),
  retryOrder: (id: string) => post<Order>(`/orders/${id}/retry`),
  alerts: (query: { status: 'open' | 'closed'; cursor: string | null }, signal?: AbortSignal) =>
    get<Page<Alert>>(`/alerts${queryString(query)}`, signal),
  closeAlert: (id: string) => post<Alert>(`/alerts/${id}/close`),
  muteAlert: (id: string, span: MuteSpan) => post<Alert>(`/alerts/${id}/mute`, { for: span }),
  tasks: (query: { agentId?: string | undefined; cursor?: string | null }, signal?: AbortSignal) =>
    get<Page<Task>>(`/tasks${queryString({ ...query, limit: 50 })}`, signal),
  task: (id: string, signal?: AbortSignal) => get<Task>(`/tasks/${id}`, signal),
  createTask: (task: TaskFields) => post<Task>('/tasks', task),
  updateTask: (id: string, change: Partial<TaskFields> & { enabled?: boolean }) =>
    patch<Task>(`/tasks/${id}`, change),
  deleteTask: (id: string) => remove(`/tasks/${id}`),
  runTask: (id: string) => post<TaskRun>(`/tasks/${id}/run`),
  taskRuns: (id: string, cursor: string | null, signal?: AbortSignal) =>
    get<Page<TaskRun>>(`/tasks/${id}/runs${queryString({ cursor, limit: 20 })}`, signal),
  previewTrigger: (trigger: Trigger) => post<TriggerPreview>('/tasks/preview', { trigger }),
};
