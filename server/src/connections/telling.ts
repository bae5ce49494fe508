/** The connections that are told what happens in Purser, and what people answer there. */
import type { Kysely, Selectable } from 'kysely';
import type { ConnectionsTable, Schema } from '../database/schema.ts';
import { notFound, Problem } from '../problem.ts';
import type { Json } from '../tools/tool.ts';
import {
  type Announcement,
  type AnnouncementType,
  ConnectionProblem,
  type ConnectionType,
  type OutsideAnswer,
  type ToolTarget,
} from './connection.ts';

export interface Telling {
  /** Connections that are told what happens in Purser, and of what. */
  listeners(): Promise<{ id: string; since: Date; wants: readonly AnnouncementType[] }[]>;
  /** @throws Problem 404; ToolError, OutcomeUnknown when it could not be told */
  tell(id: string, announcement: Announcement, earlier: Json | null): Promise<Json>;
  /** What a person answered at the far side. @throws Problem 404, 400 for what was not signed; ToolError */
  readAnswer(
    id: string,
    sent: { raw: string; header: (name: string) => string | undefined },
  ): Promise<OutsideAnswer | null>;
}

export function createTelling(needs: {
  db: Kysely<Schema>;
  types: readonly ConnectionType[];
  row(id: string): Promise<Selectable<ConnectionsTable>>;
  typeOf(name: string): ConnectionType;
  target(found: Selectable<ConnectionsTable>): ToolTarget;
}): Telling {
  const { db, types, row, typeOf, target } = needs;
  return {
    async listeners() {
      const telling = types.filter(({ announcements }) => announcements).map(({ type }) => type);
      if (telling.length === 0) return [];
      const rows = await db
        .selectFrom('connections')
        .selectAll()
        .where('deleted_at', 'is', null)
        .where('type', 'in', telling)
        .execute();
      return rows.map((found) => ({
        ...{ id: found.id, since: found.created_at },
        wants: typeOf(found.type).announcements?.wants(target(found)) ?? [],
      }));
    },

    async tell(id, announcement, earlier) {
      const found = await row(id);
      const { announcements } = typeOf(found.type);
      if (!announcements) throw new Error(`${found.type} is told nothing.`);
      return announcements.send(target(found), announcement, earlier);
    },

    async readAnswer(id, sent) {
      const found = await row(id);
      const { answer } = typeOf(found.type);
      if (!answer) throw notFound('connection that answers', id);
      try {
        return await answer(target(found), sent);
      } catch (error) {
        if (!(error instanceof ConnectionProblem)) throw error;
        const { code, message, next } = error;
        const detail = `${message} ${next}`;
        throw new Problem({ status: 400, code, title: 'Not taken', detail, cause: error });
      }
    },
  };
}
