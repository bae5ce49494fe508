/** What every GitHub tool works with. */
import type { Octokit } from '@octokit/rest';
import { z } from 'zod';
import { type Json, type ObjectRef, ToolError } from '../../tools/tool.ts';
import type { ToolTarget } from '../connection.ts';
import { discoveredSchema } from './check.ts';
import { githubClient, type Repository } from './client.ts';

export interface Desk {
  readonly now: () => Date;
  api(): Octokit;
  /** The field by which a tool is told the repository; may be left out where there is one. */
  readonly repositoryField: z.ZodType<string | undefined>;
  /** Anybody can read what is written in at least one of them. */
  readonly isPublic: boolean;
  /** @throws ToolError `repository_missing`, `repository_not_allowed` */
  repository(named: string | undefined): Repository & { readonly isPublic: boolean };
}

export function githubDesk(target: ToolTarget): Desk {
  const { repositories = [] } = discoveredSchema.safeParse(target.discovered).data ?? {};
  const names = repositories.map(({ fullName }) => fullName).join(', ');
  return {
    now: target.now,
    api: () => githubClient(target),
    repositoryField: z
      .string()
      .max(150)
      .optional()
      .describe(`As owner/name. One of: ${names}.${repositories.length === 1 ? ' May be left out.' : ''}`),
    isPublic: repositories.some(({ isPublic }) => isPublic),
    repository(named) {
      const [only, ...others] = repositories;
      if (named === undefined && only && others.length === 0) return partsOf(only);
      if (named === undefined)
        throw new ToolError('repository_missing', 'It is not said which repository is meant.', {
          next: `Name one of: ${names}.`,
        });
      const lower = named.toLowerCase();
      const fitting = repositories.filter(
        ({ fullName }) => fullName.toLowerCase() === lower || fullName.toLowerCase().endsWith(`/${lower}`),
      );
      const [found] = fitting;
      if (found && fitting.length === 1) return partsOf(found);
      throw new ToolError('repository_not_allowed', `This connection reaches no repository "${named}".`, {
        next: `Name one of: ${names}. An owner can add others to the connection.`,
      });
    },
  };
}

function partsOf({ fullName, isPublic }: { fullName: string; isPublic: boolean }) {
  const [owner = '', repo = ''] = fullName.split('/');
  return { owner, repo, fullName, isPublic };
}

/** For a preview: who will be able to read it. */
export const readersOf = ({ isPublic }: { isPublic: boolean }) => ({
  label: 'Who can read it',
  value: isPublic ? 'anybody: the repository is public' : 'people with access to the repository',
});

/** An issue or a pull request as GitHub's API returns it. */
export interface Ticket {
  readonly number: number;
  readonly title: string;
  readonly state: string;
  readonly html_url: string;
  readonly body?: string | null;
  readonly user: { readonly login: string } | null;
  readonly created_at: string;
  readonly comments?: number;
  readonly labels?: readonly (string | { readonly name?: string | null | undefined })[];
  readonly draft?: boolean | undefined;
  readonly merged_at?: string | null | undefined;
}

const longestBody = 4_000;

export function ticketView(
  kind: 'github_issue' | 'github_pull_request',
  repository: string,
  ticket: Ticket,
  whole = false,
): { [key: string]: Json } {
  const labels = (ticket.labels ?? []).map((label) =>
    typeof label === 'string' ? label : (label.name ?? ''),
  );
  return {
    ...{ object: kind, id: `${repository}#${ticket.number}`, number: ticket.number, repository },
    ...{ title: ticket.title, state: ticket.merged_at ? 'merged' : ticket.state, url: ticket.html_url },
    ...{ author_name: ticket.user?.login ?? null, created: ticket.created_at },
    ...(labels.length > 0 && { labels_text: labels.join(', ') }),
    ...(ticket.draft && { draft: true }),
    ...(ticket.comments !== undefined && { comment_count: ticket.comments }),
    ...(whole && ticket.body ? { body: ticket.body.slice(0, longestBody) } : {}),
  };
}

export const refOf = (
  kind: string,
  repository: string,
  ticket: Pick<Ticket, 'number' | 'title'>,
): ObjectRef => ({
  ...{ type: kind, id: `${repository}#${ticket.number}`, label: ticket.title.slice(0, 120) },
});
