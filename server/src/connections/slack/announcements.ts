/** Approvals and alerts in a channel, and the buttons under them. */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import type { Json } from '../../tools/tool.ts';
import {
  type Announcement,
  type AnnouncementSender,
  type AnnouncementType,
  ConnectionProblem,
  type ConnectionTarget,
  type OutsideAnswer,
  type ToolTarget,
} from '../connection.ts';
import { channelNamed } from './channels.ts';
import { reading, slackClient, slackForm, writing } from './client.ts';
import { escaped, slackText } from './text.ts';

const wanted: readonly AnnouncementType[] = ['approval.requested', 'approval.decided', 'alert.raised'];

const approvalSchema = z.object({
  ...{ id: z.string(), digest: z.string(), status: z.string(), summary: z.string(), reason: z.string() },
  ...{ mode: z.string(), link: z.string(), expires_at: z.string(), requested_by: z.string() },
  ...{ account: z.object({ name: z.string() }), agent: z.object({ name: z.string() }) },
  facts: z.array(z.object({ label: z.string(), value: z.string() })),
  ...{ decided_by: z.string().nullable(), decision_reason: z.string().nullable() },
});
type ApprovalData = z.infer<typeof approvalSchema>;
const alertSchema = z.object({ title: z.string(), text: z.string(), link: z.string().optional() });
const receiptSchema = z.object({ channel: z.string(), ts: z.string() });

export const slackAnnouncements: AnnouncementSender = {
  wants: ({ credentials }) => (slackForm.parse(credentials).channel ? wanted : []),
  async send(target, announcement, earlier) {
    if (announcement.type === 'approval.decided') return settle(target, announcement, earlier);
    if (announcement.type === 'approval.requested') {
      const approval = approvalSchema.parse(announcement.data.approval);
      return post(
        target,
        announcement,
        `Approval needed: ${approval.summary}`,
        askBlocks(approval, buttonsWork(target)),
      );
    }
    const { title, text, link } = alertSchema.parse(announcement.data);
    const more = link ? `\n${linkText(link, 'Look at it')}` : '';
    return post(target, announcement, title, [section(`*${escaped(title)}*\n${slackText(text)}${more}`)]);
  },
};

const buttonsWork = ({ credentials }: ConnectionTarget) =>
  slackForm.parse(credentials).signingSecret !== undefined;

/** Posts once: what bears the announcement's id is not posted again. */
async function post(
  target: ToolTarget,
  announcement: Announcement,
  text: string,
  blocks: Json[],
): Promise<Json> {
  const api = slackClient(target);
  const channel = await channelNamed(api, slackForm.parse(target.credentials).channel ?? '');
  const { messages = [] } = await reading(() =>
    api.conversations.history({
      ...{ channel: channel.id, limit: 200, include_all_metadata: true },
      oldest: String(Math.floor(announcement.at.getTime() / 1000) - 60),
    }),
  );
  const before = messages.find(({ metadata }) => announcementOf(metadata) === announcement.id);
  if (before?.ts) return { channel: channel.id, ts: before.ts };
  const made = await writing(() =>
    api.chat.postMessage({
      ...{ channel: channel.id, text: escaped(text), blocks: blocks as never },
      ...{ unfurl_links: false, unfurl_media: false },
      metadata: { event_type: 'purser_announcement', event_payload: { announcement: announcement.id } },
    }),
  );
  return { channel: channel.id, ts: made.ts ?? '' };
}

const announcementMark = z.object({ event_payload: z.object({ announcement: z.string() }) });
const announcementOf = (metadata: unknown) =>
  announcementMark.safeParse(metadata).data?.event_payload.announcement;

/** What was asked is told to be decided, in its place; its buttons go. */
async function settle(target: ToolTarget, announcement: Announcement, earlier: Json | null): Promise<Json> {
  const asked = receiptSchema.safeParse(earlier).data;
  // Nobody was asked here: the connection came later, or it was decided at once.
  if (!asked) return { skipped: true };
  const approval = approvalSchema.parse(announcement.data.approval);
  const text = `${outcomeWords(approval)}: ${approval.summary}`;
  await writing(() =>
    slackClient(target).chat.update({
      ...{ channel: asked.channel, ts: asked.ts, text: escaped(text) },
      blocks: [...factBlocks(approval), section(`*${escaped(outcomeWords(approval))}*`)] as never,
    }),
  );
  return asked;
}

function outcomeWords({ status, decided_by: by, decision_reason: reason }: ApprovalData): string {
  const who = by ? ` by ${by}` : '';
  switch (status) {
    case 'approved':
      return `Approved${who}`;
    case 'rejected':
      return `Rejected${who}${reason ? `: ${reason}` : ''}`;
    case 'expired':
      return 'Expired: nobody decided in time';
    default:
      return 'No longer needed';
  }
}

