/** GitHub by its official client, at github.com or at an Enterprise Server. */
import { Octokit } from '@octokit/rest';

import type { ConnectionTarget } from '../connection.ts';
import { credentialForm } from '../credential-fields.ts';
import { explaining, type FarSideFailure } from '../far-side.ts';

export const keyPage = 'https://github.com/settings/personal-access-tokens';
const timeoutMs = 20_000;
const mostRepositories = 20;

export const githubForm = credentialForm('GitHub', [
  {
    name: 'token',
    label: 'Access token',
    secret: true,
    placeholder: 'github_pat_…',
    help: `A fine-grained token from ${keyPage}, for the repositories below only.`,
    pattern: {
      source: '(?:github_pat_|gh[pousr]_)[A-Za-z0-9_]{16,255}',
      message: 'A GitHub token begins with github_pat_, ghp_, gho_ or ghs_.',
    },
  },
  {
    name: 'repositories',
    label: 'Repositories',
    secret: false,
    placeholder: 'acme/billing',
    help: 'One a line, as owner/name. Agents reach no others, whatever the token may.',
    kind: 'lines',
    pattern: {
      source: `\\s*[A-Za-z0-9-]{1,39}/[A-Za-z0-9._-]{1,100}(?:[\\s,]+[A-Za-z0-9-]{1,39}/[A-Za-z0-9._-]{1,100}){0,${mostRepositories - 1}}\\s*`,
      message: `Repositories are written as owner/name, one a line, at most ${mostRepositories}.`,
    },
  },
]);

/** A repository that agents may reach: `acme/billing`. */
export interface Repository {
  readonly owner: string;
  readonly repo: string;
  readonly fullName: string;
}

export function repositoriesOf({ credentials }: ConnectionTarget): Repository[] {
  const names = new Set(
    githubForm
      .parse(credentials)
      .repositories.split(/[\s,]+/)
      .filter((name) => name !== ''),
  );
  return [...names].map((fullName) => {
    const [owner = '', repo = ''] = fullName.split('/');
    return { owner, repo, fullName };
  });
}

const quiet = { debug() {}, info() {}, warn() {}, error() {} };

export function githubClient({ credentials, baseUrl, fetch }: ConnectionTarget): Octokit {
  const { token } = githubForm.parse(credentials);
  return new Octokit({
    ...{ auth: token, userAgent: 'purser', log: quiet },
    baseUrl: baseUrl === null ? 'https://api.github.com' : `${baseUrl}/api/v3`,
    request: { fetch },
  });
}

/** Broken off after a while, and when the turn is. */
export const within = (signal?: AbortSignal) => ({
  request: {
    signal: signal
      ? AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)])
      : AbortSignal.timeout(timeoutMs),
  },
});

export function failureOf(cause: unknown): FarSideFailure {
  const error = cause instanceof Error ? cause : new Error(String(cause));
  const { status, response } = error as Error & {
    status?: number;
    response?: { headers: Record<string, string | undefined>; data?: unknown };
  };
  const base = { service: 'GitHub', keyPage, cause, message: error.message };
  // The client calls what got no answer a 500 without a response.
  if (!response || status === undefined) return base;
  const after = Number(response.headers['retry-after'] ?? Number.NaN);
  // GitHub tells that its limits are reached by a 403 as well.
  const isLimited =
    status === 403 && (Number.isFinite(after) || response.headers['x-ratelimit-remaining'] === '0');
  return {
    ...base,
    status: isLimited ? 429 : status,
    requestId: response.headers['x-github-request-id'],
    retryAfter: Number.isFinite(after) ? after : undefined,
  };
}

export const { reading, writing } = explaining(failureOf);
