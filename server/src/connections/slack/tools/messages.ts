import type { WebClient } from '@slack/web-api';
import { z } from 'zod';
import { maskCardNumbers } from '../../../secrets/card-numbers.ts';
import { cleanForeignStrings } from '../../../secrets/clean.ts';
import {
  type FindContext,
  type Json,
  readTool,
  type Tool,
  ToolError,
  type ToolOutcome,
  writeTool,
} from '../../../tools/tool.ts';
import { markedTool } from '../../beside.ts';
import { type Channel, channelNamed, channelsOf } from '../channels.ts';
import { reading, writing } from '../client.ts';
import { slackText } from '../text.ts';

export interface Desk {
  readonly now: () => Date;
  api(): WebClient;
}

const channelField = z.string().trim().min(1).max(90).describe('#name of the channel.');
const timestamp = z
  .string()
  .regex(/^\d{1,12}\.\d{1,9}$/, 'As Slack writes it: 1730000000.000100')
  .describe('The "ts" of a message, as a tool told it.');
const longestText = 8_000;

export function listChannels(desk: Desk): Tool {
  return readTool({
    name: 'list_slack_channels',
    title: 'List Slack channels',
    description: 'The channels the app can see, and whether it may post there.',
    input: z.strictObject({}),
    permissions: [],
    words: { action: 'list', object: 'slack_channel', synonyms: ['slack channels', 'channels'] },
    async read() {
      const { channels, complete } = await channelsOf(desk.api());
      const data = channels.map(({ id, name, isPrivate, isMember, isShared }) => ({
        ...{ id, channel: `#${name}`, private: isPrivate, can_post: isMember, shared_with_others: isShared },
      }));
      return {
        ...cleanForeignStrings({
          view: { object: 'list', of: 'channels', data, complete, seen: data.length },
          record: channels as unknown as Json,
          summary: `Listed ${data.length} channels`,
        }),
        ...{ objects: [], requestIds: [] },
      };
    },
  });
}

const sealedMessage = z.strictObject({
  ...{ channel: z.string(), name: z.string(), text: z.string(), thread: z.string().optional() },
});

/** One tool for the company's own channels, one for those where other companies read along: policy tells them apart. */
export const postTools = (desk: Desk): Tool[] => [poster(desk, false), poster(desk, true)];

function poster(desk: Desk, isShared: boolean): Tool {
  return markedTool({
    name: isShared ? 'post_to_shared_slack_channel' : 'post_slack_message',
    title: isShared ? 'Post to shared Slack channel' : 'Post to Slack',
    description: isShared
      ? 'Posts to a Slack channel that other companies are in as well. For the company’s own channels use post_slack_message.'
      : 'Posts a message to a channel of the company’s Slack, or answers in a thread there.',
    effect: isShared ? 'outbound' : 'write',
    input: z.strictObject({
      channel: channelField,
      text: z
        .string()
        .trim()
        .min(1)
        .max(longestText)
        .describe('Markdown. Amounts exactly as tools wrote them.'),
      thread: timestamp.optional().describe('Answers in the thread of this message: its "ts".'),
    }),
    sealed: sealedMessage,
    permissions: [],
    words: isShared
      ? { action: 'post', object: 'shared_slack_message' }
      : {
          ...{ action: 'post', object: 'slack_message' },
          synonyms: [
            'slack',
            'tell slack',
            'notify slack',
            'slack channel',
            'message slack',
            'post in slack',
            'write to slack',
          ],
        },
    now: desk.now,
    async plan({ channel: named, text, thread }) {
      if (maskCardNumbers(text).found.length > 0)
        throw new ToolError('card_number_refused', 'There is a card number in "text"; it was not posted.', {
          next: 'Leave it out; name the card by its brand and last four digits.',
        });
      const channel = await channelNamed(desk.api(), named);
      mustFit(channel, isShared);
      return {
        sealed: { channel: channel.id, name: channel.name, text, ...(thread && { thread }) },
        preview: {
          summary: `Post to #${channel.name}${thread ? ', in a thread' : ''}: “${firstLine(text)}”`,
          facts: [
            { label: 'Text', value: text },
            { label: 'Who reads it', value: readersOf(channel) },
            { label: 'Can be undone', value: 'it can be deleted again' },
          ],
          objects: [],
        },
      };
    },
    look: (sealed, context) => lookFor(desk.api(), sealed, context),
    async send({ channel, name, text, thread }, { operationId }) {
      const made = await writing(() =>
        desk.api().chat.postMessage({
          ...{ channel, text: slackText(text), ...(thread && { thread_ts: thread }) },
          ...{ unfurl_links: false, unfurl_media: false },
          metadata: { event_type: 'purser_operation', event_payload: { operation: operationId } },
        }),
      );
      return posted({ channel, name, thread }, made.ts ?? '');
    },
  });
}

