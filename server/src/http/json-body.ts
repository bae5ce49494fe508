import { Problem } from '../problem.ts';

/** What people and programs send is a handful of levels deep; what walks it goes as deep as it is. */
const deepest = 64;

/** @throws Problem 400 for what is no JSON, or nested so deep that reading it would exhaust the stack */
export function parseJson(text: string): unknown {
  if (depthOf(text) > deepest)
    throw new Problem({
      status: 400,
      code: 'json_too_deep',
      title: 'The body is nested too deep',
      detail: `Objects and lists may stand in each other ${deepest} deep at most.`,
    });
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new Problem({
      status: 400,
      code: 'malformed_json',
      title: 'The body is not JSON',
      detail: `The request body could not be read as JSON: ${cause instanceof Error ? cause.message : 'syntax error'}.`,
      cause,
    });
  }
}

/** How deep lists and objects are nested, without building them. */
function depthOf(text: string): number {
  let depth = 0;
  let most = 0;
  let isText = false;
  for (let at = 0; at < text.length; at += 1) {
    const sign = text[at];
    if (isText) {
      if (sign === '\\') at += 1;
      else if (sign === '"') isText = false;
    } else if (sign === '"') isText = true;
    else if (sign === '[' || sign === '{') {
      depth += 1;
      most = Math.max(most, depth);
    } else if (sign === ']' || sign === '}') depth -= 1;
  }
  return most;
}
