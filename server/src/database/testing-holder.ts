/**
 * Run as a process of its own by the crash tests: opens the embedded database of the folder it is given, writes a row,
 * says so, and holds on until somebody kills it.
 */
import { silentLog } from '../log.ts';
import { openDatabase } from './database.ts';
import { jsonb } from './json.ts';

const [dataDir = '', key = 'held'] = process.argv.slice(2);
try {
  const { db } = await openDatabase({ dataDir, log: silentLog });
  await db
    .insertInto('settings')
    .values({ key, value: jsonb(process.pid) })
    .execute();
  process.stdout.write('holding\n');
  setInterval(() => undefined, 60_000);
} catch (error) {
  process.stdout.write(`refused: ${error instanceof Error ? error.message : error}\n`);
}
