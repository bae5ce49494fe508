import { besidePresets } from '../beside.ts';
import type { ConnectionType } from '../connection.ts';
import { checkGithub } from './check.ts';
import { githubForm, keyPage } from './client.ts';
import { githubDesk } from './desk.ts';
import { ticketTools } from './tools/tickets.ts';
import { comment, createIssue, createPull, setIssueState } from './tools/writing.ts';

/** Issues and pull requests of the repositories that an owner names, at github.com or an Enterprise Server. */
export const githubConnection: ConnectionType = {
  type: 'github',
  name: 'GitHub',
  description: 'Issues and pull requests of the repositories you name.',
  category: 'code',
  does: [
    'Finds and reads issues and pull requests',
    'Opens issues, for example when payments keep failing for one reason',
    'Comments, closes and reopens; opens pull requests between branches that exist',
  ],
  scopes: [
    { name: 'Issues: read and write', why: 'find, open, comment on and close issues' },
    { name: 'Metadata: read', why: 'see the repository; GitHub adds it by itself' },
    { name: 'Pull requests: read and write', why: 'find and open pull requests', optional: true },
    { name: 'Contents: read', why: 'compare branches before a pull request', optional: true },
  ],
  setup: [
    `Open ${keyPage} and generate a fine-grained token.`,
    'Choose “Only select repositories” and the repositories that agents should reach.',
    'Give it the repository permissions named here, and an expiry date.',
  ],
  credentials: githubForm.fields,
  acceptsBaseUrl: true,
  beside: true,
  parseCredentials: (entered) => githubForm.parse(entered),
  check: checkGithub,
  tools(target) {
    const desk = githubDesk(target);
    return [
      ...ticketTools(desk),
      ...[createIssue(desk), comment(desk), createPull(desk), setIssueState(desk)],
    ];
  },
  presets: besidePresets([
    'find_github_issues',
    'get_github_issue',
    'create_github_issue',
    'comment_on_github',
  ]),
};
