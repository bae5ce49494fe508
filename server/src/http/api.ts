/**
 * The shapes the HTTP API speaks, as clients see them. The console imports only this. Times are ISO 8601 in UTC;
 * money inside views is `"29.99 USD"`.
 */

import type { Role } from '../access/roles.ts';

import type { Proof } from '../access/sessions.ts';
import type { KnowledgeDocument } from '../agents/knowledge/documents.ts';
import type { RunError } from '../agents/models/types.ts';
import type { Proposal } from '../agents/propose.ts';
import type { ToolCall } from '../agents/transcript.ts';
import type { Preset, Scope } from '../connections/connection.ts';
import type { CredentialField } from '../connections/credential-fields.ts';
import type { Approval } from '../guard/operation.ts';
import type { Decision } from '../guard/policy.ts';
import type { RetentionDays, Kind as RetentionKind } from '../privacy/retention.ts';
import type { Effect, Json } from '../tools/tool.ts';

export type { AppInfo, ConnectedApp as ConnectedProgram } from '../access/apps.ts';
export type { Role } from '../access/roles.ts';
export type { Security } from '../access/security.ts';
export type { Proof } from '../access/sessions.ts';
export type { Agent, AgentConnection } from '../agents/agents.ts';
export type { KnowledgeDocument, Passage } from '../agents/knowledge/documents.ts';
export type { Found as FoundPassage } from '../agents/knowledge/search.ts';
export type { AgentLimits, DayOfUse, ModelPrices } from '../agents/limits.ts';
export type { ModelInfo, RunError } from '../agents/models/types.ts';
export type { AgentFile } from '../agents/portable.ts';
export type { AgentTemplate } from '../agents/templates.ts';
export type { Thread, ThreadStatus, ThreadSummary } from '../agents/threads.ts';
export type { Message, MessagePart, RunStatus, ToolCall } from '../agents/transcript.ts';
export type { AgentVersion, VersionDiff } from '../agents/versions.ts';
export type { LiveEvent } from '../agents/watch.ts';
export type { SentAnnouncement } from '../automations/announcements.ts';
export type { EventEntry } from '../automations/event-list.ts';
export type { Task, TaskRun } from '../automations/task-rows.ts';
export type { Trigger } from '../automations/trigger.ts';
export type { Webhook } from '../automations/webhooks.ts';
export type { PermissionRow, Preset } from '../connections/connection.ts';
export type { Connection } from '../connections/connection-rows.ts';
export type { ConnectionCheck } from '../connections/connections.ts';
export type { CredentialField } from '../connections/credential-fields.ts';
export type { CustomerStory } from '../connections/customers.ts';
export type { Consent, Standing as ConsentStanding } from '../connections/mail/consents.ts';
export type { Mail, MailState } from '../connections/mail/outbox.ts';
export type { Budget } from '../guard/budget.ts';
export type { Halt } from '../guard/halts.ts';
export type { Approval, Operation, OperationState } from '../guard/operation.ts';
export type { Decision, Policy } from '../guard/policy.ts';
export type { AccountRole, Chart } from '../ledger/journal/chart.ts';
export type { Column, Report, Table, TieOut } from '../ledger/report.ts';
export type { ReportName } from '../ledger/reports.ts';
export type { DryRun, DryStep } from '../playbooks/dry-run.ts';
export type { PlaybookStep } from '../playbooks/history.ts';
export type { PlaybookInfo } from '../playbooks/info.ts';
export type { Delivery } from '../playbooks/orders/deliveries.ts';
export type { Order } from '../playbooks/orders/order.ts';
export type { OutcomeSum, PlaybookRun, PlaybookSetup } from '../playbooks/rows.ts';
export type { Account, Mode } from '../tools/account.ts';
export type { Effect, Json, ObjectRef, Preview, Undo } from '../tools/tool.ts';

/** A list's page; `next_cursor` goes back as `?cursor=`, null at the end. */
export interface Page<T> {
  data: T[];
  next_cursor: string | null;
}

/** RFC 9457, with `errors` for bad input. */
export interface Problem {
  type: string;
  title: string;
  status: number;
  detail: string;
  /** Stable, snake_case. */
  code?: string;
  errors?: { path: string; message: string }[];
}

/** GET /api/session */
export interface Session {
  user: { id: string; name: string; email: string };
  role: Role;
  /** Nothing else works before there is one. */
  owesSecondFactor: boolean;
  /** How this person can prove again who they are. */
  proofs: Proof[];
}

/** GET /api/sign-in */
export interface SignInOffer {
  /** The host name passkeys are bound to. */
  passkeys: { rpId: string };
  provider: { name: string } | null;
}

/** GET /api/account */
export interface OwnAccount {
  name: string;
  email: string;
  role: Role;
  hasPassword: boolean;
  hasCodes: boolean;
  recoveryCodesLeft: number | null;
  passkeys: { id: string; name: string; createdAt: string }[];
  hasProvider: boolean;
}

