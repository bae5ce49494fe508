import { z } from 'zod';
import { cleanForeignStrings } from '../../../secrets/clean.ts';
import { type Json, readTool, type Tool } from '../../../tools/tool.ts';
import { reading, within } from '../client.ts';
import { type Desk, refOf, ticketView } from '../desk.ts';

const kinds = {
  issue: { object: 'github_issue', many: 'issues', one: 'issue' },
  pull: { object: 'github_pull_request', many: 'pull requests', one: 'pull request' },
} as const;

const state = z.enum(['open', 'closed', 'all']).optional().describe('Default open.');
const query = z
  .string()
  .trim()
  .max(200)
  .optional()
  .describe('Words that stand in title or text. Plain words, no search operators.');
export const ticketNumber = z.number().int().min(1).max(10_000_000).describe('Its number, as in #12.');

/** Finds and reads issues and pull requests. */
export const ticketTools = (desk: Desk): Tool[] => [
  finder(desk, 'issue'),
  finder(desk, 'pull'),
  reader(desk, 'issue'),
  reader(desk, 'pull'),
];

function finder(desk: Desk, which: keyof typeof kinds): Tool {
  const { object, many } = kinds[which];
  return readTool({
    name: `find_github_${many.replace(' ', '_')}`,
    title: `Find GitHub ${many}`,
    description: `Finds ${many} of a GitHub repository by words and state, newest first.`,
    input: z.strictObject({
      ...{ repository: desk.repositoryField, query, state },
      limit: z.number().int().min(1).max(50).optional().describe('Default 20.'),
    }),
    permissions: [],
    words: { action: 'list', object, synonyms: [`github ${many}`, 'github'] },
    async read({ repository: named, query: words, state: wanted = 'open', limit = 20 }, { signal }) {
      const { fullName } = desk.repository(named);
      // Operators in the words would search elsewhere: only letters, digits and simple signs are passed on.
      const plain = (words ?? '').replace(/[^\p{L}\p{N}\s._-]/gu, ' ').trim();
      const q = `${plain} repo:${fullName} is:${which === 'issue' ? 'issue' : 'pr'}${wanted === 'all' ? '' : ` state:${wanted}`}`;
      const { data, headers } = await reading(() =>
        desk.api().rest.search.issuesAndPullRequests({
          ...{ q: q.trim(), sort: 'created', order: 'desc', per_page: limit },
          ...within(signal),
        }),
      );
      const rows = data.items.map((item) => ticketView(object, fullName, item));
      const complete = !data.incomplete_results && data.total_count <= data.items.length;
      return {
        ...cleanForeignStrings({
          view: {
            ...{ object: 'list', of: many, data: rows, complete, seen: rows.length },
            repository: fullName,
          },
          record: data.items as unknown as Json,
          summary: `Found ${rows.length} ${many} in ${fullName}`,
        }),
        objects: data.items.map((item) => refOf(object, fullName, item)),
        requestIds: [headers['x-github-request-id'] ?? ''].filter((id) => id !== ''),
      };
    },
  });
}

function reader(desk: Desk, which: keyof typeof kinds): Tool {
  const { object, one } = kinds[which];
  return readTool({
    name: `get_github_${one.replace(' ', '_')}`,
    title: `Read GitHub ${one}`,
    description: `Reads one GitHub ${one} by its number, with its text and last comments.`,
    input: z.strictObject({ repository: desk.repositoryField, number: ticketNumber }),
    permissions: [],
    words: { action: 'get', object, synonyms: [`github ${one}`] },
    async read({ repository: named, number }, { signal }) {
      const { owner, repo, fullName } = desk.repository(named);
      const { rest } = desk.api();
      const ticket = await reading(async () =>
        which === 'issue'
          ? (await rest.issues.get({ owner, repo, issue_number: number, ...within(signal) })).data
          : (await rest.pulls.get({ owner, repo, pull_number: number, ...within(signal) })).data,
      );
      const comments = await reading(() =>
        rest.issues.listComments({ owner, repo, issue_number: number, per_page: 30, ...within(signal) }),
      );
      const said = comments.data.map(({ user, body, created_at, html_url }) => ({
        ...{ author_name: user?.login ?? null, created: created_at, url: html_url },
        text: (body ?? '').slice(0, 2_000),
      }));
      return {
        ...cleanForeignStrings({
          view: { ...ticketView(object, fullName, ticket, true), comments: said },
          record: { ticket, comments: comments.data } as unknown as Json,
          summary: `Read ${fullName}#${number}: ${ticket.title}`,
        }),
        objects: [refOf(object, fullName, ticket)],
        requestIds: [],
      };
    },
  });
}
