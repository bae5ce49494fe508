import { plainText } from '../../answers/describe.ts';
import { candidateOf, choiceText } from '../../answers/failures.ts';
import { aboutOf, eventNews, type News, shownNews } from '../../answers/news.ts';
import type { Json, JsonObject } from '../../json.ts';
import { rowsAt, textAt } from '../../json.ts';
import { fieldSaid } from '../../meaning/place-request.ts';
import type { Request } from '../../meaning/request.ts';
import type { ToolSpec } from '../../toolbox.ts';
import { type Act, asked, callTool, declined, lookAside, type Outcome, type World } from '../act.ts';
import { ownWords, queryIn, recordIn, wantsNews } from '../inputs/at-place.ts';
import { enoughTimes } from './repeated.ts';
import { outcomeOf } from './use-tool.ts';

/**
 * Works a tool of a place beside the account by what its inputs are called: where it goes, what it says, the record it is
 * about. What it says is the person's own words, else the facts of what was spoken of: nothing is made up.
 */
export function* atPlace(request: Request, tool: ToolSpec, world: World): Act {
  const repeated = request.repeated && (yield* enoughTimes(request.repeated, request, tool, world));
  if (repeated && 'status' in repeated) return repeated;
  const customer = yield* customerConcerned(request, tool, world);
  const news = repeated ?? newsFor(customer, world);
  const input: JsonObject = {};
  for (const [name, schema] of tool.properties) {
    const value = inputFor(name, schema, tool, request, world, { customer, news });
    if (value !== undefined) input[name] = value;
  }
  const missing = tool.required.find((name) => input[name] === undefined);
  if (missing) return yield* askFor(missing, tool, request, world);
  const left = tool.effect === 'read' ? undefined : unused(request, input);
  if (left !== undefined)
    return declined(
      `I changed nothing yet, because I am not sure what "${plainText(left)}" means there. What exactly should I do?`,
    );
  const result = yield* callTool(tool.name, input);
  const candidates = result.status === 'error' ? rowsAt(result.error.details, 'candidates') : [];
  if (candidates.length === 0) return outcomeOf(result, tool, request);
  const choices = candidates.map(candidateOf);
  return asked(choiceText('There are several. Which one do you mean?', choices), {
    ...{ about: 'object', object: 'record', candidates: choices, request },
  });
}

/** Whom the event is about, or who was spoken of: where a record is wanted, or the news tell of somebody. */
function* customerConcerned(
  { slots, text }: Request,
  tool: ToolSpec,
  world: World,
): Act<JsonObject | undefined> {
  const { told } = world.focus;
  const about = told && aboutOf(told);
  const id =
    about && (textAt(about, 'object') === 'customer' ? textAt(about, 'id') : textAt(about, 'customer'));
  const spoken =
    id ??
    (tool.properties.has('record') && slots.pronoun !== undefined && !slots.customers && !/@/.test(text)
      ? world.focus.customer()
      : undefined);
  if (!spoken || !world.toolbox.named('get_customer')) return undefined;
  const found = yield* lookAside('get_customer', { customer: spoken }, world);
  return found.status === 'ok' ? found.value : undefined;
}

function newsFor(customer: JsonObject | undefined, { focus }: World): News | undefined {
  if (focus.told) return eventNews(focus.told, customer);
  return focus.shown && shownNews(focus.shown);
}

interface Known {
  readonly customer: JsonObject | undefined;
  readonly news: News | undefined;
}

const textOf = ({ line, facts, whole }: News): string =>
  whole ?? [line, ...facts.map((fact) => `- ${fact}`)].join('\n');

