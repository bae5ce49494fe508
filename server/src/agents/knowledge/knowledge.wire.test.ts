import type { EmbeddingModelV4 } from '@ai-sdk/provider';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Database } from '../../database/database.ts';
import { testDatabase } from '../../database/testing.ts';
import { silentLog } from '../../log.ts';
import { createAgent } from '../agents.ts';
import { createKnowledge, type Knowledge } from './knowledge.ts';

let database: Database;
let knowledge: Knowledge;
let agentId: string;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database?.close());
beforeEach(async () => {
  agentId = (await createAgent(database.db, { name: 'Ada' })).id;
  knowledge = createKnowledge({ db: database.db, log: silentLog, embedder: null });
});

const by = { type: 'person', id: 'usr_1', name: 'Olga' };
const add = (name: string, text: string, kind?: 'markdown' | 'text') =>
  knowledge.add({ agentId, name, bytes: Buffer.from(text), by, ...(kind && { kind }) });
const placesFor = async (query: string) =>
  (await knowledge.search(agentId, query, 5)).map(({ document, place }) => `${document}: ${place}`);

const policy = `# Refund policy
We refund purchases.
## Time limit
Customers may return goods within 30 days of delivery.
## Damaged goods
Send a photo; we pay the return label.
# Shipping
We ship within two working days with Parcelforce.`;

describe('searching', () => {
  it('finds what is asked by its rare words, whatever their form, and says where it stands', async () => {
    await add('policy.md', policy);
    await add('prices.csv', 'Plan,Price\nGold,100 USD\nSilver,50 USD');
    expect((await placesFor('how many days do customers have for returning something?'))[0]).toBe(
      'policy.md: Refund policy › Time limit',
    );
    expect((await placesFor('how long can people send back damaged goods?'))[0]).toBe(
      'policy.md: Refund policy › Damaged goods',
    );
    expect((await placesFor('What does the Gold plan cost?'))[0]).toBe('prices.csv: rows 2–3');
    expect((await placesFor('who ships it, parcelforce?'))[0]).toBe('policy.md: Shipping');
    expect(await placesFor('the weather in Lisbon tomorrow')).toEqual([]);
    expect(await placesFor('the of and')).toEqual([]);
  });

  it('reads each document in its own language', async () => {
    await add(
      'agb.md',
      '# Rückgabe\nDie Kundinnen und Kunden können die Waren innerhalb von 14 Tagen zurückgeben, und wir zahlen den Versand.\n# Haftung\nWir haften nicht für Schäden, die durch unsachgemäße Nutzung entstehen.',
    );
    await add('手引き.md', '# 返品\n商品は三十日以内に返品できます。\n# 配送\n二日以内に発送します。');
    expect((await placesFor('Wie viele Tage für eine Rückgabe?'))[0]).toBe('agb.md: Rückgabe');
    expect((await placesFor('Haftung bei Schaden'))[0]).toBe('agb.md: Haftung');
    expect((await placesFor('返品できますか'))[0]).toBe('手引き.md: 返品');
  });

  it('keeps to the agent’s own documents', async () => {
    await add('policy.md', policy);
    const other = await createAgent(database.db, { name: 'Other' });
    expect(await knowledge.search(other.id, 'refund', 5)).toEqual([]);
    expect(await knowledge.toolsOf(other.id)).toEqual([]);
    const { document } = await add('b.md', 'secret');
    await expect(knowledge.get(other.id, document.id)).rejects.toThrow(/no document/);
    await expect(knowledge.remove(other.id, document.id)).rejects.toThrow(/no document/);
  });

  it.each(["it's a 'quote' \\ & | ! :* <->", '"', '((((', "'; drop table passages; --"])(
    'takes any question: %s',
    async (query) => {
      await add('policy.md', policy);
      expect(Array.isArray(await knowledge.search(agentId, query, 5))).toBe(true);
    },
  );
});

