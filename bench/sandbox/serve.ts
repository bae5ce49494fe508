/** The sandbox as its public entry offers it: `node serve.ts [FOLDER]`. Prints where it listens. */
import { createSandbox } from '@purser/sandbox';

const sandbox = createSandbox({ dataDir: process.argv[2] ?? null });
const { url } = await sandbox.listen({ port: 0 });
console.log(`ready at ${url}`);
process.once('SIGTERM', async () => {
  await sandbox.close();
  process.exit(0);
});
