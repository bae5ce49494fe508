import createClient, { type Client } from 'openapi-fetch';
import type { paths } from './schema.ts';

export type { components, paths } from './schema.ts';

/** A Purser's HTTP API, every path, input and answer typed. Calls never throw for a refusal: look at `error`. */
export type Purser = Client<paths>;

/** @param token from `npx purser token create`, or the settings */
export function connectPurser({ url, token }: { url: string; token: string }): Purser {
  return createClient<paths>({ baseUrl: url, headers: { Authorization: `Bearer ${token}` } });
}
