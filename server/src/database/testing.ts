import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { inject } from 'vitest';
import type { Log } from '../log.ts';
import { silentLog } from '../log.ts';
import { type Database, openDatabase } from './database.ts';

async function onTemplate(url: string, statement: string): Promise<void> {
  const maintenance = new URL(url);
  maintenance.pathname = '/postgres';
  const client = new pg.Client({ connectionString: maintenance.href });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

/** A fresh, empty database on real Postgres, up to date. `url` alone serves tests that start processes. */
export async function createTestDatabase(): Promise<{ url: string; drop(): Promise<void> }> {
  const answer = await fetch(inject('postgresLauncher'));
  const template = await answer.text();
  if (!answer.ok) throw new Error(template);
  const name = `test_${randomBytes(8).toString('hex')}`;
  await onTemplate(template, `create database ${name} template purser strategy file_copy`);
  const url = new URL(template);
  url.pathname = `/${name}`;
  return { url: url.href, drop: () => onTemplate(template, `drop database ${name} with (force)`) };
}

/** The same, opened; `close` also drops it. */
export async function testDatabase(options: { log?: Log } = {}): Promise<Database> {
  const { url, drop } = await createTestDatabase();
  const database = await openDatabase({
    dataDir: '',
    databaseUrl: url,
    log: options.log ?? silentLog,
    poolSize: 8,
  });
  return {
    ...database,
    async close() {
      await database.close();
      await drop();
    },
  };
}
