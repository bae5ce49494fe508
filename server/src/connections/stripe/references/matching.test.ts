import { describe, expect, test } from 'vitest';
import { bestMatches, nearMatches } from './matching.ts';

const people = ['Bob', 'Bob Loblaw', 'Bób Smith', 'Roberta Flack', 'Dora'];
const self = (name: string): string => name;

describe('matching names', () => {
  test.each([
    ['bob loblaw', ['Bob Loblaw']],
    ['Bob', ['Bob']],
    ['  LOBLAW ', ['Bob Loblaw']],
    ['smith', ['Bób Smith']],
    ['bob smith', ['Bób Smith']],
    ['Rob', []],
    ['!!', []],
  ])('%j finds %j', (asked, found) => {
    expect(bestMatches(asked, people, self)).toEqual(found);
  });

  test.each([
    ['weiss', 'Paula Weiß'],
    ['soren', 'Søren Dahl'],
    ['omalley', "Sean O'Malley"],
    ["o'malley", "Sean O'Malley"],
    ['lukasz', 'Łukasz Nowak'],
  ])('%j finds %j, as it is typed on another keyboard', (asked, name) => {
    expect(bestMatches(asked, ['Dora', name, 'Malley Sean'], self)).toEqual([name]);
  });

  test('all that match equally well come back', () => {
    expect(bestMatches('bob', ['Bob Loblaw', 'Bob Smith', 'Ann'], self)).toEqual(['Bob Loblaw', 'Bob Smith']);
    expect(bestMatches('Bob', ['Bob', 'Bob'], self)).toHaveLength(2);
  });

  test('a misspelt name is offered, not used', () => {
    expect(bestMatches('Bob Loblow', people, self)).toEqual([]);
    expect(nearMatches('Bob Loblow', people, self)[0]).toBe('Bob Loblaw');
    expect(nearMatches('Doru', people, self)).toContain('Dora');
    expect(nearMatches('Zzyzx', people, self)).toEqual([]);
  });

  test('an e-mail address that shares only the domain is not near', () => {
    const mails = ['bob@example.com', 'dora@example.com', 'zoe@example.com', 'jenny@example.org'];
    expect(nearMatches('jenny@example.com', mails, self)).toEqual(['jenny@example.org']);
    expect(nearMatches('jeny@example.com', [...mails, 'jenny@example.com'], self)).toContain(
      'jenny@example.com',
    );
    expect(nearMatches('dora@exmaple.com', mails, self)).toContain('dora@example.com');
    expect(nearMatches('nobody@example.com', mails, self)).toEqual([]);
  });
});
