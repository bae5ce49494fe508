import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type pg from 'pg';

/** A database that does not fit this version of Purser: made by a newer one, or with an edited migration. */
export class MigrationError extends Error {
  constructor(message: string, options: { cause?: unknown } = {}) {
    super(message, options);
    this.name = 'MigrationError';
  }
}

interface Migration {
  readonly name: string;
  readonly sql: string;
  readonly checksum: string;
}

/** Any fixed number: instances that start together take turns on this lock. */
const migrationLock = 7_305_001;

const ownFolder = join(import.meta.dirname, 'migrations');

async function readMigrations(folder: string): Promise<Migration[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.sql')).sort();
  const migrations = [];
  for (const name of names) {
    if (!/^\d{4}-[a-z0-9-]+\.sql$/.test(name)) throw new MigrationError(`${name} is not named NNNN-name.sql`);
    const sql = await readFile(join(folder, name), 'utf8');
    migrations.push({ name, sql, checksum: createHash('sha256').update(sql).digest('hex') });
  }
  return migrations;
}

/** The names of all migrations that this version has, in order. */
export async function knownMigrations(): Promise<string[]> {
  return (await readMigrations(ownFolder)).map(({ name }) => name);
}

/** The ones still to run. @throws MigrationError when what was run is not what this version knows. */
function pending(known: readonly Migration[], done: ReadonlyMap<string, string>): Migration[] {
  const names = new Set(known.map(({ name }) => name));
  for (const name of done.keys()) {
    if (!names.has(name)) {
      throw new MigrationError(
        `The database was made by a newer Purser (it has ${name}). Start that version, or use another data folder.`,
      );
    }
  }
  for (const { name, checksum } of known) {
    const before = done.get(name);
    if (before !== undefined && before !== checksum) {
      throw new MigrationError(`Migration ${name} was changed after it had run. Write a new one instead.`);
    }
  }
  return known.filter(({ name }) => !done.has(name));
}

async function inTransaction(client: pg.ClientBase, migration: Migration): Promise<void> {
  await client.query('begin');
  try {
    await client.query(migration.sql);
    await client.query('insert into migrations (name, checksum) values ($1, $2)', [
      migration.name,
      migration.checksum,
    ]);
    await client.query('commit');
  } catch (error) {
    await client.query('rollback');
    const why = error instanceof Error ? error.message : String(error);
    throw new MigrationError(`Migration ${migration.name} failed: ${why}`, { cause: error });
  }
}

/**
 * Brings the database to this version: SQL files in order, each in a transaction, at most once, one instance at a time.
 * @returns the names of those that ran now
 */
export async function migrate(client: pg.ClientBase, folder: string = ownFolder): Promise<string[]> {
  const known = await readMigrations(folder);
  await client.query('select pg_advisory_lock($1)', [migrationLock]);
  try {
    await client.query(
      `create table if not exists migrations
         (name text primary key, checksum text not null, ran_at timestamptz not null default now())`,
    );
    const { rows } = await client.query<{ name: string; checksum: string }>(
      'select name, checksum from migrations',
    );
    const todo = pending(known, new Map(rows.map(({ name, checksum }) => [name, checksum])));
    for (const migration of todo) await inTransaction(client, migration);
    return todo.map(({ name }) => name);
  } finally {
    await client.query('select pg_advisory_unlock($1)', [migrationLock]);
  }
}
