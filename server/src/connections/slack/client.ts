/** Slack by its official client, without its own retries: whether a message is sent again is for the guard to say. */
import { LogLevel, WebClient } from '@slack/web-api';

import type { ConnectionTarget } from '../connection.ts';
import { credentialForm } from '../credential-fields.ts';
import { explaining, type FarSideFailure } from '../far-side.ts';

export const keyPage = 'https://api.slack.com/apps';
const timeoutMs = 20_000;

export const slackForm = credentialForm('Slack', [
  {
    name: 'token',
    label: 'Bot token',
    secret: true,
    placeholder: 'xoxb-…',
    help: `The Bot User OAuth Token from ${keyPage}, your app, OAuth & Permissions.`,
    pattern: { source: 'xoxb-[A-Za-z0-9-]{10,300}', message: 'A bot token begins with xoxb-.' },
  },
  {
    name: 'channel',
    label: 'Channel for approvals and alerts',
    secret: false,
    placeholder: '#billing-approvals',
    help: 'Whoever is in it sees what waits for an approval. Leave it empty to be told nothing.',
    optional: true,
    pattern: { source: '#?[^\\s#@<>]{1,80}', message: 'A channel is written as #name.' },
  },
  {
    name: 'signingSecret',
    label: 'Signing secret',
    secret: true,
    placeholder: '32 letters and digits',
    help: `From ${keyPage}, your app, Basic Information. Only with it are the buttons under an approval answered.`,
    optional: true,
    pattern: { source: '[0-9a-f]{32,64}', message: 'A signing secret is 32 hexadecimal digits.' },
  },
]);

export function slackClient({ credentials, baseUrl, fetch }: ConnectionTarget): WebClient {
  return new WebClient(slackForm.parse(credentials).token, {
    ...(baseUrl !== null && { slackApiUrl: `${baseUrl}/api/` }),
    ...(fetch && { fetch }),
    ...{ retryConfig: { retries: 0 }, rejectRateLimitedCalls: true, timeout: timeoutMs },
    ...{ logLevel: LogLevel.ERROR, allowAbsoluteUrls: false },
  });
}

/** Slack answers with 200 and a word: what that word would be in HTTP's terms. */
const statusOfWord: Record<string, number> = {
  ...{ invalid_auth: 401, not_authed: 401, account_inactive: 401, token_revoked: 401, token_expired: 401 },
  ...{
    missing_scope: 403,
    not_in_channel: 403,
    restricted_action: 403,
    ekm_access_denied: 403,
    cant_delete_message: 403,
  },
  ...{
    channel_not_found: 404,
    message_not_found: 404,
    thread_not_found: 404,
    user_not_found: 404,
    users_not_found: 404,
  },
  ...{
    ratelimited: 429,
    internal_error: 500,
    fatal_error: 500,
    service_unavailable: 503,
    request_timeout: 503,
  },
};

export function failureOf(cause: unknown): FarSideFailure {
  const error = (cause instanceof Error ? cause : new Error(String(cause))) as Error & {
    data?: { error?: string; needed?: string };
    statusCode?: number;
    retryAfter?: number;
  };
  const base = { service: 'Slack', keyPage, cause, message: error.message };
  if (error.retryAfter !== undefined) return { ...base, status: 429, retryAfter: error.retryAfter };
  if (error.statusCode !== undefined) return { ...base, status: error.statusCode };
  const word = error.data?.error;
  if (word === undefined) return base;
  const needed = error.data?.needed;
  const message = needed ? `the app lacks the scope ${needed}` : word.replaceAll('_', ' ');
  return { ...base, message, status: statusOfWord[word] ?? 400 };
}

export const { reading, writing } = explaining(failureOf);
