import { expect, test } from 'vitest';
import { type DataCell, sortRows } from './data-rows.ts';

const ordered = (cells: DataCell[], descending = false) =>
  sortRows(
    cells.map((cell) => ({ id: cell.text, cells: [cell] })),
    0,
    descending,
  ).map(({ id }) => id);

test('money is put in order by its size, not by its letters', () => {
  const cells = [
    { text: '$9.00', sort: 9 },
    { text: '$1,000.00', sort: 1000 },
    { text: '-$5.00', sort: -5 },
  ];
  expect(ordered(cells)).toEqual(['-$5.00', '$9.00', '$1,000.00']);
  expect(ordered(cells, true)).toEqual(['$1,000.00', '$9.00', '-$5.00']);
});

test('words as people sort them, numbers inside of them too, what is empty last either way', () => {
  const cells = [{ text: 'Plan 10' }, { text: '' }, { text: 'émile' }, { text: 'plan 9' }];
  expect(ordered(cells)).toEqual(['émile', 'plan 9', 'Plan 10', '']);
  expect(ordered(cells, true).at(-1)).toBe('');
});
