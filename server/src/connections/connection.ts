import type Stripe from 'stripe';
import type { Account, Mode } from '../tools/account.ts';
import type { CallContext, Json, OutsideVerdict, Tool } from '../tools/tool.ts';
import type { CredentialField } from './credential-fields.ts';
import type { CustomerLookup } from './customers.ts';
import type { GuardedAgents } from './guarded-fetch.ts';
import type { JournalSource } from './journal-source.ts';
import type { Pace } from './pace.ts';

/** What a person enters to connect, by field name. Parsed by the type; never logged, never returned. */
export type Credentials = Readonly<Record<string, string>>;

/** One row of what a key may do, set against what Purser's tools use. */
export interface PermissionRow {
  /** Machine name: `customer`, `plan`, `charge`. */
  readonly resource: string;
  /** As the far side's own page for keys calls it: `Customers`. */
  readonly label: string;
  /** `none`: not part of the recommended set; a tool or two more work when it is granted. */
  readonly needed: 'none' | 'read' | 'write';
  readonly granted: 'none' | 'read' | 'write' | 'unknown';
  /** False only when something needed is known to be missing. */
  readonly ok: boolean;
}

/** What is kept of a key in the clear: enough to recognise it, nothing to use it. */
export interface KeyInfo {
  readonly last4: string;
  /** First 16 hex digits of its SHA-256. */
  readonly fingerprint: string;
  readonly kind: 'secret' | 'restricted';
}

/** What a check found: whose account, which mode, what the key may do. */
export interface CheckedConnection {
  readonly mode: Mode;
  readonly account: Account;
  /** IANA name; `UTC` where the key may not read it. */
  readonly timeZone: string;
  readonly permissions: PermissionRow[];
  readonly key: KeyInfo;
  /** Plain sentences about a key that works but should be another one. */
  readonly warnings: string[];
  /** What the far side offers, kept until it is checked again: tools are built from it. No secret. */
  readonly discovered?: Json;
  /** To be kept in place of what was entered: it changed while it was checked. */
  readonly credentials?: Credentials;
  /** For what works beside an account: the family its tools belong to, where that is not the type. */
  readonly toolsAs?: string;
}

/** Where and with what a connection is reached. `baseUrl` null: the far side's own address. */
export interface ConnectionTarget {
  readonly credentials: Credentials;
  readonly baseUrl: string | null;
  /**
   * Sends requests only where settings may point: never into a private network, whatever a name resolves to at that
   * moment. Absent: nothing but the far side's own address is reached.
   */
  readonly fetch?: typeof fetch;
  /**
   * For credentials that change by themselves, as refresh tokens do: hands over what is kept now, to one at a time
   * whatever the number of instances, and keeps what is answered before it is used; null: nothing is to change.
   * @returns what is kept then. Absent: nothing is kept yet
   */
  readonly renew?: (change: (kept: Credentials) => Promise<Credentials | null>) => Promise<Credentials>;
  /** The same for clients that make their requests by themselves. */
  readonly agents?: GuardedAgents;
}

/** The connection's own endpoint for events, where the workspace has a public address. */
export interface OwnWebhook {
  readonly url: string;
  /** Whether the secret of the endpoint at that address is kept here. */
  knowsSecret(): Promise<boolean>;
  /** Keeps an endpoint; its secret, when it was told just now, sealed. */
  keep(endpoint: WebhookEndpoint): Promise<void>;
}

/** What tools are built for: one account, in one mode, with a clock. */
export interface ToolTarget extends ConnectionTarget {
  readonly account: Account;
  readonly mode: Mode;
  readonly now: () => Date;
  /** What its last check found on offer. */
  readonly discovered?: Json;
  /** When the key was entered. */
  readonly keyAddedAt?: Date;
  /** Absent: nobody outside can reach this workspace. */
  readonly ownWebhook?: OwnWebhook;
  /** Journals that were exported, for books to take in. */
  readonly journal?: JournalSource;
  /** Where Stripe's documentation is searched, for tests; absent: at Stripe. */
  readonly documentationUrl?: string;
  /** How to wait, for tests; absent: as everybody does. */
  readonly pause?: (ms: number, signal?: AbortSignal) => Promise<void>;
  /** Room under the far side's rate limits; absent: as fast as can be. */
  readonly pace?: Pace;
}

/** Runs work with the official SDK. */
export interface Reader {
  /** @throws ToolError, explained */
  read<T>(work: (api: Stripe) => Promise<T>, context?: CallContext): Promise<T>;
}

/** Something that happened at the far side. */
export interface ReceivedEvent {
  readonly id: string;
  /** `invoice.payment_failed` */
  readonly type: string;
  readonly created: Date;
  readonly livemode: boolean;
  /** The connected account it happened in; null: the connection's own. */
  readonly account: string | null;
  readonly objectId: string | null;
  /** The whole event as it was sent. */
  readonly data: Json;
}

/** Where the far side sends its events. */
export interface WebhookEndpoint {
  readonly endpointId: string;
  readonly url: string;
  readonly events: readonly string[];
  readonly status: 'enabled' | 'disabled';
  /** Told only when it was made just now. */
  readonly secret: string | null;
}

