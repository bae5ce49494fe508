import { z } from 'zod';
import { besideAccount, keyInfo } from '../beside.ts';
import {
  type CheckedConnection,
  ConnectionProblem,
  type ConnectionTarget,
  type PermissionRow,
} from '../connection.ts';
import { checkFailure } from '../far-side.ts';
import { failureOf, githubClient, githubForm, repositoriesOf, within } from './client.ts';

/** What of a check is kept: whether what is written there can be read by anybody. */
export const discoveredSchema = z.object({
  login: z.string(),
  repositories: z.array(z.object({ fullName: z.string(), isPublic: z.boolean() })),
});

/** Rights a classic token has over everything: far more than agents need. */
const broad = ['repo', 'admin:org', 'delete_repo', 'workflow', 'admin:repo_hook'];

/** Asks who the token is and whether each repository's issues can be read. @throws ConnectionProblem */
export async function checkGithub(target: ConnectionTarget): Promise<CheckedConnection> {
  const api = githubClient(target);
  try {
    const me = await api.rest.users.getAuthenticated(within());
    const scopes = (me.headers['x-oauth-scopes'] ?? '').split(/,\s*/).filter((scope) => scope !== '');
    const repositories: { fullName: string; isPublic: boolean }[] = [];
    const permissions: PermissionRow[] = [];
    for (const { owner, repo, fullName } of repositoriesOf(target)) {
      const found = await api.rest.repos.get({ owner, repo, ...within() }).catch((error: unknown) => {
        if (failureOf(error).status !== 404) throw error;
        throw new ConnectionProblem(
          'repository_not_found',
          `This token sees no repository ${fullName}.`,
          'Check its spelling, and that the token was made for it.',
          error,
        );
      });
      await api.rest.issues.listForRepo({ owner, repo, per_page: 1, ...within() });
      repositories.push({ fullName, isPublic: !found.data.private });
      permissions.push(issuesOf(fullName, scopes, found.data.permissions));
    }
    const discovered = discoveredSchema.parse({ login: me.data.login, repositories });
    const { token } = githubForm.parse(target.credentials);
    const excess = scopes.filter((scope) => broad.includes(scope));
    return {
      ...{ mode: 'live', timeZone: 'UTC', permissions, key: keyInfo(token), discovered },
      account: besideAccount(String(me.data.id), `GitHub (${me.data.login})`),
      warnings:
        excess.length > 0
          ? [
              `This token may do far more than agents need (${excess.join(', ')}): a fine-grained one is safer.`,
            ]
          : [],
    };
  } catch (error) {
    throw error instanceof ConnectionProblem ? error : checkFailure(failureOf(error));
  }
}

/** A fine-grained token does not tell what it may write: that is found out by writing. */
function issuesOf(
  fullName: string,
  scopes: readonly string[],
  permissions: { push?: boolean; triage?: boolean } | undefined,
): PermissionRow {
  const isKnown = scopes.includes('repo') || scopes.includes('public_repo') || permissions?.push === true;
  return {
    ...{
      resource: `issues of ${fullName}`,
      label: `Issues and pull requests of ${fullName}`,
      needed: 'write',
    },
    granted: isKnown ? 'write' : 'unknown',
    ok: true,
  };
}
