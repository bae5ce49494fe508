/** For tests: Slack's Web API as far as the tools use it: form bodies, `ok`, error words, scopes in a header. */
import { createHmac } from 'node:crypto';
import type { Json } from '../../tools/tool.ts';
import { type Peer, type PeerAnswer, type PeerRequest, startPeer } from '../testing-peer.ts';

export interface SlackMessage {
  channel: string;
  ts: string;
  text: string;
  thread_ts?: string;
  metadata?: Json;
  blocks?: Json;
  /** Whom alone it is shown to. */
  onlyFor?: string;
}

export interface FakeSlack extends Peer {
  readonly token: string;
  readonly signingSecret: string;
  readonly messages: SlackMessage[];
  readonly people: Map<
    string,
    { email: string; is_bot?: boolean; is_restricted?: boolean; deleted?: boolean }
  >;
  loseNext(): void;
  failNext(word: string): void;
  limitNext(seconds: number): void;
  /** What Slack sends when a button is pressed: the raw body and its headers. */
  press(button: { value: string; action: string; user: string; message: SlackMessage; at?: number }): {
    raw: string;
    headers: Record<string, string>;
  };
}

const allScopes =
  'chat:write,channels:read,channels:history,groups:read,groups:history,users:read,users:read.email';

export async function fakeSlack({ scopes = allScopes } = {}): Promise<FakeSlack> {
  const token = 'xoxb-000000000000-test-peer';
  const signingSecret = 'a'.repeat(32);
  const channels = [
    { id: 'C1', name: 'payments', is_member: true, is_private: false },
    { id: 'C2', name: 'elsewhere', is_member: false, is_private: false },
    { id: 'C3', name: 'with-acme', is_member: true, is_private: false, is_ext_shared: true },
  ];
  const messages: SlackMessage[] = [];
  const people: FakeSlack['people'] = new Map();
  let isLost = false;
  let failing: string | null = null;
  let limited = 0;
  let count = 0;

  const written = ({ body }: PeerRequest): SlackMessage => {
    count += 1;
    const message: SlackMessage = {
      ...{
        channel: String(body.channel),
        text: String(body.text ?? ''),
        ts: `${Math.floor(Date.now() / 1000)}.${String(count).padStart(6, '0')}`,
      },
      ...(body.thread_ts ? { thread_ts: String(body.thread_ts) } : {}),
      ...(body.metadata ? { metadata: JSON.parse(String(body.metadata)) as Json } : {}),
      ...(body.blocks ? { blocks: JSON.parse(String(body.blocks)) as Json } : {}),
      ...(body.user ? { onlyFor: String(body.user) } : {}),
    };
    messages.push(message);
    return message;
  };
  const error = (word: string): PeerAnswer => ({ body: { ok: false, error: word } });

  function answer(request: PeerRequest): PeerAnswer {
    const { body, path, headers } = request;
    if (headers.authorization !== `Bearer ${token}`) return error('invalid_auth');
    if (limited > 0) {
      const seconds = limited;
      limited = 0;
      return {
        status: 429,
        headers: { 'retry-after': String(seconds) },
        body: { ok: false, error: 'ratelimited' },
      };
    }
    if (failing) {
      const word = failing;
      failing = null;
      return {
        body: { ok: false, error: word, ...(word === 'missing_scope' && { needed: 'channels:history' }) },
      };
    }
    const told = (result: object): PeerAnswer => ({
      headers: { 'x-oauth-scopes': scopes },
      body: { ok: true, ...result },
    });
    const listed = channels.some(({ id }) => id === body.channel);
    switch (path) {
      case '/api/auth.test':
        return told({ team_id: 'T1', team: 'Northwind', bot_id: 'B1', user_id: 'U0' });
      case '/api/conversations.list': {
        // One a page: whoever reads only the first misses the rest.
        const at = Number(body.cursor ?? 0);
        const next = at + 1 < channels.length ? String(at + 1) : '';
        return told({ channels: channels.slice(at, at + 1), response_metadata: { next_cursor: next } });
      }
      case '/api/conversations.history':
        return listed
          ? told({ messages: messages.filter((each) => each.channel === body.channel) })
          : error('channel_not_found');
      case '/api/conversations.replies':
        return told({
          messages: messages.filter(({ thread_ts, ts }) => thread_ts === body.ts || ts === body.ts),
        });
      case '/api/chat.postMessage':
        if (!listed) return error('channel_not_found');
        return told({ channel: body.channel, ts: written(request).ts });
      case '/api/chat.postEphemeral':
        return told({ message_ts: written(request).ts });
      case '/api/chat.update': {
        const message = messages.find(({ ts }) => ts === body.ts);
        if (!message) return error('message_not_found');
        Object.assign(message, {
          ...{ text: String(body.text) },
          ...(body.blocks ? { blocks: JSON.parse(String(body.blocks)) as Json } : {}),
        });
        return told({ ts: message.ts });
      }
      case '/api/chat.delete': {
        const index = messages.findIndex(({ ts }) => ts === body.ts);
        if (index < 0) return error('message_not_found');
        messages.splice(index, 1);
        return told({ ts: body.ts });
      }
      case '/api/users.info': {
        const { email, ...flags } = people.get(String(body.user)) ?? {};
        return email
          ? told({ user: { id: body.user, ...flags, profile: { email } } })
          : error('user_not_found');
      }
      default:
        return error('unknown_method');
    }
  }

  const peer = await startPeer((request) => {
    const given = answer(request);
    if (!isLost || request.path !== '/api/chat.postMessage') return given;
    isLost = false;
    return { hangUp: true };
  });
  return {
    ...{ ...peer, token, signingSecret, messages, people },
    loseNext() {
      isLost = true;
    },
    failNext(word) {
      failing = word;
    },
    limitNext(seconds) {
      limited = seconds;
    },
    press({ value, action, user, message, at = Math.floor(Date.now() / 1000) }) {
      const payload = {
        ...{ type: 'block_actions', team: { id: 'T1' }, user: { id: user } },
        ...{ channel: { id: message.channel }, message: { ts: message.ts } },
        actions: [{ type: 'button', action_id: action, value }],
      };
      const raw = new URLSearchParams({ payload: JSON.stringify(payload) }).toString();
      const hash = createHmac('sha256', signingSecret).update(`v0:${at}:${raw}`).digest('hex');
      return {
        raw,
        headers: {
          'content-type': 'application/x-www-form-urlencoded',
          'x-slack-request-timestamp': String(at),
          'x-slack-signature': `v0=${hash}`,
        },
      };
    },
  };
}
