/**
 * Mail to those who may approve, about what waits for them: once for each approval, several in one mail. Whoever is at
 * the console decides within moments and is not written to.
 */
import type { Kysely } from 'kysely';
import type { PersonInfo } from '../access/people.ts';
import { can } from '../access/roles.ts';
import type { Clock } from '../clock.ts';
import type { Message } from '../connections/mail/message.ts';
import type { Outbox } from '../connections/mail/outbox.ts';
import { asText, linkTo } from '../connections/mail/template.ts';
import type { Schema } from '../database/schema.ts';
import { listApprovals } from '../guard/approval-list.ts';
import type { Approval } from '../guard/operation.ts';
import { personBehind } from '../guard/verdict.ts';

/** What is decided sooner needs no mail. */
const patienceMs = 30_000;
const perRound = 100;
/** More than these are counted, not told. */
const mostTold = 20;
const mostLetters = 600;
const footer =
  'You get this because your role lets you approve what agents propose. Turn it off in Purser under Settings → Notices.';

type Listener = Pick<PersonInfo, 'id' | 'name' | 'email' | 'role'>;

export interface ApprovalNotices {
  /** Writes about what waits and was not written about yet. @returns how many mails */
  send(): Promise<number>;
  isOn(personId: string): Promise<boolean>;
  turn(personId: string, on: boolean): Promise<void>;
}

export function createApprovalNotices(needs: {
  db: Kysely<Schema>;
  outbox: Outbox;
  clock: Clock;
  people(): Promise<readonly Listener[]>;
  /** Where people reach the console; null: nobody knows, and the mail has no link. */
  publicUrl: string | null;
  /** Whether an address has a mailbox. */
  isReachable(address: string): boolean;
}): ApprovalNotices {
  const { db, outbox, clock, people, publicUrl, isReachable } = needs;

  async function listeners(): Promise<Listener[]> {
    const muted = await db.selectFrom('muted_notices').select('person_id').execute();
    const silent = new Set(muted.map(({ person_id }) => person_id));
    return (await people()).filter(
      ({ id, email, role }) => can(role, 'approve') && !silent.has(id) && isReachable(email),
    );
  }

  return {
    async send() {
      const now = clock.now();
      return db.transaction().execute(async (trx) => {
        const due = await trx
          .selectFrom('approvals')
          .select(['id', 'barred', 'given'])
          .where('status', '=', 'pending')
          .where('noticed_at', 'is', null)
          .where('requested_at', '<=', new Date(now.getTime() - patienceMs))
          .orderBy('requested_at')
          .limit(perRound)
          .forUpdate()
          .skipLocked()
          .execute();
        if (due.length === 0) return 0;
        const ids = due.map(({ id }) => id);
        await trx.updateTable('approvals').set({ noticed_at: now }).where('id', 'in', ids).execute();
        const approvals = (await listApprovals(trx, { ids })).toReversed();
        let mails = 0;
        for (const person of await listeners()) {
          const theirs = new Set(due.filter((each) => mayDecide(each, person)).map(({ id }) => id));
          const told = approvals.filter(({ id }) => theirs.has(id));
          const first = told[0];
          if (!first) continue;
          const once = `approvals:${person.id}:${first.id}`;
          const message = noticeOf(told, person, publicUrl);
          await outbox.put(
            message,
            { once, footer, ...(told.length === 1 && { threadId: first.threadId }) },
            trx,
          );
          mails += 1;
        }
        return mails;
      });
    },

    async isOn(personId) {
      const muted = await db
        .selectFrom('muted_notices')
        .select('person_id')
        .where('person_id', '=', personId)
        .executeTakeFirst();
      return muted === undefined;
    },

    async turn(personId, on) {
      if (on) await db.deleteFrom('muted_notices').where('person_id', '=', personId).execute();
      else
        await db
          .insertInto('muted_notices')
          .values({ person_id: personId, muted_at: clock.now() })
          .onConflict((conflict) => conflict.doNothing())
          .execute();
    },
  };
}

/** Who asked for it may be barred from saying yes, and who said yes already is not asked twice. */
function mayDecide({ barred, given }: { barred: string | null; given: unknown }, { id }: Listener): boolean {
  const yes = given as { type: string; id: string; madeBy?: string }[];
  return barred !== `person:${id}` && !yes.some((by) => personBehind(by) === `person:${id}`);
}

/** Names and reasons are told as text: whatever somebody wrote into a name opens no link here. */
export function noticeOf(
  approvals: readonly Approval[],
  person: Pick<Listener, 'name' | 'email'>,
  publicUrl: string | null,
): Message {
  const [only, ...others] = approvals;
  const live = approvals.some(({ mode }) => mode === 'live') ? 'LIVE: ' : '';
  const subject =
    only && others.length === 0 ? `Approve? ${only.summary}` : `${approvals.length} approvals wait for you`;
  const inbox = publicUrl === null ? null : new URL('/inbox', publicUrl).href;
  const more = approvals.length - mostTold;
  const body = [
    `Hello ${asText(person.name)},`,
    approvals.length === 1
      ? 'this waits for somebody’s word. Nothing happens until then.'
      : `${approvals.length} things wait for somebody’s word. Nothing happens until then.`,
    ...approvals.slice(0, mostTold).map(toldOf),
    ...(more > 0 ? [`And ${more} more.`] : []),
    inbox === null ? 'Decide in Purser, in the inbox.' : linkTo('Decide in the inbox', inbox),
  ].join('\n\n');
  return { to: person.email, subject: `${live}${subject}`.replace(/\s+/g, ' ').slice(0, 200), body };
}

function toldOf(approval: Approval): string {
  const { summary, mode, account, agentName, requestedBy, reason, expiresAt, outside, needed } = approval;
  const where = `${mode === 'live' ? '**LIVE**' : 'Test mode'}, ${asText(account.name)}`;
  const lines = [
    `**${asText(summary.slice(0, mostLetters))}**`,
    `${where}, proposed by ${asText(agentName)}, asked for by ${asText(requestedBy)}.`,
    `Why you are asked: ${asText(reason.slice(0, mostLetters))}`,
    ...(needed > 1 ? [`${needed} people must approve it.`] : []),
    outside
      ? `Stripe itself asks for this one: ${placeOf(outside.url)}.`
      : `Void after ${momentOf(expiresAt)}.`,
  ];
  return lines.join('\n');
}

const placeOf = (url: string) =>
  /^https:\/\//.test(url) ? linkTo('decide it there', url) : 'decide it in the Stripe Dashboard';

const momentOf = (iso: string) =>
  `${new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeStyle: 'short', timeZone: 'UTC' }).format(new Date(iso))} UTC`;
