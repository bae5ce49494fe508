import type { Clock } from './clock.ts';

/** What the demo account starts with: nothing, or a year of business. */
export type SeedName = 'demo' | 'empty';

/** Where the sandbox says what went wrong inside it. */
export type Log = (message: string, cause?: unknown) => void;

/** How much an account may ask at once; null: as much as it likes. */
export interface Limits {
  readonly requestsPerSecond: number | null;
  /** For each operation: `GET /v1/customers/:id` is one, whichever customer. */
  readonly endpointRequestsPerSecond: number | null;
  readonly concurrentRequests: number | null;
  readonly endpointConcurrentRequests: number | null;
  /** Whether searches, files and the updates of one payment intent have Stripe's limits of their own. */
  readonly resources: boolean;
}

export interface SandboxOptions {
  /** Where state is kept; null or absent keeps it in memory only. */
  readonly dataDir?: string | null;
  /** Whether the demo account starts with a year of business. Default `empty`. */
  readonly seed?: SeedName;
  readonly clock?: Clock;
  /** For each account; `stripe` for those Stripe documents. Absent: none. `POST /_sandbox/limits` sets them for one. */
  readonly limits?: Partial<Limits> | 'stripe';
  /** Answers webhooks in this process; absent, they are posted to the address each endpoint names. */
  readonly receiveWebhook?: (request: Request) => Response | Promise<Response>;
  readonly log?: Log;
}

export interface Sandbox {
  /** Answers one request in process; also what `Stripe.createFetchHttpClient` takes. */
  fetch(input: Request | string | URL, init?: RequestInit): Promise<Response>;
  /** Listens on a port (0 for a free one). Default host 127.0.0.1. */
  listen(options: { port: number; host?: string }): Promise<{ url: string; port: number }>;
  /** Resolves when no webhook is under way and none is due, in any account that was used. */
  delivered(): Promise<void>;
  /** Stops listening and makes everything durable. */
  close(): Promise<void>;
}
