import { describe, expect, it } from 'vitest';
import { parseJson } from './json-body.ts';

const nested = (depth: number, [open, inner, close]: readonly [string, string, string]) =>
  open.repeat(depth) + inner + close.repeat(depth);
const shapes = [
  ['lists', ['[', '1', ']']],
  ['objects', ['{"a":', '1', '}']],
  ['lists in objects', ['{"a":[', '1', ']}']],
] as const;

describe('a JSON body', () => {
  it.each(shapes)('of %s is read as deep as anybody needs', (_what, shape) => {
    expect(parseJson(nested(30, shape))).toEqual(JSON.parse(nested(30, shape)));
  });

  it.each(shapes)('of a megabyte of %s is refused before anything walks it', (_what, shape) => {
    const text = nested(Math.floor(500_000 / shape[0].length), shape);
    expect(() => parseJson(text)).toThrow(expect.objectContaining({ status: 400, code: 'json_too_deep' }));
  });

  it('may have any brackets in its texts', () => {
    const text = JSON.stringify({ a: '['.repeat(1_000), b: `"\\"${'{'.repeat(1_000)}` });
    expect(parseJson(text)).toEqual(JSON.parse(text));
  });

  it.each(['', '{', '[1', 'nothing'])('%j is no JSON', (text) => {
    expect(() => parseJson(text)).toThrow(expect.objectContaining({ status: 400, code: 'malformed_json' }));
  });
});