describe('documents', () => {
  it('are read anew when they change, and left alone when they do not', async () => {
    const first = await add('a.md', 'We sell apples.');
    expect(await add('a.md', 'We sell apples.')).toMatchObject({ outcome: 'unchanged' });
    const second = await add('a.md', 'We sell pears.');
    expect([first.outcome, second.outcome, second.document.id]).toEqual([
      'added',
      'replaced',
      first.document.id,
    ]);
    expect(await placesFor('apples')).toEqual([]);
    expect(await placesFor('pears')).toEqual(['a.md: Beginning']);
    await knowledge.remove(agentId, first.document.id);
    expect(await placesFor('pears')).toEqual([]);
  });

  it('hold no card number and no key, wherever they stood', async () => {
    const { document } = await add(
      'a.md',
      `# Card 4242 4242 4242 4242\nKey sk_live_${'a1'.repeat(12)} and 4000056655665556.`,
    );
    const kept = JSON.stringify(await knowledge.get(agentId, document.id));
    expect(kept).not.toMatch(/4000056655665556|sk_live_a1a1/);
  });

  it('are refused with what to do when they cannot be read', async () => {
    await expect(add('a.docx', 'x')).rejects.toMatchObject({ status: 422, errors: [{ path: 'kind' }] });
    await expect(add('a.pdf', 'x')).rejects.toMatchObject({ status: 422, errors: [{ path: 'file' }] });
    await expect(
      knowledge.add({ agentId: 'agt_none', name: 'a.md', bytes: Buffer.from('x'), by }),
    ).rejects.toMatchObject({ status: 404 });
  });

  it('are no more than can be searched', async () => {
    const { document } = await add('a.md', 'One passage.');
    await sql`insert into passages (document_id, agent_id, position, place, text, search)
      select ${document.id}, ${agentId}, n, 'here', 'text', '' from generate_series(1, 9999) n`.execute(
      database.db,
    );
    const refused: unknown = await add('b.md', 'One more.').catch((error: unknown) => error);
    expect(refused).toMatchObject({ status: 409, code: 'knowledge_full' });
  });
});

describe('by meaning', () => {
  /** Knows two topics, and nothing of words. */
  const vectorOf = (text: string) => {
    const money = /refund|money back|reimburse/i.test(text) ? 1 : 0.05;
    const boats = /ship|vessel|parcel/i.test(text) ? 1 : 0.05;
    return [money, boats, 0.01];
  };
  let asked = 0;
  const heard: string[] = [];
  let broken = false;
  const model: EmbeddingModelV4 = {
    ...{ specificationVersion: 'v4', provider: 'fake', modelId: 'two-topics' },
    ...{ maxEmbeddingsPerCall: 10, supportsParallelCalls: false },
    async doEmbed({ values }) {
      asked += values.length;
      heard.push(...values);
      if (broken) throw new Error('down');
      return { embeddings: values.map(vectorOf), warnings: [] };
    },
  };

  it('finds what other words say, made after the upload, and goes on by words while the provider is away', async () => {
    await database.db.deleteFrom('documents').execute();
    knowledge = createKnowledge({
      db: database.db,
      log: silentLog,
      embedder: { id: 'fake/two-topics', model },
    });
    await add('policy.md', policy);
    expect(asked).toBe(0);
    expect(await placesFor('money back please')).toEqual([]);
    while ((await knowledge.index()) > 0);
    const found = await placesFor('can I get my money back');
    expect(found[0]).toMatch(/^policy.md: Refund policy/);
    expect((await placesFor('which vessel'))[0]).toBe('policy.md: Shipping');
    await placesFor('money back for 4111 1111 1111 1111');
    expect(heard.at(-1)).toBe('money back for [card number removed •••• 1111]');
    broken = true;
    expect((await placesFor('damaged goods'))[0]).toBe('policy.md: Refund policy › Damaged goods');
    broken = false;
    // Changed: its vectors are made anew.
    await add('policy.md', `${policy}\n# More\nreimburse`);
    const before = asked;
    while ((await knowledge.index()) > 0);
    expect(asked).toBeGreaterThan(before);
  });
});

it('gives the model passages as data, each with a citation that opens it', async () => {
  const { document } = await add('Refund [policy].md', policy);
  const [tool] = await knowledge.toolsOf(agentId);
  if (tool?.effect !== 'read') throw new Error('It reads.');
  const { view, summary } = await tool.read({ query: 'time limit for returns' }, {});
  expect(summary).toContain('Refund [policy].md');
  expect(view).toMatchObject({
    data: [
      {
        content: { document: 'Refund [policy].md', place: 'Refund policy › Time limit' },
        cite: `[Refund policy .md, Refund policy › Time limit](/agents/${agentId}/knowledge?document=${document.id}&at=1)`,
      },
    ],
  });
});
