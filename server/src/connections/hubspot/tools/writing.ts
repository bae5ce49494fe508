import { z } from 'zod';
import { maskCardNumbers } from '../../../secrets/card-numbers.ts';
import { cleanForeignStrings } from '../../../secrets/clean.ts';
import { type Json, type Tool, ToolError, type ToolOutcome, writeTool } from '../../../tools/tool.ts';
import { markedTool, markOf } from '../../beside.ts';
import type { ToolTarget } from '../../connection.ts';
import { hubspotClient, reading, writing } from '../client.ts';
import { type RecordName, recordKinds, recordNamed, recordView, refOf } from '../records.ts';

const recordName = z.enum(['contact', 'company', 'deal']);
const sealedNote = z.strictObject({
  ...{ kind: recordName, id: z.string(), name: z.string(), text: z.string(), at: z.string() },
});

/** A note on a record: what was paid, what was promised. */
export function addNote(target: ToolTarget): Tool {
  return markedTool({
    name: 'add_hubspot_note',
    title: 'Add HubSpot note',
    description:
      'Adds a note to a contact, company or deal in HubSpot, for example after a payment. Contacts are best named by their e-mail address.',
    effect: 'write',
    input: z.strictObject({
      record: z
        .string()
        .trim()
        .min(1)
        .max(200)
        .describe('Its id, or a contact’s e-mail address, or its name.'),
      kind: recordName.optional().describe('Default contact.'),
      text: z.string().trim().min(1).max(10_000).describe('Plain text. Amounts exactly as tools wrote them.'),
    }),
    sealed: sealedNote,
    permissions: [],
    words: {
      ...{ action: 'note', object: 'hubspot_note' },
      synonyms: [
        'hubspot note',
        'note in hubspot',
        'add note',
        'crm note',
        'update crm',
        'note in crm',
        'log in hubspot',
        'hubspot',
      ],
    },
    now: target.now,
    async plan({ record: named, kind = 'contact', text }, { signal }) {
      if (maskCardNumbers(text).found.length > 0)
        throw new ToolError('card_number_refused', 'There is a card number in "text"; it was not noted.', {
          next: 'Leave it out; name the card by its brand and last four digits.',
        });
      const which = recordKinds[kind];
      const record = await recordNamed(hubspotClient(target, signal), which, named);
      const name = cleanForeignStrings(which.nameOf(record));
      return {
        sealed: { kind, id: record.id, name, text, at: target.now().toISOString() },
        preview: {
          summary: `Note on the ${which.one} ${name} in HubSpot`,
          facts: [
            { label: 'Text', value: text },
            { label: 'On', value: `${name} (${record.properties.email ?? record.id})` },
          ],
          objects: [refOf(which, record)],
        },
      };
    },
    async look({ kind, id, name }, { operationId, signal }) {
      const notes = await reading(() => hubspotClient(target, signal).notesOf(recordKinds[kind].kind, id));
      const left = notes.find(({ properties }) => properties.hs_note_body?.includes(markOf(operationId)));
      return left ? noted(kind, { id, name }, left.id) : null;
    },
    async send({ kind, id, name, text, at }, { operationId, signal }) {
      const { noteAssociation } = recordKinds[kind];
      const made = await writing(() =>
        hubspotClient(target, signal).create('notes', {
          properties: { hs_timestamp: at, hs_note_body: `${htmlOf(text)}<br><br>${markOf(operationId)}` },
          associations: [
            {
              to: { id },
              types: [{ associationCategory: 'HUBSPOT_DEFINED', associationTypeId: noteAssociation }],
            },
          ],
        }),
      );
      return noted(kind, { id, name }, made.id);
    },
  });
}

/** HubSpot shows a note as HTML: nothing of the text is any. */
const htmlOf = (text: string): string =>
  text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/\r?\n/g, '<br>');

function noted(kind: RecordName, { id, name }: { id: string; name: string }, note: string): ToolOutcome {
  return {
    view: { object: 'hubspot_note', id: note, on: id, on_name: name },
    record: { note, on: id },
    summary: `Noted on ${name} in HubSpot`,
    objects: [{ type: recordKinds[kind].object, id, label: name }],
    requestIds: [],
  };
}

const sealedUpdate = z.strictObject({
  ...{ kind: recordName, id: z.string(), properties: z.record(z.string(), z.string()) },
  before: z.record(z.string(), z.string()),
});

/** Setting a field to the same value twice changes nothing more, so no mark is needed. */
export function updateRecord(target: ToolTarget, name: RecordName): Tool {
  const which = recordKinds[name];
  const { kind, one, fields, shown } = which;
  const value = z.string().trim().max(500);
  const changes = Object.fromEntries(fields.map((field) => [field, value.optional()]));
  return writeTool({
    name: `update_hubspot_${one}`,
    title: `Update HubSpot ${one}`,
    description: `Changes fields of a ${one} in HubSpot. Only what is given changes.`,
    effect: 'write',
    repeatable: true,
    input: z.strictObject({
      record: z
        .string()
        .trim()
        .min(1)
        .max(200)
        .describe(`Its id, or the ${one}'s ${name === 'contact' ? 'e-mail address or name' : 'name'}.`),
      changes: z
        .strictObject(changes)
        .refine(
          (given) => Object.values(given).some((each) => each !== undefined),
          'Name at least one field.',
        ),
    }),
    sealed: sealedUpdate,
    permissions: [],
    words: {
      action: 'update',
      object: which.object,
      synonyms: [`update hubspot ${one}`, `change hubspot ${one}`],
    },
    async plan({ record: named, changes: given }, { signal }) {
      const record = await recordNamed(hubspotClient(target, signal), which, named);
      const wanted = Object.entries(given).flatMap(([field, to]) =>
        typeof to === 'string' ? [[field, to] as const] : [],
      );
      const before = Object.fromEntries(wanted.map(([field]) => [field, record.properties[field] ?? '']));
      if (wanted.every(([field, to]) => before[field] === to))
        throw new ToolError('already_so', `That is what HubSpot has already.`, {
          next: 'Nothing is to be done.',
        });
      const shownName = cleanForeignStrings(which.nameOf(record));
      return {
        sealed: { kind: name, id: record.id, properties: Object.fromEntries(wanted), before },
        preview: {
          summary: `Change ${wanted.map(([field]) => field).join(', ')} of the ${one} ${shownName} in HubSpot`,
          facts: wanted.map(([field, to]) => ({
            label: field,
            value: `${cleanForeignStrings(before[field] ?? '') || 'nothing'} → ${to || 'nothing'}`,
          })),
          objects: [refOf(which, record)],
        },
      };
    },
    async act({ id, properties, before }, { signal }) {
      const changed = await writing(() => hubspotClient(target, signal).update(kind, id, properties));
      const whole = {
        ...changed,
        properties: { ...Object.fromEntries(shown.map((field) => [field, null])), ...changed.properties },
      };
      return {
        ...cleanForeignStrings({
          view: recordView(which, whole),
          record: changed as unknown as Json,
          summary: `Changed ${Object.keys(properties).join(', ')} of ${one} ${id} in HubSpot`,
        }),
        ...{ objects: [refOf(which, whole)], requestIds: [] },
        undo: { tool: `update_hubspot_${one}`, input: { record: id, changes: before }, label: 'Set it back' },
      };
    },
  });
}
