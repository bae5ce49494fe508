import { besideAccount, besidePresets, keyInfo } from '../beside.ts';
import {
  type CheckedConnection,
  ConnectionProblem,
  type ConnectionTarget,
  type ConnectionType,
  type Scope,
} from '../connection.ts';
import { checkFailure } from '../far-side.ts';
import { slackAnnouncements, slackAnswer } from './announcements.ts';
import { failureOf, keyPage, slackClient, slackForm } from './client.ts';
import { deleteMessage, listChannels, postTools } from './tools/messages.ts';

const scopes: readonly Scope[] = [
  { name: 'chat:write', why: 'post messages, and delete those it posted' },
  { name: 'channels:read', why: 'find channels by name' },
  { name: 'channels:history', why: 'see whether a message arrived when no answer came' },
  { name: 'groups:read', why: 'the same in private channels', optional: true },
  { name: 'groups:history', why: 'the same in private channels', optional: true },
  { name: 'users:read', why: 'know who pressed a button under an approval', optional: true },
  { name: 'users:read.email', why: 'find the Purser person behind them', optional: true },
];

/** Asks whose token it is; Slack names its scopes with every answer. @throws ConnectionProblem */
async function checkSlack(target: ConnectionTarget): Promise<CheckedConnection> {
  const { token } = slackForm.parse(target.credentials);
  try {
    const who = await slackClient(target).auth.test();
    if (!who.team_id || !who.bot_id)
      throw new ConnectionProblem(
        'no_bot',
        'This is no bot token.',
        'Copy the token that begins with xoxb-.',
      );
    const granted = who.response_metadata?.scopes ?? [];
    const knows = granted.length > 0;
    const permissions = scopes.map(({ name, optional }) => ({
      ...{
        resource: name,
        label: name,
        needed: optional && !granted.includes(name) ? ('none' as const) : ('write' as const),
      },
      granted: !knows
        ? ('unknown' as const)
        : granted.includes(name)
          ? ('write' as const)
          : ('none' as const),
      ok: Boolean(optional) || !knows || granted.includes(name),
    }));
    const excess = granted.filter((name) => !scopes.some((scope) => scope.name === name));
    return {
      ...{ mode: 'live', timeZone: 'UTC', permissions, key: keyInfo(token) },
      account: besideAccount(who.team_id, `Slack (${who.team ?? who.team_id})`),
      warnings:
        excess.length > 0 ? [`The app has scopes that Purser does not use: ${excess.join(', ')}.`] : [],
    };
  } catch (error) {
    throw error instanceof ConnectionProblem ? error : checkFailure(failureOf(error));
  }
}

/** One Slack workspace, by an app of one's own. */
export const slackConnection: ConnectionType = {
  type: 'slack',
  name: 'Slack',
  description: 'Messages to channels and threads, approvals answered by a button, alerts.',
  category: 'chat',
  does: [
    'Tells a channel what matters: a large payment, a lost dispute, a failed payout',
    'Asks for approvals where people are, answered by a button',
    'Answers in threads',
  ],
  scopes,
  setup: [
    `Open ${keyPage} and create an app from scratch in your workspace.`,
    'Under OAuth & Permissions add the bot scopes named here, and install the app.',
    'For approvals by button: under Interactivity set the request address that the connection’s page shows.',
    'Invite the app to the channels it should post to: /invite @Purser',
  ],
  credentials: slackForm.fields,
  acceptsBaseUrl: true,
  beside: true,
  parseCredentials: (entered) => slackForm.parse(entered),
  check: checkSlack,
  tools(target) {
    const desk = { now: target.now, api: () => slackClient(target) };
    return [listChannels(desk), ...postTools(desk), deleteMessage(desk)];
  },
  announcements: slackAnnouncements,
  answer: slackAnswer,
  presets: besidePresets(['list_slack_channels', 'post_slack_message']),
};