/** How the far side tells what happens. */
export interface EventSource {
  /** @throws ConnectionProblem for what the far side did not sign */
  verify(raw: string, signature: string | undefined, secrets: readonly string[]): ReceivedEvent;
  /** @throws ToolError, explained; ConnectionProblem */
  ensureEndpoint(
    target: ToolTarget,
    wanted: { url: string; events: readonly string[]; knowsSecret: boolean },
  ): Promise<WebhookEndpoint>;
  /** What a model is told of an event. */
  view(event: Json): { [key: string]: Json };
  /** Newest first. @throws ToolError, explained */
  since(target: ToolTarget, moment: Date): Promise<readonly ReceivedEvent[]>;
}

export const announcementTypes = [
  'approval.requested',
  'approval.decided',
  'run.completed',
  'run.failed',
  'alert.raised',
] as const;
export type AnnouncementType = (typeof announcementTypes)[number];

/** Something that happened in Purser, to be told outside. */
export interface Announcement {
  /** The same however often it is tried. */
  readonly id: string;
  readonly type: AnnouncementType;
  readonly at: Date;
  readonly data: { readonly [key: string]: Json };
}

/** How a connection is told what happens in Purser. */
export interface AnnouncementSender {
  wants(target: ConnectionTarget): readonly AnnouncementType[];
  /**
   * @param earlier what sending the request of an approval left, for its decision
   * @returns what is kept of it. @throws ToolError, OutcomeUnknown: it is tried again
   */
  send(target: ToolTarget, announcement: Announcement, earlier: Json | null): Promise<Json>;
}

/** What a person did at the far side about an approval, as the far side signed it. */
export interface OutsideAnswer {
  readonly approvalId: string;
  /** Of what they were shown. */
  readonly digest: string;
  readonly approve: boolean;
  /** Who they are there: their address as the far side knows it; null: nobody Purser could know. */
  readonly email: string | null;
  /** Tells them alone, where they pressed. */
  tell(text: string): Promise<void>;
}

/** A kind of work: which tools an agent carries for it, and what it may do. */
export interface Preset {
  /** `owner`, `support`, … */
  readonly name: string;
  readonly label: string;
  readonly description: string;
  /** Names of the tools whose descriptions every prompt holds; the others are found by a search. */
  readonly carries: readonly string[];
  /** What attaching with this preset sets, in the words of an agent's policy; limits are for the owner to change. */
  readonly policy: { readonly [key: string]: Json };
}

/** A right at the far side that a key needs, and for what. */
export interface Scope {
  /** As the far side writes it: `chat:write`. */
  readonly name: string;
  readonly why: string;
  /** Something works without it. */
  readonly optional?: true;
}

/** Something that can be connected. Its front door: nothing else of its folder is used by others. */
export interface ConnectionType {
  readonly type: string;
  readonly name: string;
  readonly description: string;
  /** What it is found under where there are many. */
  readonly category: 'payments' | 'chat' | 'code' | 'customers' | 'accounting' | 'anything';
  /** What it is good for, a short sentence each. */
  readonly does: readonly string[];
  /** The least a key must be allowed. Empty where the permission matrix says it. */
  readonly scopes: readonly Scope[];
  /** How to get the credentials, step by step. */
  readonly setup: readonly string[];
  readonly credentials: readonly CredentialField[];
  readonly acceptsBaseUrl: boolean;
  /**
   * An agent has its tools in every thread, whatever account that is about. Absent: an account that threads are pinned
   * to.
   */
  readonly beside?: true;
  /** Checks the form of what was entered, without the network. @throws ConnectionProblem that says what is wrong. */
  parseCredentials(entered: unknown): Credentials;
  /** Asks the far side whether the credentials work. Writes nothing. @throws ConnectionProblem. */
  check(target: ConnectionTarget): Promise<CheckedConnection>;
  /** Every tool of this connection; building them makes no request. */
  tools(target: ToolTarget): Tool[];
  /** The account itself, for what is no tool: the ledger and its reports. Only where there is a Stripe account. */
  reader?(target: ToolTarget): Reader;
  /** Absent: it has no customers that people look up. */
  readonly customers?: CustomerLookup;
  /** Absent: the far side asks for no approvals of its own. @throws ToolError, explained */
  askApproval?(target: ToolTarget, id: string): Promise<OutsideVerdict>;
  /** Absent: it tells nothing by itself. */
  readonly events?: EventSource;
  /** Absent: it is told nothing. */
  readonly announcements?: AnnouncementSender;
  /**
   * Reads what a person answered there; null for what is no answer.
   * @throws ConnectionProblem for what the far side did not sign, ToolError
   */
  answer?(
    target: ToolTarget,
    sent: { readonly raw: string; readonly header: (name: string) => string | undefined },
  ): Promise<OutsideAnswer | null>;
  /** Kinds of work an agent may be meant for. The first is the default. */
  readonly presets: readonly Preset[];
  /**
   * At most four requests that make sense for the account as it is now. Reads only; what cannot be read is left
   * out, so that an empty list and never an error comes back. Absent: it has none to offer.
   */
  suggestions?(target: ToolTarget): Promise<{ text: string }[]>;
}

/** Credentials or an address that cannot be used, said so that a person knows what to do. Never holds the key. */
export class ConnectionProblem extends Error {
  /** Stable, snake_case: `key_wrong`, `key_expired`, `key_publishable`, `unreachable`, `mode_mismatch`, … */
  readonly code: string;
  /** What to do next, in one sentence. */
  readonly next: string;

  constructor(code: string, message: string, next: string, cause?: unknown) {
    super(message, { cause });
    this.name = 'ConnectionProblem';
    this.code = code;
    this.next = next;
  }
}
