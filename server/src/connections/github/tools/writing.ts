import { z } from 'zod';
import { cleanForeignStrings } from '../../../secrets/clean.ts';
import {
  type Json,
  type Tool,
  ToolError,
  type ToolOutcome,
  type Undo,
  writeTool,
} from '../../../tools/tool.ts';
import { markedTool, markOf } from '../../beside.ts';
import { type Repository, reading, within, writing } from '../client.ts';
import { type Desk, readersOf, refOf, type Ticket, ticketView } from '../desk.ts';
import { ticketNumber } from './tickets.ts';

const titleField = z.string().trim().min(1).max(200).describe('One line that says what is wrong or wanted.');
const bodyField = z
  .string()
  .trim()
  .max(20_000)
  .optional()
  .describe('Markdown. Facts with ids and amounts as tools wrote them.');
/** Where what is written can be read by anybody, it reaches people outside. */
const effectOf = ({ isPublic }: Desk) => (isPublic ? 'outbound' : 'write');

/** Hidden in the text: GitHub knows no idempotency keys. */
const withMark = (body: string, operationId: string) => `${body}\n\n<!-- ${markOf(operationId)} -->`.trim();
const bears = (body: string | null | undefined, operationId: string) =>
  (body ?? '').includes(`<!-- ${markOf(operationId)} -->`);

/** So many of the newest are looked through for a mark; what an operation left a day ago is among them. */
const lookedThrough = 100;

const sealedIssue = z.strictObject({
  ...{
    owner: z.string(),
    repo: z.string(),
    title: z.string(),
    body: z.string(),
    labels: z.array(z.string()),
  },
});

export function createIssue(desk: Desk): Tool {
  const object = 'github_issue';
  return markedTool({
    name: 'create_github_issue',
    title: 'Open GitHub issue',
    description:
      'Opens an issue in a GitHub repository. Look first (find_github_issues) whether there is one about the same; then comment on that instead.',
    effect: effectOf(desk),
    input: z.strictObject({
      ...{ title: titleField, body: bodyField, repository: desk.repositoryField },
      labels: z
        .array(z.string().trim().min(1).max(50))
        .max(10)
        .optional()
        .describe('Labels that exist there.'),
    }),
    sealed: sealedIssue,
    permissions: [],
    words: {
      ...{ action: 'create', object },
      synonyms: [
        'issue',
        'github issue',
        'open issue',
        'file issue',
        'raise issue',
        'report bug',
        'ticket',
        'bug report',
      ],
    },
    now: desk.now,
    async plan({ title, body = '', labels = [], repository: named }) {
      const where = desk.repository(named);
      return {
        sealed: { owner: where.owner, repo: where.repo, title, body, labels },
        preview: {
          summary: `Open an issue in ${where.fullName}: “${title}”`,
          facts: [
            ...(body ? [{ label: 'Text', value: body }] : []),
            ...(labels.length > 0 ? [{ label: 'Labels', value: labels.join(', ') }] : []),
            readersOf(where),
            { label: 'Can be undone', value: 'it can be closed again' },
          ],
          objects: [],
        },
      };
    },
    async look({ owner, repo }, { operationId, since, signal }) {
      const { data } = await reading(() =>
        desk.api().rest.issues.listForRepo({
          ...{ owner, repo, state: 'all', sort: 'created', direction: 'desc', per_page: lookedThrough },
          ...{ since: since.toISOString(), ...within(signal) },
        }),
      );
      const left = data.find(({ body }) => bears(body, operationId));
      return left
        ? outcomeOf('Opened', object, { owner, repo }, left, closing(`${owner}/${repo}`, left))
        : null;
    },
    async send({ owner, repo, title, body, labels }, { operationId, signal }) {
      const { data } = await writing(() =>
        desk.api().rest.issues.create({
          ...{ owner, repo, title, labels, body: withMark(body, operationId), ...within(signal) },
        }),
      );
      return outcomeOf('Opened', object, { owner, repo }, data, closing(`${owner}/${repo}`, data));
    },
  });
}

const sealedComment = z.strictObject({
  ...{ owner: z.string(), repo: z.string(), number: z.number(), text: z.string() },
});

