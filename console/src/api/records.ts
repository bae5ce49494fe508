import type {
  AuditEntry,
  Consent,
  ConsentStanding,
  Erasure,
  Halt,
  Mail,
  Operation,
  OperationState,
  Page,
  Report,
  ReportName,
  RetentionDays,
  RetentionDue,
  RetentionState,
  Verification,
} from '@purser/server/api';
import { get, post, put, queryString, remove, type Started } from './request.ts';

/** Which entries of the record; empty texts ask for nothing. */
export interface AuditFilter {
  action?: string;
  actor?: string;
  from?: string;
  to?: string;
}

interface DataSubject {
  customer: string;
  alsoKnownAs: string[];
}

export interface OperationFilter {
  state?: OperationState | undefined;
  agentId?: string | undefined;
  connectionId?: string | undefined;
  tool?: string | undefined;
  /** ISO 8601, inclusive. */
  from?: string | undefined;
  /** At least so much, in major units of `currency`. */
  least?: string | undefined;
  currency?: string | undefined;
  /** Part of what it says, or an id. */
  q?: string | undefined;
}

export interface ReportQuery {
  connectionId: string;
  /** Days where the account is; `to` exclusive. */
  from?: string;
  to?: string;
  format?: 'csv';
  table?: string;
}

/** Where a report is had, below `/api`. */
export function reportPath(name: ReportName, query: ReportQuery): string {
  return `/reports/${name}${queryString({ ...query })}`;
}

/** What was done: operations, reports, mail, the record, and the data of customers. */
export const recordCalls = {
  operations: (query: OperationFilter & { cursor?: string | null }, signal?: AbortSignal) =>
    get<Page<Operation>>(`/operations${queryString({ ...query, limit: 50 })}`, signal),
  operation: (id: string, signal?: AbortSignal) => get<Operation>(`/operations/${id}`, signal),
  undo: (id: string) => post<Started & { threadId: string }>(`/operations/${id}/undo`),
  checkOperation: (id: string) => post<Operation>(`/operations/${id}/check`),
  audit: (query: AuditFilter & { cursor?: string | null }, signal?: AbortSignal) =>
    get<Page<AuditEntry>>(`/audit${queryString({ ...query, limit: 50 })}`, signal),
  verifyAudit: () => get<Verification>('/audit/verification'),
  auditExportUrl: (filter: AuditFilter, format: 'csv' | 'jsonl') =>
    `/api/audit/export${queryString({ ...filter, format })}`,
  auditOf: (subject: string, signal?: AbortSignal) =>
    get<Page<AuditEntry>>(`/audit${queryString({ subject, limit: 100 })}`, signal),
  exportCustomer: (subject: DataSubject) => post<unknown>('/privacy/exports', subject),
  eraseCustomer: (erasure: DataSubject & { connectionId: string; inStripe: boolean }) =>
    post<Erasure>('/privacy/erasures', erasure),
  erasures: (signal?: AbortSignal) => get<Page<Erasure>>('/privacy/erasures', signal),
  retention: (signal?: AbortSignal) => get<RetentionState>('/privacy/retention', signal),
  previewRetention: (days: RetentionDays) => post<{ due: RetentionDue }>('/privacy/retention/preview', days),
  setRetention: (days: RetentionDays) => put<{ days: RetentionDays }>('/privacy/retention', days),
  processingRecordUrl: '/api/privacy/processing-record',
  halts: (signal?: AbortSignal) => get<Page<Halt>>('/halts', signal),
  halt: (halt: { scope: Halt['scope']; subject: string; reason: string }) => post<Halt>('/halts', halt),
  lift: ({ scope, subject }: Pick<Halt, 'scope' | 'subject'>) =>
    remove(`/halts${queryString({ scope, subject })}`),
  report: (name: ReportName, query: ReportQuery, signal?: AbortSignal) =>
    get<Report>(reportPath(name, query), signal),
  consents: (
    query: { standing: ConsentStanding | undefined; address: string | undefined; cursor: string | null },
    signal?: AbortSignal,
  ) => get<Page<Consent>>(`/consents${queryString(query)}`, signal),
  recordConsent: (word: Pick<Consent, 'connectionId' | 'address' | 'given' | 'how'>) =>
    put<Consent>('/consents', word),
  mails: (query: { to?: string | undefined; cursor?: string | null }, signal?: AbortSignal) =>
    get<Page<Mail>>(`/outbox${queryString({ ...query, limit: 50 })}`, signal),
  mail: (id: string, signal?: AbortSignal) => get<Mail>(`/outbox/${id}`, signal),
  resendMail: (id: string) => post<Mail>(`/outbox/${id}/resend`),
};
