import { invalidRequest } from './errors.ts';
import { type FormMap, type FormValue, formLimits } from './form.ts';

/**
 * Decodes a JSON object into what a form decodes to, so that one set of checks serves both: numbers and booleans become
 * text, null the empty text that unsets. Throws Stripe's 400 for what is no JSON object, is nested too deep or is no text.
 */
export function decodeJson(text: string): FormMap {
  if (text.trim() === '') return {};
  const value = formOf(parsed(text), 0);
  if (typeof value === 'string' || Array.isArray(value))
    throw invalidRequest('Invalid request: the body must be a JSON object.');
  return value;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw invalidRequest('Invalid request: the body is not valid JSON.');
  }
}

function formOf(value: unknown, depth: number): FormValue {
  if (depth > formLimits.depth)
    throw invalidRequest(`Parameters may be nested at most ${formLimits.depth} deep.`);
  if (Array.isArray(value)) return value.map((item) => formOf(item, depth + 1));
  if (typeof value === 'string') return wellFormed(value);
  if (typeof value !== 'object' || value === null) return value === null ? '' : String(value);
  const map: FormMap = Object.create(null);
  for (const [name, item] of Object.entries(value)) map[wellFormed(name)] = formOf(item, depth + 1);
  return map;
}

/** JSON can escape half of a character, which is no text. */
function wellFormed(text: string): string {
  if (/\p{Surrogate}/u.test(text)) throw invalidRequest('Invalid request: the body is not valid UTF-8.');
  return text;
}