export function comment(desk: Desk): Tool {
  return markedTool({
    name: 'comment_on_github',
    title: 'Comment on GitHub',
    description: 'Adds a comment to an issue or pull request of a GitHub repository, by its number.',
    effect: effectOf(desk),
    input: z.strictObject({
      ...{ number: ticketNumber, repository: desk.repositoryField },
      text: z.string().trim().min(1).max(20_000).describe('Markdown.'),
    }),
    sealed: sealedComment,
    permissions: [],
    words: {
      ...{ action: 'comment', object: 'github_issue' },
      synonyms: ['comment on issue', 'reply to issue', 'comment on pull request', 'write on issue'],
    },
    now: desk.now,
    async plan({ number, text, repository: named }, { signal }) {
      const where = desk.repository(named);
      const { owner, repo, fullName } = where;
      const { data } = await reading(() =>
        desk.api().rest.issues.get({ owner, repo, issue_number: number, ...within(signal) }),
      );
      const shown = cleanForeignStrings(data.title);
      return {
        sealed: { owner, repo, number, text },
        preview: {
          summary: `Comment on ${fullName}#${number}: “${shown}”`,
          facts: [{ label: 'Text', value: text }, { label: 'State', value: data.state }, readersOf(where)],
          objects: [refOf('github_issue', fullName, { number, title: shown })],
        },
      };
    },
    async look({ owner, repo, number }, { operationId, since, signal }) {
      const { data } = await reading(() =>
        desk.api().rest.issues.listComments({
          ...{ owner, repo, issue_number: number, since: since.toISOString(), per_page: lookedThrough },
          ...within(signal),
        }),
      );
      const left = data.find(({ body }) => bears(body, operationId));
      return left ? commented(`${owner}/${repo}`, number, left) : null;
    },
    async send({ owner, repo, number, text }, { operationId, signal }) {
      const body = withMark(text, operationId);
      const { data } = await writing(() =>
        desk.api().rest.issues.createComment({ owner, repo, issue_number: number, body, ...within(signal) }),
      );
      return commented(`${owner}/${repo}`, number, data);
    },
  });
}

function commented(
  repository: string,
  number: number,
  made: { readonly id: number; readonly html_url: string; readonly created_at: string },
): ToolOutcome {
  const id = `${repository}#${number}`;
  return {
    view: { object: 'github_comment', id, number, repository, url: made.html_url, created: made.created_at },
    record: made as unknown as Json,
    summary: `Commented on ${id}`,
    objects: [{ type: 'github_issue', id }],
    requestIds: [],
  };
}

const sealedPull = z.strictObject({
  ...{ owner: z.string(), repo: z.string(), title: z.string(), body: z.string() },
  ...{ head: z.string(), base: z.string(), draft: z.boolean() },
});
const branch = z
  .string()
  .max(200)
  .regex(/^(?!\/|-)[A-Za-z0-9._/-]+$/, 'A branch name.');

export function createPull(desk: Desk): Tool {
  const object = 'github_pull_request';
  return markedTool({
    name: 'create_github_pull_request',
    title: 'Open GitHub pull request',
    description:
      'Opens a pull request between two branches that exist in a GitHub repository. It merges nothing.',
    effect: effectOf(desk),
    input: z.strictObject({
      ...{ title: titleField, body: bodyField, repository: desk.repositoryField },
      head: branch.describe('The branch with the changes.'),
      base: branch.optional().describe('The branch they are meant for. Default: the main branch.'),
      draft: z.boolean().optional(),
    }),
    sealed: sealedPull,
    permissions: [],
    words: {
      action: 'create',
      object,
      synonyms: ['pull request', 'open pull request', 'github pull request'],
    },
    now: desk.now,
    async plan({ title, body = '', head, base: named, draft = false, repository }, { signal }) {
      const where = desk.repository(repository);
      const { owner, repo, fullName } = where;
      const { rest } = desk.api();
      const base =
        named ??
        (await reading(() => rest.repos.get({ owner, repo, ...within(signal) }))).data.default_branch;
      const compared = await reading(() =>
        rest.repos.compareCommitsWithBasehead({
          owner,
          repo,
          basehead: `${base}...${head}`,
          ...within(signal),
        }),
      );
      const { ahead_by: commits, files = [] } = compared.data;
      if (commits === 0)
        throw new ToolError('nothing_to_merge', `${head} has nothing that ${base} has not.`, {
          next: 'Name the branch that has the changes.',
        });
      return {
        sealed: { owner, repo, title, body, head, base, draft },
        preview: {
          summary: `Open a pull request in ${fullName}: “${title}”`,
          facts: [
            { label: 'From', value: head },
            { label: 'Into', value: base },
            { label: 'Changes', value: `${commits} commits, ${files.length} files` },
            ...(body ? [{ label: 'Text', value: body }] : []),
            readersOf(where),
          ],
          objects: [],
        },
      };
    },
    async look({ owner, repo, base }, { operationId, signal }) {
      const { data } = await reading(() =>
        desk.api().rest.pulls.list({
          ...{ owner, repo, base, state: 'all', sort: 'created', direction: 'desc', per_page: lookedThrough },
          ...within(signal),
        }),
      );
      const left = data.find(({ body }) => bears(body, operationId));
      return left ? outcomeOf('Opened', object, { owner, repo }, left) : null;
    },
    async send({ owner, repo, body, ...pull }, { operationId, signal }) {
      const { data } = await writing(() =>
        desk.api().rest.pulls.create({
          ...{ owner, repo, ...pull, body: withMark(body, operationId), ...within(signal) },
        }),
      );
      return outcomeOf('Opened', object, { owner, repo }, data);
    },
  });
}

