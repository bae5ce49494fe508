import type { Request } from '../meaning/request.ts';
import { type Standing, taskInput } from '../meaning/standing.ts';
import { understand } from '../meaning/understand.ts';
import type { Setting } from '../setting.ts';
import type { Toolbox } from '../toolbox.ts';

/** A standing order as the making of a task; undefined where no tool makes tasks. */
export function standingRequest(
  standing: Standing,
  message: string,
  toolbox: Toolbox,
): readonly Request[] | undefined {
  const [tool] = toolbox.doing('create', 'task');
  if (!tool) return undefined;
  const input = taskInput(standing, message);
  return [
    { intent: 'tool', object: 'task', tool: tool.name, slots: {}, when: 'always', text: message, input },
  ];
}

/** What a standing order asks for at the moment that it waited for. */
export function eachTime(
  { prompt, happening }: Standing,
  setting: Setting,
  toolbox: Toolbox,
): { requests: readonly Request[] } {
  const repeated = happening?.repeated;
  const order = repeated ? prompt.replace(/^if .*?, (?=\p{L})/iu, '') : prompt;
  const requests = understand(order, setting, toolbox);
  return { requests: requests.map((request) => ({ ...request, ...(repeated && { repeated }) })) };
}
