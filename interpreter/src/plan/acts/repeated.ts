import { candidateOf } from '../../answers/failures.ts';
import { aboutOf, codeOf, type News } from '../../answers/news.ts';
import { rowsAt, textAt } from '../../json.ts';
import type { Repeated } from '../../meaning/happenings.ts';
import type { Request } from '../../meaning/request.ts';
import type { ToolSpec } from '../../toolbox.ts';
import { type Act, done, lookAside, type Outcome, type World } from '../act.ts';
import { failed } from '../references.ts';

/**
 * Counts the payments that failed in the time a condition names, those of the event's own code where it says "the same".
 * @returns what is to be told; or what to answer where nothing is to be done: too few, or told already.
 */
export function* enoughTimes(
  { times, minutes, sameCode }: Repeated,
  request: Request,
  tool: ToolSpec,
  world: World,
): Act<Outcome | News> {
  const from = new Date(world.setting.now.getTime() - minutes * 60_000).toISOString();
  const listed = yield* lookAside(
    'list_charges',
    { status: 'failed', created: { from }, limit: 100, count_all: true },
    world,
  );
  if (listed.status !== 'ok') return failed(listed, request);
  const rows = rowsAt(listed.value, 'data');
  const own = world.focus.told && aboutOf(world.focus.told);
  const rowCodes = rows.map(codeOf).filter((code) => code !== undefined);
  // Of an event only its own code counts; without one, the commonest.
  const eventRow = rows.find((row) => row.id === own?.id);
  const code = sameCode
    ? ((eventRow && codeOf(eventRow)) ?? (own && codeOf(own)) ?? commonest(rowCodes))
    : undefined;
  const counted = code === undefined ? rows : rows.filter((row) => codeOf(row) === code);
  const count = counted.length;
  const what = code === undefined ? 'failed' : `failed with ${code}`;
  if (count < times || (sameCode && code === undefined))
    return done(
      `${count} card payments ${what} within ${minutes} minutes, fewer than ${times}. Nothing was done.`,
    );
  const already = code === undefined ? undefined : yield* toldAlready(code, request, tool, world);
  return (
    already ?? {
      line: `${count} card payments ${what} within ${minutes} minutes`,
      facts: counted.map((row) => candidateOf(row).label),
    }
  );
}

function commonest(codes: readonly string[]): string | undefined {
  const counts = Map.groupBy(codes, (code) => code);
  return [...counts].sort((a, b) => b[1].length - a[1].length)[0]?.[0];
}

/** One about the same that is still open: a second would say nothing new. */
function* toldAlready(
  code: string,
  request: Request,
  tool: ToolSpec,
  world: World,
): Act<Outcome | undefined> {
  const finder = world.toolbox.doing('list', tool.object).find(({ properties }) => properties.has('query'));
  if (!finder) return undefined;
  const entity = request.said?.find((token) => token.entity?.type === 'repository')?.entity;
  const repository = entity?.type === 'repository' ? entity.repository : undefined;
  const found = yield* lookAside(finder.name, { query: code, ...(repository && { repository }) }, world);
  if (found.status !== 'ok') return failed(found, request);
  const [open] = rowsAt(found.value, 'data');
  return (
    open && done(`There is one about ${code} already: ${textAt(open, 'id') ?? textAt(open, 'title') ?? ''}.`)
  );
}
