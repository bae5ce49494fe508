import { AsyncLocalStorage } from 'node:async_hooks';

/** Where a request came from, as far as the record wants to know. */
export interface Origin {
  /** Of the client. */
  readonly address: string;
  /** `req_…`, as in the log and the answer's header. */
  readonly request: string;
}

const origins = new AsyncLocalStorage<Origin>();

/** Whatever is recorded within `work` came from there. */
export function withOrigin<T>(origin: Origin, work: () => T): T {
  return origins.run(origin, work);
}

/** Undefined for what Purser does by itself. */
export function currentOrigin(): Origin | undefined {
  return origins.getStore();
}