function inputFor(
  name: string,
  schema: JsonObject,
  tool: ToolSpec,
  request: Request,
  world: World,
  { customer, news }: Known,
): Json | undefined {
  const { slots, text } = request;
  const said = request.said ?? [];
  const entity = (type: string) => said.find((token) => token.entity?.type === type)?.entity;
  const words = ownWords(request, tool);
  const told = news && wantsNews(request, world) ? news : undefined;
  switch (name) {
    case 'channel': {
      const found = entity('channel');
      if (found?.type === 'channel') return found.channel;
      const named = /\bthe (?!same\b)([\p{L}\d_-]{2,80}) channel\b/iu.exec(text)?.[1];
      return named ? `#${named}` : slots.ids?.find(({ object }) => object === name)?.id;
    }
    case 'repository': {
      const found = entity('repository');
      return found?.type === 'repository' ? found.repository : undefined;
    }
    case 'text':
      return words ?? (told && textOf(told));
    case 'title':
      return words?.split('\n')[0]?.slice(0, 200) ?? told?.line.replace(/[*`]/g, '').slice(0, 200);
    case 'body': {
      const more = words?.split('\n').slice(1).join('\n').trim();
      return more || told?.facts.map((fact) => `- ${fact}`).join('\n');
    }
    case 'record':
      return (
        slots.ids?.find(({ object }) => object === name)?.id ??
        recordIn(request, tool) ??
        textAt(customer, 'email')
      );
    case 'query':
      return queryIn(request, tool);
    case 'number': {
      const digits = /#(\d{1,7})\b|\b(?:number|no\.?|issue|request|pr|ticket) (\d{1,7})\b/i.exec(text);
      const found = Number(digits?.[1] ?? digits?.[2]);
      return found > 0 ? found : numberOf(world.focus.newestOfAll()?.value, tool);
    }
    case 'changes': {
      const change = fieldSaid(tool, text);
      return change && { [change.field]: change.value };
    }
    case 'limit':
      return slots.limit;
    default:
      return Array.isArray(schema.enum) ? optionSaid(schema.enum, text) : undefined;
  }
}

/** "Comment on it": the issue that was spoken of last. */
function numberOf(value: JsonObject | undefined, tool: ToolSpec): number | undefined {
  return textAt(value, 'object') === tool.object && typeof value?.number === 'number'
    ? value.number
    : undefined;
}

/** "Close" asks for `closed`, "reopen" for `open`. */
function optionSaid(options: readonly Json[], text: string): string | undefined {
  const lower = text.toLowerCase();
  return options
    .filter((option): option is string => typeof option === 'string')
    .find((option) => new RegExp(`\\b(?:re-?)?${option.replace(/d$/, '')}`).test(lower));
}

/** A value that was said and stands nowhere in what is sent. */
function unused({ said = [], slots }: Request, input: JsonObject): string | undefined {
  const sent = JSON.stringify(input).toLowerCase();
  return said.find(({ entity, text }) => {
    if (!entity || !/^(?:amount|percent|id|url|email|phone|quoted|card|name)$/.test(entity.type))
      return false;
    const plain = text.toLowerCase().replace(/'s$|["']/g, '');
    if (entity.type === 'name' && (entity.text === entity.text.toLowerCase() || slots.ids)) return false;
    return !sent.includes(plain);
  })?.text;
}

function* askFor(missing: string, tool: ToolSpec, request: Request, world: World): Act<Outcome> {
  if (missing === 'channel') {
    const list = world.toolbox.tools.find(
      ({ effect, object }) => effect === 'read' && /channel/.test(object),
    );
    const listed = list && (yield* callTool(list.name, {}));
    const rows = listed?.status === 'ok' ? rowsAt(listed.value, 'data') : [];
    const candidates = rows
      .filter((row) => row.can_post !== false)
      .map((row) => textAt(row, 'channel') ?? '')
      .map((id) => ({ id, label: id, handles: [id, id.replace('#', '')] }));
    return asked(choiceText('In which channel?', candidates), {
      ...{ about: 'object', object: 'channel', candidates, request },
    });
  }
  if (/^(?:text|title)$/.test(missing))
    return asked('What should it say?', { about: 'text', slot: 'description', request });
  if (missing === 'record')
    return declined('About whom? Name the person by their e-mail address, or the record by its name.');
  return declined(
    `To ${tool.title.charAt(0).toLowerCase()}${tool.title.slice(1)} I need one more thing: which ${missing.replaceAll('_', ' ')}?`,
  );
}
