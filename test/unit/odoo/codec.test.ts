import { describe, expect, it } from 'vitest';
import { decodeAnswer, encodeCall } from '../../../src/odoo/codec.ts';
import { decodeCall, faultBody, faultOf, response } from '../../support/unit/xml.ts';

describe('encoding a call', () => {
  it.each<[string, unknown, string]>([
    ['undefined', undefined, 'undefined'],
    ['null', null, 'null'],
    ['a BigInt', 1n, 'bigint'],
    ['a symbol', Symbol('x'), 'symbol'],
    ['a function', () => 1, 'function'],
    ['NaN', NaN, 'NaN'],
    ['Infinity', Infinity, 'Infinity'],
    ['-Infinity', -Infinity, '-Infinity'],
    ['2^31', 2 ** 31, 'integers beyond 32 bits'],
    ['-2^31 - 1', -(2 ** 31) - 1, 'integers beyond 32 bits'],
    ['1e21', 1e21, 'integers beyond 32 bits'],
    ['a date', new Date(0), 'a Date'],
    ['a buffer', Buffer.from('x'), 'a Buffer'],
    ['a map', new Map(), 'a Map'],
    ['a null byte', 'a\u0000b', 'control characters'],
    ['an escape', '\u001b[2J', 'control characters'],
    ['a vertical tab', '\u000b', 'control characters'],
    ['U+FFFE', '\ufffe', 'control characters'],
  ])('refuses %s and says where it stands', (_, value, what) => {
    const call = (): string => encodeCall('execute_kw', ['db', { vals: [1, { deep: value }] }]);
    expect(call).toThrow(RangeError);
    expect(call).toThrow(`execute_kw[1].vals.1.deep: XML-RPC cannot carry ${what}`);
  });

  it.each<[string, () => unknown]>([
    ['an object without a prototype', () => Object.create(null) as unknown],
    ['a name with a control character', () => ({ 'a\u0001': 1 })],
    ['a lone surrogate, which would become a question mark', () => 'a\ud800b'],
    ['a list with a hole', () => [1, , 3]],
    ['an object that holds itself', selfHolding],
    ['an instance of a class without a name', () => new (class extends Map {})()],
  ])('refuses %s', (_, make) => {
    const call = (): string => encodeCall('m', [make()]);
    expect(call).toThrow(RangeError);
    expect(call).toThrow(/^m\[0\].*: XML-RPC cannot carry /s);
  });

  it.each<[string, unknown]>([
    ['the largest integer', 2 ** 31 - 1],
    ['the smallest integer', -(2 ** 31)],
    ['a fraction beyond 32 bits', 2 ** 40 + 0.5],
    ['a tiny fraction', 1e-7],
    ['markup', '<b>&amp; "quoted" \'single\' ]]></b>'],
    ['tabs and line feeds', 'a\tb\nc'],
    ['a carriage return', 'a\r\nb\rc'],
    ['spaces at the ends', '  x  '],
    ['an empty text', ''],
    ['an emoji', '👩‍🚒 é 漢'],
    ['an empty list and an empty struct', [[], {}]],
    ['a name with markup', { '<a & "b">': true }],
    [
      'a list of commands',
      [
        [0, 0, { product_id: 3 }],
        [6, 0, [1, 2]],
      ],
    ],
  ])('carries %s unchanged', (_, value) => {
    expect(decodeCall(encodeCall('m', [value])).params).toEqual([value]);
  });

  it('writes no negative zero', () => {
    expect(Object.is(decodeCall(encodeCall('m', [-0])).params[0], -0)).toBe(false);
  });
});

