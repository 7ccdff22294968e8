import fc from 'fast-check';
import { SaxesParser } from 'saxes';
import { describe, expect, it } from 'vitest';
import { gateText } from '../../src/cli/gate-output.ts';
import { type GateResult, gateResultSchema } from '../../src/domain/gate.ts';
import { thrownText } from '../../src/lib/thrown.ts';
import { gateJunitXml } from '../../src/surface/gate-junit.ts';
import { gateSummary } from '../../src/surface/gate-summary.ts';
import { gateResults } from '../support/unit/gate-results.ts';
import { hostile } from '../support/unit/hostile.ts';

/** What somebody would write who wants to be more than text. */
const WEAPONS = [
  '|',
  '`',
  '```',
  '~~~',
  '<',
  '</details>',
  '<details>',
  '<img src=x onerror=alert(1)>',
  '<!--',
  '-->',
  '@everyone',
  '@org/team',
  '#123',
  '!45',
  'https://evil.example/a',
  'www.evil.example',
  'a@evil.example',
  '[click](javascript:alert(1))',
  '![](https://evil.example/x.png)',
  '[a]: http://b',
  '**',
  '_',
  '~~',
  '$x$',
  '\n',
  '\r\n',
  '\n\n# heading',
  '\n- item',
  '\n| a | b |',
  '\n```\n',
  '\u2028',
  '\u0085',
  '\\',
  '\\|',
  '&lt;',
  '---',
  '===',
  '- - -',
  '1. ',
  '1) ',
  '# ',
  '+ ',
  '> ',
  '\t',
  ' ',
  '\u001b[31m',
  '\u0000',
  '\ufffe',
  '\ud800',
  '\u202e',
  ']]>',
  '"',
  "'",
  '&',
  '&#10;',
  '<![CDATA[',
  '/close',
  'é',
  '漢',
  '😀',
];

const text = fc
  .array(fc.oneof(fc.constantFrom(...WEAPONS), fc.string({ unit: 'binary', maxLength: 8 })), {
    minLength: 1,
    maxLength: 12,
  })
  .map((parts) => `${parts.join('')}x`);
const longText = fc.oneof(
  text,
  text.map((one) => one.repeat(200)),
);

const TEXTS = new Set([
  'because',
  'message',
  'reason',
  'step',
  'name',
  'version',
  'commit',
  'policy',
  'against',
  'skipped',
]);

/** All that is text from outside replaced by this, names of steps too. */
function poisoned(result: GateResult, poison: string): GateResult {
  const replaced = JSON.stringify(result, (key, value: unknown) => {
    if (!TEXTS.has(key) || typeof value !== 'string') return value;
    const short = key === 'version' || key === 'commit';
    // Steps stay apart by a letter at their end.
    return (short ? poison.slice(0, 78) : poison) + (key === 'step' || key === 'name' ? value : '');
  });
  return gateResultSchema.parse(JSON.parse(replaced));
}

/** What each line is, whatever it says. */
function skeleton(markdown: string): readonly string[] {
  let fenced = false;
  return markdown.split('\n').map((line) => {
    if (/^ {0,3}```/.test(line)) {
      fenced = !fenced;
      return 'fence';
    }
    if (fenced) return line.trim() === '' ? 'blank' : 'drawn';
    const [, start = ''] = /^(#{2,3} |- |\| |<details>|<\/details>|_Left|$)/.exec(line) ?? [
      ,
      'words',
    ];
    const cells = start === '| ' ? line.match(/\|/g)?.length : '';
    return `${start}${cells}`;
  });
}

const outsideCode = (markdown: string): string =>
  markdown.replace(/```text\n.*?\n```/gs, '').replace(/`[^`\n]*`/g, '');

const OURS = /<\/?(?:details|summary)>|<br>|^(?:\| --- )+\|$/gm;

function expectHarmless(result: GateResult, poison: string): void {
  const changed = poisoned(result, poison);
  const markdown = gateSummary(changed);
  expect(skeleton(markdown)).toEqual(skeleton(gateSummary(result)));
  const words = outsideCode(markdown).replace(OURS, '');
  expect(words).not.toMatch(/[<>`]|\]\(|:\/\/|www\.|@[\p{L}\p{N}]|[#!][\p{L}]/u);
  expect(words.replace(/&#\d+;/g, '')).not.toMatch(/[&[\]\\$~]/);

  expect(markdown).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u2028\u202e]/);
  expect(markdown.isWellFormed()).toBe(true);
  expect(elements(gateJunitXml(changed))).toEqual(elements(gateJunitXml(result)));

  expect(gateText(changed, { config: 'c', columns: 80 })).not.toMatch(
    /[\u0000-\u0009\u000b-\u001f\u202e]/,
  );
}

/** Names of elements in their order; throws when it is no XML. */
function elements(xml: string): readonly string[] {
  const names: string[] = [];
  const parser = new SaxesParser();
  parser.on('error', (error) => {
    throw error;
  });
  parser.on('opentag', ({ name }) => names.push(name));
  parser.write(xml).close();
  return names;
}

describe('what people see of a gate', () => {
  it.each(gateResults)('keeps its shape whatever an Odoo says: %s', (_, result) => {
    fc.assert(
      fc.property(longText, (poison) => {
        expectHarmless(result, poison);
      }),
      { numRuns: 60 },
    );
  });

  it.each(hostile)('keeps its shape when %s is what was thrown', (_, make) => {
    for (const [, result] of gateResults) expectHarmless(result, thrownText(make()));
  });

  it('is never too long', () => {
    fc.assert(
      fc.property(longText, fc.integer({ min: 1, max: 300 }), (poison, times) => {
        const [, result] = gateResults[1]!;
        const many = <T>(items: readonly T[]): readonly T[] =>
          Array.from({ length: times }, () => items).flat();
        const { findings, series } = poisoned(result, poison);
        const markdown = gateSummary({ ...result, findings: many(findings), series: many(series) });
        expect(markdown.length).toBeLessThanOrEqual(60_000);
        const words = outsideCode(markdown);
        expect(words.match(/<details>/g)?.length).toBe(words.match(/<\/details>/g)?.length);
      }),
      { numRuns: 20 },
    );
  });
});
