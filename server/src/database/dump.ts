import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type pg from 'pg';
import { from as copyFrom, to as copyTo } from 'pg-copy-streams';
import { dropStructure, readStructure, type TableColumns } from './structure.ts';

/** Our schemas: Purser's tables, those of sign-in, those of the workflow library. Nothing else is read or touched. */
const schemas = ['public', 'auth', 'dbos'];

/** A part of a dump: a statement, or a table's rows in the text form of Postgres's COPY. */
export type DumpPart =
  | { readonly kind: 'statement'; readonly sql: string }
  | { readonly kind: 'rows'; readonly sql: string; readonly rows: AsyncIterable<Buffer> };

const isText = (text: unknown): text is string => typeof text === 'string';

async function ownSchemas(client: pg.ClientBase): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(
    'select nspname as name from pg_namespace where nspname = any($1)',
    [schemas],
  );
  const names = rows.map(({ name }) => name).filter(isText);
  return schemas.filter((schema) => names.includes(schema));
}

const copyOf = ({ table, columns }: TableColumns): string => `copy ${table} (${columns.join(', ')})`;

/**
 * Everything in the database as of one moment, while others go on working: statements that make it anew, and the rows
 * between them. `read` is called once with the parts; what it did not read is not read later.
 */
export async function dump<T>(
  pool: pg.Pool,
  read: (parts: AsyncGenerator<DumpPart>) => Promise<T>,
): Promise<T> {
  const client = await pool.connect();
  try {
    await client.query(`begin isolation level repeatable read read only; set local search_path = ''`);
    return await read(partsOf(client));
  } finally {
    await client.query('rollback').catch(() => undefined);
    client.release();
  }
}

async function* partsOf(client: pg.PoolClient): AsyncGenerator<DumpPart> {
  const { before, tables, after } = await readStructure(client, await ownSchemas(client));
  for (const sql of before) yield { kind: 'statement', sql };
  for (const table of tables) {
    const rows: Readable = client.query(copyTo(`${copyOf(table)} to stdout`));
    yield { kind: 'rows', sql: `${copyOf(table)} from stdin`, rows };
  }
  for (const sql of after) yield { kind: 'statement', sql };
}

/**
 * Replaces all that the database holds by what a dump holds, or changes nothing. `parts` may throw at any point, also
 * after the last part: then nothing was changed.
 */
export async function restoreDump(pool: pg.Pool, parts: AsyncIterable<DumpPart>): Promise<void> {
  const client = await pool.connect();
  try {
    await client.query(`begin; set local search_path = ''; set local check_function_bodies = off`);
    await dropStructure(client, schemas);
    for await (const part of parts) {
      if (part.kind === 'statement') await client.query(part.sql);
      else await pipeline(part.rows, client.query(copyFrom(part.sql)));
    }
    await client.query('commit');
  } catch (error) {
    await client.query('rollback').catch(() => undefined);
    throw error;
  } finally {
    client.release();
  }
}