const sealedState = z.strictObject({
  ...{ owner: z.string(), repo: z.string(), number: z.number(), state: z.enum(['open', 'closed']) },
});

/** Setting a state a second time changes nothing, so no mark is needed. */
export function setIssueState(desk: Desk): Tool {
  return writeTool({
    name: 'set_github_issue_state',
    title: 'Close or reopen GitHub issue',
    description: 'Closes or reopens an issue of a GitHub repository, by its number.',
    effect: 'write',
    repeatable: true,
    input: z.strictObject({
      ...{ number: ticketNumber, repository: desk.repositoryField },
      state: z.enum(['open', 'closed']),
    }),
    sealed: sealedState,
    permissions: [],
    words: {
      action: 'close',
      object: 'github_issue',
      synonyms: ['close issue', 'reopen issue', 'resolve issue'],
    },
    async plan({ number, state, repository: named }, { signal }) {
      const { owner, repo, fullName } = desk.repository(named);
      const { data } = await reading(() =>
        desk.api().rest.issues.get({ owner, repo, issue_number: number, ...within(signal) }),
      );
      if (data.state === state)
        throw new ToolError('already_so', `${fullName}#${number} is ${state} already.`, {
          next: 'Nothing is to be done.',
        });
      const shown = cleanForeignStrings(data.title);
      return {
        sealed: { owner, repo, number, state },
        preview: {
          summary: `${state === 'closed' ? 'Close' : 'Reopen'} ${fullName}#${number}: “${shown}”`,
          facts: [],
          objects: [refOf('github_issue', fullName, { number, title: shown })],
        },
      };
    },
    async act({ owner, repo, number, state }, { signal }) {
      const { data } = await writing(() =>
        desk.api().rest.issues.update({ owner, repo, issue_number: number, state, ...within(signal) }),
      );
      const isClosed = state === 'closed';
      const undo: Undo = {
        tool: 'set_github_issue_state',
        input: { repository: `${owner}/${repo}`, number, state: isClosed ? 'open' : 'closed' },
        label: isClosed ? 'Reopen the issue' : 'Close the issue again',
      };
      return outcomeOf(isClosed ? 'Closed' : 'Reopened', 'github_issue', { owner, repo }, data, undo);
    },
  });
}

const closing = (repository: string, { number }: Ticket): Undo => ({
  ...{ tool: 'set_github_issue_state', input: { repository, number, state: 'closed' } },
  label: 'Close the issue',
});

function outcomeOf(
  verb: string,
  kind: 'github_issue' | 'github_pull_request',
  { owner, repo }: Pick<Repository, 'owner' | 'repo'>,
  ticket: Ticket,
  undo?: Undo,
): ToolOutcome {
  const repository = `${owner}/${repo}`;
  return {
    ...cleanForeignStrings({
      view: ticketView(kind, repository, ticket),
      record: ticket as unknown as Json,
      summary: `${verb} ${repository}#${ticket.number}: ${ticket.title}`,
    }),
    objects: [refOf(kind, repository, ticket)],
    requestIds: [],
    ...(undo && { undo }),
  };
}
