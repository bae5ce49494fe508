/**
 * Vitest's global setup: one embedded Postgres for a whole test run, started when the first test asks for it, so that
 * runs without database tests do not wait.
 */
import { rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import pg from 'pg';
import type { TestProject } from 'vitest/node';
import { silentLog } from '../log.ts';
import { type Embedded, startEmbedded } from './embedded.ts';
import { migrate } from './migrate.ts';
import { testFolder } from './testing-folder.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** Answers the URL of the test cluster's template database. */
    postgresLauncher: string;
  }
}

/** The database `purser` of the cluster is migrated once and then the template of each test's own. */
async function startTemplate(dataDir: string): Promise<Embedded> {
  const embedded = await startEmbedded({ dataDir, log: silentLog, isVolatile: true });
  const client = new pg.Client({ connectionString: embedded.url });
  await client.connect();
  await migrate(client);
  await client.end();
  return embedded;
}

function listen(server: Server): Promise<number> {
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      resolve(address && typeof address === 'object' ? address.port : 0);
    });
  });
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const dataDir = await testFolder();
  let starting: Promise<Embedded> | undefined;
  const launcher = createServer((_request, response) => {
    starting ??= startTemplate(dataDir);
    starting.then(
      ({ url }) => response.end(url),
      (error: unknown) => response.writeHead(500).end(String(error)),
    );
  });
  project.provide('postgresLauncher', `http://127.0.0.1:${await listen(launcher)}`);
  return async () => {
    launcher.closeAllConnections();
    launcher.close();
    const embedded = await starting?.catch(() => undefined);
    await embedded?.stop(0);
    await rm(dataDir, { recursive: true, force: true });
  };
}