/** GET /api/sessions */
export interface SignedInBrowser {
  id: string;
  personId: string;
  personName: string;
  method: 'link' | 'password' | 'code' | 'passkey' | 'provider';
  address: string | null;
  userAgent: string | null;
  createdAt: string;
  seenAt: string;
  expiresAt: string;
  current: boolean;
}

/** GET /api/people */
export interface Person {
  id: string;
  name: string;
  email: string;
  role: Role;
  hasSecondFactor: boolean;
  seenAt: string | null;
  createdAt: string;
}

/** GET /api/invitations; POST answers this with `sent` and, where no mail went, `link`. */
export interface Invitation {
  id: string;
  email: string;
  role: Role;
  invitedBy: string;
  createdAt: string;
  expiresAt: string;
}

/** GET and PUT /api/account/notices: what a person is written to about. */
export interface Notices {
  approvals: boolean;
}

/** GET /api/about */
export interface About {
  version: string;
  database: 'embedded' | 'external';
  /** Where the embedded Stripe sandbox listens, null when it is turned off. */
  sandbox: { url: string; demoKey: string } | null;
  defaultModel: string;
  publicUrl: string | null;
}

/** GET /api/agents/{id}/connections/{connectionId}/tools → { data: AgentTool[] } */
export interface AgentTool {
  name: string;
  title: string;
  /** Written for models. */
  description: string;
  effect: Effect;
  /** Rows of a restricted key that it needs. */
  permissions: { resource: string; access: 'read' | 'write' }[];
  /** Whether every prompt holds its description; the others are found by a search. */
  carried: boolean;
}

/** POST /api/agents/{id}/connections/{connectionId}/try */
export interface TriedPolicy {
  decision: Decision;
  reason: string;
  /** The rule that decided, counted from 0. */
  rule: number | null;
  /** How many people would have to approve. */
  people: number;
}

/** GET /api/connections/types → { data: ConnectionType[] } */
export interface ConnectionType {
  type: string;
  name: string;
  description: string;
  category: 'payments' | 'chat' | 'code' | 'customers' | 'accounting' | 'anything';
  /** What it is good for, a short sentence each. */
  does: string[];
  /** The least its key must be allowed, and why. */
  scopes: Scope[];
  /** How to get the credentials, step by step. */
  setup: string[];
  credentials: CredentialField[];
  acceptsBaseUrl: boolean;
  /** An agent has its tools in every thread, whatever account that is about. */
  beside: boolean;
  /** It is told what happens here, and lists it. */
  told: boolean;
  /** People answer approvals there. */
  answers: boolean;
  /** Kinds of work an agent may be meant for; the first is the default. */
  presets: Preset[];
}

/** POST /api/agents/proposals */
export interface AgentProposal extends Proposal {
  /** The account whose tools were looked through; null where none was named and there is not exactly one. */
  connectionId: string | null;
}

/** POST /api/agents/{id}/knowledge: one of these for pasted text, a page of them for files. */
export interface UploadedDocument extends KnowledgeDocument {
  outcome: 'added' | 'replaced' | 'unchanged';
}

/** GET /api/threads/{id}/tool-calls/{toolCallId}: the call with the whole objects it returned. */
export interface ToolCallRecord extends ToolCall {
  record: Json;
}

/** POST /api/threads/{id}/messages?wait=true, POST /api/approvals/{id}?wait=true */
export interface TurnResult {
  runId: string;
  status: 'completed' | 'awaiting_approval' | 'failed' | 'cancelled';
  text: string;
  toolCalls: ToolCall[];
  approvals: Approval[];
  error?: RunError;
}

/** GET /api/tokens; POST /api/tokens answers this with `token`, once. */
export interface ApiToken {
  id: string;
  name: string;
  role: Role;
  start: string;
  createdAt: string;
  lastUsedAt: string | null;
  /** null: until it is revoked. */
  expiresAt: string | null;
}

/** GET /api/audit */
export interface AuditEntry {
  seq: number;
  at: string;
  actor: { type: 'person' | 'agent' | 'token' | 'system'; id: string; name: string };
  action: string;
  subject: string | null;
  details: Json;
  hash: string;
}

/** POST /api/tasks/preview */
export interface TriggerPreview {
  /** `At 09:00, only on Monday (Europe/Berlin)`. */
  when: string;
  /** The next times a schedule is due; empty for what is no schedule. */
  next: string[];
}

/** GET /api/agents/{id}/suggestions → { data: Suggestion[] }: drawn from the state of the account. */
export interface Suggestion {
  text: string;
}

/** GET /api/audit/verification */
export type { Verification } from '../audit/chain.ts';
/** GET /api/privacy/erasures → { data: Erasure[] } */
export type { Erasure } from '../privacy/erasures.ts';
export type { RetentionDays, RetentionKind };

/** GET /api/privacy/retention */
export interface RetentionState {
  days: RetentionDays;
  due: RetentionDue;
}
/** How much is older than is to be kept. */
export type RetentionDue = Record<RetentionKind, number>;
export type { MuteSpan } from '../playbooks/alerts/mute.ts';
export type { ListedAlert as Alert } from './alerts.ts';
