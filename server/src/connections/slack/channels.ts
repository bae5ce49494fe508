import type { WebClient } from '@slack/web-api';
import { ToolError } from '../../tools/tool.ts';
import { reading } from './client.ts';

export interface Channel {
  readonly id: string;
  /** Without its `#`. */
  readonly name: string;
  readonly isPrivate: boolean;
  /** People of other companies are in it. */
  readonly isShared: boolean;
  /** The app is in it. */
  readonly isMember: boolean;
}

const perPage = 200;
const mostPages = 25;

/** Every channel the app can see. @throws ToolError */
export async function channelsOf(api: WebClient): Promise<{ channels: Channel[]; complete: boolean }> {
  const channels: Channel[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < mostPages; page += 1) {
    const answer = await reading(() =>
      api.conversations.list({
        ...{ types: 'public_channel,private_channel', exclude_archived: true, limit: perPage },
        ...(cursor && { cursor }),
      }),
    );
    for (const each of answer.channels ?? [])
      channels.push({
        ...{ id: each.id ?? '', name: each.name ?? '', isPrivate: each.is_private ?? false },
        isShared: (each.is_ext_shared ?? false) || (each.is_pending_ext_shared ?? false),
        isMember: each.is_member ?? false,
      });
    cursor = answer.response_metadata?.next_cursor;
    if (!cursor) return { channels, complete: true };
  }
  return { channels, complete: false };
}

/** By name or id. @throws ToolError `channel_not_found`, `not_in_channel` */
export async function channelNamed(api: WebClient, named: string): Promise<Channel> {
  const name = named.trim().replace(/^#/, '');
  const { channels } = await channelsOf(api);
  const found = channels.find((each) => each.name === name.toLowerCase() || each.id === name);
  if (!found)
    throw new ToolError('channel_not_found', `The app sees no channel #${name}.`, {
      next: 'Check its name (list_slack_channels). A private channel is seen only once the app was invited: /invite @Purser.',
    });
  if (!found.isMember)
    throw new ToolError('not_in_channel', `The app is not in #${found.name}.`, {
      next: `Somebody in #${found.name} writes “/invite @Purser” there; then ask again.`,
    });
  return found;
}
