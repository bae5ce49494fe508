import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pdfWith } from '../testing/pdf.ts';
import { type DocumentKind, kindOf, maxFileBytes, readDocument } from './read-document.ts';

const bytesOf = (text: string) => Buffer.from(text, 'utf8');
const read = (kind: DocumentKind, text: string) => readDocument(kind, bytesOf(text));

describe('Markdown', () => {
  it('is split at its headings, which name the place', async () => {
    const text = 'Intro.\n\n# Refunds\n\nAsk us.\n\n## Time *limit*\n30 days.\n\n# Shipping\nWe ship.';
    expect(await read('markdown', text)).toEqual([
      { place: 'Beginning', text: 'Intro.' },
      { place: 'Refunds', text: 'Ask us.' },
      { place: 'Refunds › Time limit', text: '30 days.' },
      { place: 'Shipping', text: 'We ship.' },
    ]);
  });

  it('takes no comment in code for a heading', async () => {
    expect(await read('markdown', '# A\n```\n# not one\n```\n')).toEqual([
      { place: 'A', text: '```\n# not one\n```' },
    ]);
  });
});

describe('HTML', () => {
  it('gives what a reader sees, under its headings, and nothing that is hidden or run', async () => {
    const page = `<html><head><title>T</title></head><body><script>steal()</script><p hidden>secret <b>x</b></p>
      <h1>Terms</h1><p>You may <b>return</b> goods.</p><div style="display: none">hidden</div>
      <table><tr><td>Days</td><td>30</td></tr></table><h2>Fees</h2><p>None &amp; never.</p></body>`;
    const sections = await read('html', page);
    expect(sections.map(({ place }) => place)).toEqual(['Terms', 'Terms › Fees']);
    expect(sections[0]?.text).toContain('You may return goods.');
    expect(sections[0]?.text).toMatch(/Days \| 30/);
    expect(sections[1]?.text).toBe('None & never.');
    expect(JSON.stringify(sections)).not.toMatch(/steal|secret|hidden/);
  });

  it('is not brought down by hundreds of thousands of tags inside each other', async () => {
    await expect(read('html', `${'<p><i>'.repeat(300_000)}deep`)).rejects.toThrow(/too deep/);
  });
});

describe('CSV', () => {
  it('says each row with the names of its columns, and where it stands', async () => {
    const sections = await read('csv', 'Plan;Price\nGold;"10; with tax"\n\nSilver;5');
    expect(sections).toEqual([
      { place: 'rows 2–3', text: 'Plan: Gold; Price: 10; with tax\nPlan: Silver; Price: 5' },
    ]);
  });

  it('is refused where it is none, or has too many rows', async () => {
    await expect(read('csv', 'a,b\n"broken')).rejects.toThrow(/no CSV/);
    await expect(read('csv', `a\n${'1\n'.repeat(20_001)}`)).rejects.toThrow(/more than 20,000 rows/);
  });
});

describe('PDF', () => {
  it('is read page by page', async () => {
    const sections = await readDocument('pdf', pdfWith(['Refunds within 30 days.', '', 'Page three.']));
    expect(sections).toEqual([
      { place: 'page 1', text: 'Refunds within 30 days.' },
      { place: 'page 3', text: 'Page three.' },
    ]);
  });

  it.each([
    ['only called one', bytesOf('hello'), /is none/],
    ['damaged', bytesOf('%PDF-1.7 and then nothing'), /damaged/],
    ['without text', pdfWith(['']), /no text, only pictures/],
    [
      'made to unpack to far more than it is',
      pdfWith(['bomb'], { bomb: true }),
      /Split|damaged|longer|no text/,
    ],
  ])('%s is refused with the reason', async (_, bytes, why) => {
    await expect(readDocument('pdf', bytes)).rejects.toThrow(why);
  });
});

describe('any file', () => {
  it('is refused in words when it is too large, no text, or in another encoding', async () => {
    await expect(readDocument('text', Buffer.alloc(maxFileBytes + 1, 'a'))).rejects.toThrow(
      /larger than 10 MB/,
    );
    await expect(readDocument('text', Buffer.from([0x50, 0x4b, 3, 4, 0, 0]))).rejects.toThrow(/no text file/);
    await expect(readDocument('text', Buffer.from([0x47, 0xfc, 0x6e]))).rejects.toThrow(/UTF-8/);
    await expect(read('text', ' \n ')).rejects.toThrow(/no text/);
    await expect(read('text', 'word '.repeat(500_000))).rejects.toThrow(/2,000,000 characters/);
  });

  it('may be UTF-16 where it says so', async () => {
    const text = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from('Grüße', 'utf16le')]);
    expect(await readDocument('text', text)).toEqual([{ place: 'line 1', text: 'Grüße' }]);
  });

  it('is known by its ending', () => {
    expect(['a.MD', 'b.htm', 'c.pdf', 'd.tsv', 'e', 'f.docx'].map(kindOf)).toEqual([
      ...['markdown', 'html', 'pdf', 'csv', undefined, undefined],
    ]);
  });

  it('whatever stands in it is read or refused, never a crash', async () => {
    const kinds = fc.constantFrom<DocumentKind>('markdown', 'text', 'csv', 'html');
    await fc.assert(
      fc.asyncProperty(kinds, fc.string({ unit: 'binary', maxLength: 400 }), async (kind, text) => {
        const outcome = await read(kind, text).catch((error: Error) => error.name);
        expect(outcome === 'UnreadableDocument' || Array.isArray(outcome)).toBe(true);
      }),
      { numRuns: 60 },
    );
  });
});
