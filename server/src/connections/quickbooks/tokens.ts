/**
 * OAuth 2 of Intuit. An access token lasts an hour; a refresh token is replaced by another from time to time, and the one
 * before it then opens nothing. So what is kept is renewed by one at a time, whatever the number of instances, and kept
 * before it is used.
 */
import { z } from 'zod';
import type { ConnectionTarget, Credentials } from '../connection.ts';
import { QuickbooksError, timeoutMs } from './errors.ts';

const tokenUrl = 'https://oauth.platform.intuit.com';
/** A token that ends within this is taken for ended. */
const marginMs = 60_000;

/** What is sealed: what was entered, and what became of it. */
const keptSchema = z.object({
  clientId: z.string(),
  clientSecret: z.string(),
  refreshToken: z.string(),
  accessToken: z.string().optional(),
  /** ISO 8601. */
  accessTokenEnds: z.iso.datetime().optional(),
});
const answerSchema = z.object({
  access_token: z.string(),
  refresh_token: z.string(),
  expires_in: z.number().positive(),
});
const refusalSchema = z.object({ error: z.string(), error_description: z.string().optional() });

const isFresh = ({ accessToken, accessTokenEnds }: z.infer<typeof keptSchema>, now: Date): boolean =>
  accessToken !== undefined &&
  accessTokenEnds !== undefined &&
  new Date(accessTokenEnds).getTime() - marginMs > now.getTime();

/** Asks for new tokens. @throws QuickbooksError */
async function renewed(target: ConnectionTarget, kept: Credentials, now: Date): Promise<Credentials> {
  const { clientId, clientSecret, refreshToken } = keptSchema.parse(kept);
  const answer = await (target.fetch ?? fetch)(`${target.baseUrl ?? tokenUrl}/oauth2/v1/tokens/bearer`, {
    method: 'POST',
    signal: AbortSignal.timeout(timeoutMs),
    headers: {
      accept: 'application/json',
      authorization: `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString('base64')}`,
      'content-type': 'application/x-www-form-urlencoded',
    },
    body: new URLSearchParams({ grant_type: 'refresh_token', refresh_token: refreshToken }).toString(),
  });
  const said: unknown = await answer.json().catch(() => null);
  if (!answer.ok) {
    const { error = `it answered ${answer.status}`, error_description } =
      refusalSchema.safeParse(said).data ?? {};
    const isOver = error === 'invalid_grant' || error === 'invalid_client';
    throw new QuickbooksError(isOver ? 401 : answer.status, error_description ?? error);
  }
  const { access_token, refresh_token, expires_in } = answerSchema.parse(said);
  return {
    ...kept,
    refreshToken: refresh_token,
    accessToken: access_token,
    accessTokenEnds: new Date(now.getTime() + expires_in * 1_000).toISOString(),
  };
}

export interface Tokens {
  /** One that is good. `refused`: it was just not taken, whatever its time says. @throws QuickbooksError */
  access(refused?: string): Promise<string>;
  /** As they are to be kept now. */
  credentials(): Credentials;
}

export function createTokens(target: ConnectionTarget, now: () => Date): Tokens {
  let current = target.credentials;
  return {
    credentials: () => current,
    async access(refused) {
      const isGood = (kept: Credentials) => {
        const read = keptSchema.parse(kept);
        return read.accessToken !== refused && isFresh(read, now());
      };
      if (!isGood(current)) {
        const change = async (kept: Credentials) => (isGood(kept) ? null : renewed(target, kept, now()));
        current = target.renew ? await target.renew(change) : ((await change(current)) ?? current);
      }
      return keptSchema.parse(current).accessToken ?? '';
    },
  };
}