describe('decoding an answer', () => {
  it.each<[string, string, unknown]>([
    ['a text', '<string>é &lt;</string>', 'é <'],
    ['a text without a type', 'plain', 'plain'],
    ['an empty value', '', ''],
    [
      'numbers',
      '<array><data><value><int>1</int></value><value><double>1.5</double></value></data></array>',
      [1, 1.5],
    ],
    [
      'a record',
      '<struct><member><name>id</name><value><int>7</int></value></member></struct>',
      { id: 7 },
    ],
    ['nothing', '<nil/>', null],
    ['false', '<boolean>0</boolean>', false],
  ])('reads %s', (_, body, value) => {
    expect(decodeAnswer(response(body))).toEqual({ kind: 'value', value });
  });

  it('reads a fault', () => {
    expect(decodeAnswer(faultOf(2, 'Not found'))).toEqual({
      kind: 'fault',
      code: 2,
      text: 'Not found',
    });
  });

  it('reads a fault without a text', () => {
    const body = faultOf(1, '').replace(/<member><name>faultString.*<\/member>(?=<\/struct>)/, '');
    expect(decodeAnswer(body)).toEqual({ kind: 'fault', code: 1, text: '' });
  });

  it('reads 64 levels of nesting', () => {
    expect(decodeAnswer(response(nested(63))).kind).toBe('value');
  });

  it('does not expand entities', () => {
    const bomb = `<?xml version="1.0"?><!DOCTYPE b [<!ENTITY a "aaaaaaaaaa"><!ENTITY c "&a;&a;&a;&a;">]>${response('<string>&c;</string>').replace(/^<\?.*?\?>/, '')}`;
    expect(JSON.stringify(decodeAnswer(bomb))).not.toContain('aaaaaaaaaa');
  });
});

// The table of lab-facts.md L6.
const malformed: readonly (readonly [string, string])[] = [
  ['an empty body', ''],
  ['white space', ' \n\t '],
  ['text', 'Internal Server Error'],
  ['JSON', '{"jsonrpc": "2.0", "result": 1}'],
  [
    'a page',
    '<!doctype html><html><head><title>502</title></head><body><h1>Bad Gateway</h1></body></html>',
  ],
  ['a body cut after a tag', response('<string>x</string>').slice(0, -30)],
  ['a body cut inside a tag', response('<string>x</string>').slice(0, -10)],
  [
    'a body cut inside a text',
    '<?xml version="1.0"?><methodResponse><params><param><value><string>half',
  ],
  ['an empty fault', '<?xml version="1.0"?><methodResponse><fault></fault></methodResponse>'],
  ['an empty fault in short', '<?xml version="1.0"?><methodResponse><fault/></methodResponse>'],
  [
    'a fault that is no struct',
    '<?xml version="1.0"?><methodResponse><fault><value><string>x</string></value></fault></methodResponse>',
  ],
  [
    'a fault that is nothing',
    '<?xml version="1.0"?><methodResponse><fault><value><nil/></value></fault></methodResponse>',
  ],
  [
    'a fault whose code is a word, as of the old interface',
    faultBody('<string>AccessDenied</string>', 'x'),
  ],
  ['a fault whose code is empty', faultBody('<string></string>', 'x')],
  ['a fault whose code is nothing', faultBody('<nil/>', 'x')],
  ['a fault whose code is a fraction', faultBody('<double>1.5</double>', 'x')],
  ['an integer that is none', response('<int>seven</int>')],
  ['a double that is none', response('<double>x</double>')],
  ['a boolean that is none', response('<boolean>true</boolean>')],
  ['an unknown type', response('<money>7</money>')],
  ['a call instead of an answer', encodeCall('m', [])],
  ['two values', response('1').replace('</param>', '</param><param><value>2</value></param>')],
  ['no value at all', response('').replace(/<param>.*<\/param>/, '')],
  ['50 000 nested lists', response(nested(50_000))],
  ['65 nested lists', response(nested(65))],
  [
    'a member called __proto__',
    response(
      '<struct><member><name>__proto__</name><value><struct><member><name>admin</name><value>yes</value></member></struct></value></member></struct>',
    ),
  ],
];

describe('a body that is no answer', () => {
  it.each(malformed)('is malformed: %s', (_, body) => {
    const answer = decodeAnswer(body);
    expect(answer.kind).toBe('malformed');
    expect((answer as { readonly reason: string }).reason).not.toBe('');
  });

  it('never reaches the prototype of all objects', () => {
    decodeAnswer(malformed.at(-1)![1]);
    expect('admin' in {}).toBe(false);
  });

  it('throws nothing later, when nobody catches any more', async () => {
    const seen: unknown[] = [];
    const note = (error: unknown): void => {
      seen.push(error);
    };
    process.on('uncaughtException', note);
    for (const [, body] of malformed.filter(([name]) => !name.startsWith('50 000')))
      decodeAnswer(body);
    await new Promise((resolve) => setTimeout(resolve, 20));
    process.off('uncaughtException', note);
    expect(seen).toEqual([]);
  });
});

function nested(depth: number): string {
  return `${'<array><data><value>'.repeat(depth)}${'</value></data></array>'.repeat(depth)}`;
}

function selfHolding(): unknown {
  const self: Record<string, unknown> = {};
  self['self'] = self;
  return self;
}
