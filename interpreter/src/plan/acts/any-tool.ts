import type { Request } from '../../meaning/request.ts';
import { type Act, callTool, declined, type World } from '../act.ts';
import { atPlace } from './at-place.ts';
import { outcomeOf, useTool } from './use-tool.ts';

/** A tool without an act of its own: one whose inputs were read with the message, one of a place beside the account, any other. */
export function* useAnyTool(request: Request, world: World): Act {
  const tool = world.toolbox.named(request.tool ?? '');
  if (!tool) return declined('I have no tool here for that.');
  if (request.input) return outcomeOf(yield* callTool(tool.name, request.input), tool, request);
  const isBeside = [...world.toolbox.places.values()].some((tools) => tools.includes(tool));
  return yield* isBeside ? atPlace(request, tool, world) : useTool(request, world);
}
