/** For tests: HubSpot's CRM API, version 3, as far as the tools use it, with its paths, shapes and errors. */
import type { Json } from '../../tools/tool.ts';
import { type Peer, type PeerAnswer, type PeerRequest, startPeer } from '../testing-peer.ts';

interface Stored {
  id: string;
  properties: Record<string, string>;
}

export interface FakeHubspot extends Peer {
  readonly token: string;
  readonly contacts: Stored[];
  readonly notes: (Stored & { on: string })[];
  add(kind: 'contacts' | 'companies' | 'deals', properties: Record<string, string>): Stored;
  loseNext(): void;
  failNext(answer: PeerAnswer): void;
}

export async function fakeHubspot({ without = '' } = {}): Promise<FakeHubspot> {
  const token = 'pat-eu1-11111111-2222-3333';
  const stored: Record<string, Stored[]> = { contacts: [], companies: [], deals: [] };
  const notes: (Stored & { on: string })[] = [];
  let ids = 100;
  let isLost = false;
  let failure: PeerAnswer | null = null;
  const problem = (status: number, message: string): PeerAnswer => ({
    ...{ status, body: { status: 'error', message, correlationId: 'c-1', category: 'VALIDATION_ERROR' } },
  });
  const add = (kind: string, properties: Record<string, string>): Stored => {
    ids += 1;
    const made = { id: String(ids), properties };
    stored[kind]?.push(made);
    return made;
  };

  function answer({ method, path, body, headers }: PeerRequest): PeerAnswer {
    if (headers.authorization !== `Bearer ${token}`)
      return problem(401, 'Authentication credentials not found.');
    if (failure) {
      const told = failure;
      failure = null;
      return told;
    }
    if (path === '/account-info/v3/details')
      return { body: { portalId: 4711, timeZone: 'Europe/Berlin', accountType: 'STANDARD' } };
    if (method === 'POST' && path === '/crm/v3/objects/notes') {
      const { properties, associations } = body as unknown as {
        properties: Record<string, string>;
        associations: { to: { id: string }; types: { associationTypeId: number }[] }[];
      };
      if (
        associations[0]?.types[0]?.associationTypeId !== 202 &&
        associations[0]?.types[0]?.associationTypeId !== 214
      )
        return problem(400, 'No such association');
      ids += 1;
      const note = { id: String(ids), properties, on: associations[0].to.id };
      notes.push(note);
      return { status: 201, body: note };
    }
    if (path === '/crm/v3/objects/notes/batch/read') {
      const wanted = (body.inputs as { [key: string]: Json }[]).map(({ id }) => id);
      return { body: { results: notes.filter(({ id }) => wanted.includes(id)) } };
    }
    const linked = /^\/crm\/v4\/objects\/\w+\/(\d+)\/associations\/notes$/.exec(path)?.[1];
    if (linked)
      return {
        body: {
          results: notes.filter(({ on }) => on === linked).map(({ id }) => ({ toObjectId: Number(id) })),
        },
      };
    const [, kind = '', id] = /^\/crm\/v3\/objects\/(\w+)(?:\/(\w+))?$/.exec(path) ?? [];
    if (kind === without)
      return problem(403, 'This app hasn’t been granted all required scopes to make this call.');
    const all = stored[kind] ?? [];
    if (id === 'search') {
      const {
        filterGroups = [],
        query = '',
        limit,
      } = body as unknown as {
        filterGroups?: { filters: { propertyName: string; value: string }[] }[];
        query?: string;
        limit: number;
      };
      const results = all
        .filter(({ properties }) =>
          Object.values(properties).join(' ').toLowerCase().includes(query.toLowerCase()),
        )
        .filter(({ properties }) =>
          filterGroups.every(({ filters }) =>
            filters.every(({ propertyName, value }) => properties[propertyName] === value),
          ),
        );
      return { body: { total: results.length, results: results.slice(0, limit) } };
    }
    const found = all.find((each) => each.id === id);
    if (!found) return problem(404, 'resource not found');
    if (method === 'PATCH') Object.assign(found.properties, body.properties);
    return { body: found };
  }

  const peer = await startPeer((request) => {
    const given = answer(request);
    if (!isLost || request.path !== '/crm/v3/objects/notes') return given;
    isLost = false;
    return { hangUp: true };
  });
  return {
    ...{ ...peer, token, contacts: stored.contacts ?? [], notes, add },
    loseNext() {
      isLost = true;
    },
    failNext(told) {
      failure = told;
    },
  };
}
