/** For tests: GitHub's REST API as far as the tools use it, with its paths, fields, headers and errors. */
import type { Json } from '../../tools/tool.ts';
import { type Peer, type PeerAnswer, type PeerRequest, startPeer } from '../testing-peer.ts';

interface Ticket {
  number: number;
  title: string;
  body: string;
  state: string;
  html_url: string;
  user: { login: string };
  created_at: string;
  updated_at: string;
  comments: number;
  labels: { name: string }[];
  pull_request?: object;
}

export interface FakeGithub extends Peer {
  readonly token: string;
  readonly tickets: Ticket[];
  readonly comments: { issue: number; body: string }[];
  /** The next write is done and the answer lost. */
  loseNext(): void;
  /** The next request is answered so. */
  failNext(answer: PeerAnswer): void;
}

export async function fakeGithub({ scopes = '', isPublic = false } = {}): Promise<FakeGithub> {
  const token = 'github_pat_11TESTTESTTEST0000_peer';
  const repository = {
    full_name: 'acme/billing',
    private: !isPublic,
    default_branch: 'main',
    permissions: { pull: true },
  };
  const tickets: Ticket[] = [];
  const comments: {
    id: number;
    issue: number;
    body: string;
    created_at: string;
    html_url: string;
    user: object;
  }[] = [];
  let isLost = false;
  let failure: PeerAnswer | null = null;

  const add = (body: PeerRequest['body'], more: object = {}): Ticket => {
    const number = tickets.length + 1;
    const at = new Date().toISOString();
    const ticket: Ticket = {
      ...{ number, title: String(body.title), body: String(body.body ?? ''), state: 'open', comments: 0 },
      ...{ html_url: `https://github.com/acme/billing/issues/${number}`, user: { login: 'purser-bot' } },
      ...{
        created_at: at,
        updated_at: at,
        labels: ((body.labels as Json[]) ?? []).map((name) => ({ name: String(name) })),
      },
      ...more,
    };
    tickets.push(ticket);
    return ticket;
  };
  const found = (path: string) => tickets.find(({ number }) => number === Number(/\/(\d+)/.exec(path)?.[1]));

  function answer({ method, path: whole, query, body, headers }: PeerRequest): PeerAnswer {
    if (headers.authorization !== `token ${token}`)
      return {
        status: 401,
        body: { message: 'Bad credentials', documentation_url: 'https://docs.github.com/rest' },
      };
    if (failure) {
      const told = failure;
      failure = null;
      return told;
    }
    const path = whole.replace(/^\/api\/v3/, '');
    const at = `${method} ${path.replace(/\d+/g, 'N')}`;
    const missing = { status: 404, body: { message: 'Not Found' } };
    switch (at) {
      case 'GET /user':
        return { headers: { 'x-oauth-scopes': scopes }, body: { id: 77, login: 'purser-bot' } };
      case 'GET /repos/acme/billing':
        return { body: repository };
      case 'GET /repos/acme/billing/issues':
        return { body: tickets.filter((each) => each.updated_at >= (query.get('since') ?? '')).toReversed() };
      case 'POST /repos/acme/billing/issues':
        return { status: 201, body: add(body) };
      case 'GET /search/issues': {
        const q = query.get('q') ?? '';
        const words = q
          .replace(/\S+:\S+/g, '')
          .trim()
          .toLowerCase()
          .split(/\s+/)
          .filter((word) => word !== '');
        const items = tickets
          .filter((each) => Boolean(each.pull_request) === q.includes('is:pr'))
          .filter((each) => words.every((word) => `${each.title} ${each.body}`.toLowerCase().includes(word)));
        return { body: { total_count: items.length, incomplete_results: false, items } };
      }
      case 'GET /repos/acme/billing/issues/N':
      case 'GET /repos/acme/billing/pulls/N': {
        const ticket = found(path);
        return ticket ? { body: ticket } : missing;
      }
      case 'PATCH /repos/acme/billing/issues/N': {
        const ticket = found(path);
        return ticket ? { body: Object.assign(ticket, body) } : missing;
      }
      case 'GET /repos/acme/billing/issues/N/comments':
        return { body: comments.filter(({ issue }) => issue === found(path)?.number) };
      case 'POST /repos/acme/billing/issues/N/comments': {
        const ticket = found(path);
        if (!ticket) return missing;
        const made = {
          ...{
            id: comments.length + 1,
            issue: ticket.number,
            body: String(body.body),
            user: { login: 'purser-bot' },
          },
          ...{ created_at: new Date().toISOString(), html_url: `${ticket.html_url}#c${comments.length + 1}` },
        };
        comments.push(made);
        return { status: 201, body: made };
      }
      case 'GET /repos/acme/billing/compare/main...fix':
        return { body: { ahead_by: 2, files: [{ filename: 'a.ts' }] } };
      case 'GET /repos/acme/billing/pulls':
        return { body: tickets.filter(({ pull_request }) => pull_request).toReversed() };
      case 'POST /repos/acme/billing/pulls':
        return { status: 201, body: add(body, { pull_request: {} }) };
      default:
        return missing;
    }
  }

  const peer = await startPeer((request) => {
    const given = answer(request);
    if (!isLost || request.method === 'GET') return given;
    isLost = false;
    return { hangUp: true };
  });
  return {
    ...{ ...peer, token, tickets, comments },
    loseNext() {
      isLost = true;
    },
    failNext(told) {
      failure = told;
    },
  };
}
