import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { OutcomeUnknown } from '../../tools/tool.ts';
import { type Connected, connectTo } from '../testing-peer.ts';
import { githubConnection } from './index.ts';
import { type FakeGithub, fakeGithub } from './testing.ts';

let github: FakeGithub;
let acme: Connected;
const credentials = () => ({ token: github.token, repositories: 'acme/billing' });
beforeAll(async () => {
  github = await fakeGithub();
  acme = await connectTo(githubConnection, credentials(), github.url);
});
afterAll(() => github.close());

describe('connecting', () => {
  test('says who the token is, which repositories it reaches, and nothing of the token itself', () => {
    const { account, key, permissions, discovered } = acme.checked;
    expect(account).toMatchObject({ id: '77', name: 'GitHub (purser-bot)' });
    expect(discovered).toEqual({
      login: 'purser-bot',
      repositories: [{ fullName: 'acme/billing', isPublic: false }],
    });
    expect(permissions).toMatchObject([{ needed: 'write', granted: 'unknown', ok: true }]);
    expect(JSON.stringify(acme.checked)).not.toContain(github.token);
    expect(key.last4).toBe(github.token.slice(-4));
  });

  test.each([
    [{ token: 'nonsense', repositories: 'acme/billing' }, 'credential_malformed'],
    [{ token: 'github_pat_11WRONGWRONGWRONG', repositories: 'acme/billing' }, 'key_wrong'],
    [{ token: 'github_pat_11TESTTESTTEST0000_peer', repositories: 'acme/secret' }, 'repository_not_found'],
    [{ token: 'github_pat_11TESTTESTTEST0000_peer', repositories: '../../user' }, 'credential_malformed'],
  ])('%j is refused with what to do', async (entered, code) => {
    await expect(connectTo(githubConnection, entered, github.url)).rejects.toMatchObject({ code });
  });

  test('a token that may do far more than agents need is warned of', async () => {
    const broad = await fakeGithub({ scopes: 'repo, delete_repo' });
    const { checked } = await connectTo(githubConnection, credentials(), broad.url);
    expect(checked.warnings[0]).toContain('repo, delete_repo');
    await broad.close();
  });
});

describe('issues', () => {
  test('are opened with a mark, found, commented on and closed', async () => {
    const { preview } = await acme.plan('create_github_issue', {
      title: 'Cards fail',
      body: 'do_not_honor 9 times',
    });
    expect(preview).toMatchObject({
      summary: 'Open an issue in acme/billing: “Cards fail”',
      facts: expect.arrayContaining([
        { label: 'Who can read it', value: 'people with access to the repository' },
      ]),
    });
    const made = await acme.call(
      'create_github_issue',
      { title: 'Cards fail', body: 'do_not_honor' },
      'op_issue',
    );
    expect(made).toMatchObject({
      summary: 'Opened acme/billing#1: Cards fail',
      view: { id: 'acme/billing#1' },
    });
    expect(github.tickets[0]?.body).toBe('do_not_honor\n\n<!-- purser_op: op_issue -->');
    const listed = await acme.call('find_github_issues', { query: 'cards repo:evil/other' });
    expect(github.requests.at(-1)?.query.get('q')).toBe(
      'cards repo evil other repo:acme/billing is:issue state:open',
    );
    expect(listed.view).toMatchObject({ complete: true });
    await acme.call('comment_on_github', { number: 1, text: 'Again: 4 more.' });
    expect((await acme.call('get_github_issue', { number: 1 })).view).toMatchObject({
      comments: [{ text: expect.stringContaining('Again: 4 more.') }],
    });
    const undo = made.undo;
    await acme.call(undo?.tool ?? '', undo?.input);
    expect(github.tickets[0]?.state).toBe('closed');
    const again = await acme.refusal('set_github_issue_state', { number: 1, state: 'closed' });
    expect(again.code).toBe('already_so');
  });

  test('one whose answer was lost is found again and not opened twice', async () => {
    const before = github.tickets.length;
    github.loseNext();
    const input = { title: 'Payouts late' };
    await expect(acme.call('create_github_issue', input, 'op_lost')).rejects.toBeInstanceOf(OutcomeUnknown);
    expect(await acme.call('create_github_issue', input, 'op_lost')).toMatchObject({
      summary: expect.stringContaining('Payouts late'),
    });
    expect(github.tickets.length).toBe(before + 1);
  });

  test('a comment whose answer was lost is not made twice', async () => {
    const before = github.comments.length;
    github.loseNext();
    const input = { number: 1, text: 'Once.' };
    await expect(acme.call('comment_on_github', input, 'op_said')).rejects.toBeInstanceOf(OutcomeUnknown);
    await acme.call('comment_on_github', input, 'op_said');
    expect(github.comments.length).toBe(before + 1);
  });

  test('no other repository is reached, whoever asks', async () => {
    const refused = await acme.refusal('create_github_issue', { title: 'x', repository: 'evil/other' });
    expect(refused).toMatchObject({
      code: 'repository_not_allowed',
      next: expect.stringContaining('acme/billing'),
    });
  });

  test('a key in somebody’s issue is not handed on', async () => {
    await acme.call('create_github_issue', { title: 'Key', body: `sk_live_${'a'.repeat(24)}` });
    const { view } = await acme.call('get_github_issue', { number: github.tickets.length });
    expect(JSON.stringify(view)).not.toContain('a'.repeat(24));
  });
});

describe('pull requests', () => {
  test('are opened between branches that differ, with what would change shown before', async () => {
    const input = { title: 'Fix', head: 'fix' };
    expect((await acme.plan('create_github_pull_request', input)).preview.facts).toContainEqual({
      ...{ label: 'Changes', value: '2 commits, 1 files' },
    });
    github.loseNext();
    await expect(acme.call('create_github_pull_request', input, 'op_pr')).rejects.toBeInstanceOf(
      OutcomeUnknown,
    );
    const made = await acme.call('create_github_pull_request', input, 'op_pr');
    expect(github.tickets.filter(({ pull_request }) => pull_request)).toHaveLength(1);
    expect(made.view).toMatchObject({ object: 'github_pull_request', repository: 'acme/billing' });
  });
});

describe('what GitHub refuses is explained', () => {
  test.each([
    [
      { status: 403, body: { message: 'Resource not accessible by personal access token' } },
      'permission_missing',
    ],
    [
      { status: 403, headers: { 'x-ratelimit-remaining': '0' }, body: { message: 'API rate limit' } },
      'rate_limited',
    ],
    [{ status: 410, body: { message: 'Issues are disabled for this repo' } }, 'refused'],
    [{ status: 500, body: { message: 'oops' } }, 'far_side_failed'],
  ])('%j', async (answer, code) => {
    github.failNext(answer);
    expect(await acme.refusal('get_github_issue', { number: 1 })).toMatchObject({
      code,
      next: expect.any(String),
    });
  });

  test('a server that is not there is said to be so, and nothing is unknown about a write', async () => {
    const gone = await fakeGithub();
    const connected = await connectTo(githubConnection, credentials(), gone.url);
    await gone.close();
    expect((await connected.refusal('create_github_issue', { title: 'x' })).code).toBe('unreachable');
  });
});

test('where a repository is public, what is written there reaches people outside', async () => {
  const open = await fakeGithub({ isPublic: true });
  const connected = await connectTo(githubConnection, credentials(), open.url);
  expect(connected.tool('create_github_issue').effect).toBe('outbound');
  expect(acme.tool('create_github_issue').effect).toBe('write');
  await open.close();
});
