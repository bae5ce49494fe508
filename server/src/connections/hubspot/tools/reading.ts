import { z } from 'zod';
import { cleanForeignStrings } from '../../../secrets/clean.ts';
import { type Json, readTool, type Tool } from '../../../tools/tool.ts';
import type { ToolTarget } from '../../connection.ts';
import { hubspotClient, reading } from '../client.ts';
import { type RecordName, recordKinds, recordNamed, recordView, refOf } from '../records.ts';

export const readingTools = (target: ToolTarget): Tool[] =>
  (['contact', 'company', 'deal'] as const).flatMap((name) => [finder(target, name), reader(target, name)]);

function finder(target: ToolTarget, name: RecordName): Tool {
  const which = recordKinds[name];
  const many = which.kind;
  return readTool({
    name: `find_hubspot_${many}`,
    title: `Find HubSpot ${many}`,
    description: `Finds ${many} in HubSpot by words in their names, addresses and numbers.`,
    input: z.strictObject({
      query: z.string().trim().min(1).max(200).describe('A name, e-mail address, domain or number.'),
      limit: z.number().int().min(1).max(50).optional().describe('Default 10.'),
    }),
    permissions: [],
    words: { action: 'list', object: which.object, synonyms: [`hubspot ${many}`, `crm ${many}`] },
    async read({ query, limit = 10 }, { signal }) {
      const api = hubspotClient(target, signal);
      const found = await reading(() =>
        api.search(many, { filters: [], query, properties: which.shown, limit }),
      );
      const data = found.results.map((record) => recordView(which, record));
      return {
        ...cleanForeignStrings({
          view: { object: 'list', of: many, data, complete: found.total <= data.length, seen: data.length },
          record: found.results as unknown as Json,
          summary: `Found ${data.length} ${many} in HubSpot`,
        }),
        objects: found.results.map((record) => refOf(which, record)),
        requestIds: [],
      };
    },
  });
}

function reader(target: ToolTarget, name: RecordName): Tool {
  const which = recordKinds[name];
  const { kind, one } = which;
  return readTool({
    name: `get_hubspot_${one}`,
    title: `Read HubSpot ${one}`,
    description: `Reads one ${one} of HubSpot, with its notes.`,
    input: z.strictObject({
      record: z
        .string()
        .trim()
        .min(1)
        .max(200)
        .describe(`Its id, or the ${one}'s ${name === 'contact' ? 'e-mail address or name' : 'name'}.`),
    }),
    permissions: [],
    words: { action: 'get', object: which.object, synonyms: [`hubspot ${one}`, `crm ${one}`] },
    async read({ record: named }, { signal }) {
      const api = hubspotClient(target, signal);
      const record = await recordNamed(api, which, named);
      const notes = await reading(() => api.notesOf(kind, record.id));
      const said = notes.map(({ id, properties }) => ({
        id,
        text: properties.hs_note_body ?? '',
        at: properties.hs_timestamp ?? null,
      }));
      return {
        ...cleanForeignStrings({
          view: { ...recordView(which, record), notes: said },
          record: { record, notes } as unknown as Json,
          summary: `Read the ${one} ${which.nameOf(record)}`,
        }),
        ...{ objects: [refOf(which, record)], requestIds: [] },
      };
    },
  });
}