function mustFit({ name, isShared }: Channel, wanted: boolean): void {
  if (isShared === wanted) return;
  throw isShared
    ? new ToolError('shared_with_others', `Other companies read #${name} as well.`, {
        next: 'If that is meant, use post_to_shared_slack_channel.',
      })
    : new ToolError('not_shared', `#${name} is the company’s own.`, { next: 'Use post_slack_message.' });
}

const readersOf = ({ isPrivate, isShared }: Channel): string =>
  isShared
    ? 'people of other companies, too'
    : isPrivate
      ? 'the members of this private channel'
      : 'everybody in this Slack';

const firstLine = (text: string): string => {
  const [line = ''] = text.split('\n');
  return line.length > 120 ? `${line.slice(0, 117)}…` : line;
};

/** The message that bears the operation's mark. */
async function lookFor(
  api: WebClient,
  { channel, name, thread }: z.infer<typeof sealedMessage>,
  { operationId, since }: FindContext,
): Promise<ToolOutcome | null> {
  const oldest = String(Math.floor(since.getTime() / 1000));
  const asked = { channel, oldest, limit: 200, include_all_metadata: true };
  const { messages = [] } = await reading(() =>
    thread ? api.conversations.replies({ ...asked, ts: thread }) : api.conversations.history(asked),
  );
  const left = messages.find(({ metadata }) => operationOf(metadata) === operationId);
  return left?.ts ? posted({ channel, name, thread }, left.ts) : null;
}

const mark = z.object({ event_payload: z.object({ operation: z.string() }) });
const operationOf = (metadata: unknown): string | undefined =>
  mark.safeParse(metadata).data?.event_payload.operation;

function posted(
  { channel, name, thread }: { channel: string; name: string; thread?: string | undefined },
  ts: string,
): ToolOutcome {
  return {
    view: {
      object: 'slack_message',
      id: `${channel}/${ts}`,
      channel: `#${name}`,
      ts,
      ...(thread && { thread }),
    },
    record: { channel, ts },
    summary: `Posted to #${name}`,
    objects: [{ type: 'slack_message', id: `${channel}/${ts}`, label: `#${name}` }],
    requestIds: [],
    undo: { tool: 'delete_slack_message', input: { channel: `#${name}`, ts }, label: 'Delete the message' },
  };
}

const sealedDeletion = z.strictObject({ channel: z.string(), name: z.string(), ts: z.string() });

/** Slack lets the app delete only what it posted itself; a second time there is nothing left to delete. */
export function deleteMessage(desk: Desk): Tool {
  return writeTool({
    name: 'delete_slack_message',
    title: 'Delete Slack message',
    description: 'Deletes a message that the app posted itself, by its channel and "ts".',
    effect: 'destructive',
    input: z.strictObject({ channel: channelField, ts: timestamp }),
    sealed: sealedDeletion,
    permissions: [],
    words: { action: 'delete', object: 'slack_message', synonyms: ['delete slack message'] },
    async plan({ channel: named, ts }) {
      const { id, name } = await channelNamed(desk.api(), named);
      return {
        sealed: { channel: id, name, ts },
        preview: {
          summary: `Delete the message ${ts} in #${name}`,
          facts: [{ label: 'Can be undone', value: 'no' }],
          objects: [],
        },
      };
    },
    async act({ channel, name, ts }) {
      await writing(() => desk.api().chat.delete({ channel, ts })).catch((error: unknown) => {
        if (!(error instanceof ToolError && error.code === 'not_found')) throw error;
      });
      return {
        view: { object: 'slack_message', id: `${channel}/${ts}`, deleted: true },
        ...{ record: { channel, ts }, summary: `Deleted a message in #${name}`, objects: [], requestIds: [] },
      };
    },
  });
}