const longestSection = 2_900;
const section = (text: string): Json => ({
  type: 'section',
  text: { type: 'mrkdwn', text: text.slice(0, longestSection) },
});
const linkText = (link: string, label: string): string =>
  /^https?:\/\//.test(link) ? `<${escaped(link)}|${label}>` : `${label}: ${escaped(link)}`;

function factBlocks({ summary, facts, agent, account, mode, requested_by: by }: ApprovalData): Json[] {
  const shown = facts
    .slice(0, 8)
    .map(({ label, value }) => `*${escaped(label)}*: ${escaped(value.slice(0, 500))}`);
  const where = `${escaped(agent.name)} for ${escaped(by)} · ${escaped(account.name)}${mode === 'live' ? ' · LIVE' : ''}`;
  return [
    section(`*${escaped(summary)}*\n${where}`),
    ...(shown.length > 0 ? [section(shown.join('\n'))] : []),
  ];
}

/** The button holds what it approves: an approval, and the digest of exactly what is shown above it. */
function askBlocks(approval: ApprovalData, hasButtons: boolean): Json[] {
  const value = JSON.stringify({ approval: approval.id, digest: approval.digest });
  const button = (text: string, action: string, style: string): Json => ({
    ...{ type: 'button', action_id: action, value, style },
    text: { type: 'plain_text', text },
  });
  return [
    ...factBlocks(approval),
    section(`${escaped(approval.reason)}\n${linkText(approval.link, 'Open in Purser')}`),
    ...(hasButtons
      ? [
          {
            type: 'actions',
            elements: [button('Approve', approveAction, 'primary'), button('Reject', rejectAction, 'danger')],
          },
        ]
      : []),
  ];
}

const approveAction = 'purser_approve';
const rejectAction = 'purser_reject';
/** Slack's own advice: older ones are replayed. */
const toleranceS = 300;

/** @throws ConnectionProblem */
export function verifySlack(
  secret: string,
  { raw, header }: { raw: string; header: (name: string) => string | undefined },
  now: Date,
): void {
  const at = header('x-slack-request-timestamp') ?? '';
  const given = Buffer.from(header('x-slack-signature') ?? '');
  if (!/^\d{1,12}$/.test(at) || Math.abs(now.getTime() / 1000 - Number(at)) > toleranceS)
    throw refused('signature_old', 'The request is too old, or its clock is wrong.');
  const own = Buffer.from(`v0=${createHmac('sha256', secret).update(`v0:${at}:${raw}`).digest('hex')}`);
  if (given.length !== own.length || !timingSafeEqual(given, own))
    throw refused('signature_wrong', 'Slack did not sign this with the secret of this connection.');
}

const refused = (code: string, message: string) =>
  new ConnectionProblem(code, message, 'Compare the signing secret with that of the app at Slack.');

const payloadSchema = z.object({
  type: z.literal('block_actions'),
  team: z.object({ id: z.string() }),
  user: z.object({ id: z.string().regex(/^[A-Z0-9]{1,40}$/) }),
  channel: z.object({ id: z.string() }),
  actions: z.array(z.object({ action_id: z.string(), value: z.string().optional() })).min(1),
});
const buttonValue = z.object({ approval: z.string().max(80), digest: z.string().max(200) });

/** A press of a button, read only once the signature is right. */
export async function slackAnswer(
  target: ToolTarget,
  sent: { readonly raw: string; readonly header: (name: string) => string | undefined },
): Promise<OutsideAnswer | null> {
  const { signingSecret } = slackForm.parse(target.credentials);
  if (!signingSecret)
    throw new ConnectionProblem(
      'no_signing_secret',
      'This connection has no signing secret, so no button is believed.',
      'Replace its key and enter the signing secret of the app.',
    );
  verifySlack(signingSecret, sent, target.now());
  const payload = payloadSchema.safeParse(readPayload(sent.raw)).data;
  const action = payload?.actions[0];
  if (!payload || !action || ![approveAction, rejectAction].includes(action.action_id)) return null;
  if (payload.team.id !== target.account.id)
    throw refused('other_workspace', 'This comes from another Slack workspace.');
  const value = buttonValue.safeParse(readJson(action.value ?? '')).data;
  if (!value) return null;
  const api = slackClient(target);
  const user = payload.user.id;
  const { user: who } = await reading(() => api.users.info({ user }));
  // Guests and bots are nobody's colleague, whatever address they entered.
  const isOutsider =
    who?.deleted || who?.is_bot || who?.is_restricted || who?.is_ultra_restricted || who?.is_stranger;
  return {
    ...{ approvalId: value.approval, digest: value.digest, approve: action.action_id === approveAction },
    email: isOutsider ? null : (who?.profile?.email ?? null),
    async tell(text) {
      await writing(() => api.chat.postEphemeral({ channel: payload.channel.id, user, text: escaped(text) }));
    },
  };
}

function readPayload(raw: string): unknown {
  return readJson(new URLSearchParams(raw).get('payload') ?? '');
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
