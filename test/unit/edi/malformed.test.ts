import { describe, expect, it } from 'vitest';
import {
  type DecodeLimits,
  decode,
  detect,
  encode,
  type Malformed,
} from '../../../src/edi/index.ts';
import { anOrder, bytesOf, textOf } from '../../support/unit/edi.ts';

const [ubl, x12, edifact] = (['ubl', 'x12', 'edifact'] as const).map((syntax) =>
  textOf(encode({ ...anOrder, lines: anOrder.lines.slice(1) }, syntax)),
) as [string, string, string];

const limits: DecodeLimits = { bytes: 1_000_000, depth: 32, parts: 100_000 };
const latin1 = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'latin1'));
const utf16 = (text: string): Uint8Array => new Uint8Array(Buffer.from(`\ufeff${text}`, 'utf16le'));

function refusal(bytes: Uint8Array, within = limits): Omit<Malformed, 'kind'> {
  const decoded = decode(bytes, within);
  if (decoded.kind === 'document') throw new Error('it was read');
  return { reason: decoded.reason, where: decoded.where };
}

describe('malformed', () => {
  it.each<readonly [Malformed['reason'], string, Uint8Array, string]>([
    ['unknown-syntax', 'nothing', new Uint8Array(), 'the first bytes'],
    ['unknown-syntax', 'JSON', bytesOf('{"order": 1}'), 'the first bytes'],
    ['unknown-syntax', 'a word', bytesOf('ISABELLA'), 'the first bytes'],
    [
      'wrong-encoding',
      'UBL in ISO 8859-1',
      latin1(ubl.replace('Nordwind', 'Nördwind')),
      'the bytes are not UTF-8',
    ],
    ['wrong-encoding', 'UBL in UTF-16', utf16(ubl), 'the bytes are not UTF-8'],
    [
      'wrong-encoding',
      'a declaration of ISO 8859-1',
      bytesOf(ubl.replace('UTF-8', 'ISO-8859-1')),
      'declared as ISO-8859-1',
    ],
    [
      'wrong-encoding',
      'X12 in ISO 8859-1',
      latin1(x12.replace('Nordwind', 'Nördwind')),
      'the bytes are not UTF-8',
    ],
    [
      'wrong-encoding',
      'UNOC in UTF-8',
      bytesOf(edifact.replace('Nordwind', 'Nördwind')),
      'the bytes are not UNOC',
    ],
    [
      'wrong-encoding',
      'UNOC with letters of Windows',
      latin1(edifact.replace('Nordwind', 'Nordwind\u0099')),
      'the bytes are not UNOC',
    ],
    [
      'wrong-encoding',
      'UNOA with an accent',
      latin1(edifact.replace('UNOC', 'UNOA').replace('Nordwind', 'Nördwind')),
      'the bytes are not UNOA',
    ],
    ['wrong-encoding', 'UNOD', latin1(edifact.replace('UNOC', 'UNOD')), 'UNB: "UNOD" is not read'],
    [
      'doctype',
      'a document type',
      bytesOf(ubl.replace('?>', '?><!DOCTYPE Order [<!ENTITY x "y">]>')),
      'a document type is not allowed',
    ],
    ['not-well-formed', 'elements that cross', bytesOf('<a><b></a></b>'), 'unexpected close tag'],
    [
      'not-well-formed',
      'an entity that nobody declared',
      bytesOf('<a>&x;</a>'),
      'undefined entity',
    ],
    [
      'not-well-formed',
      'a prefix that nobody declared',
      bytesOf('<p:a/>'),
      'unbound namespace prefix',
    ],
    ['truncated', 'half a UBL', bytesOf(ubl.slice(0, ubl.length / 2)), ''],
    ['truncated', 'half an X12', bytesOf(x12.slice(0, x12.length / 2)), ''],
    ['truncated', 'an ISA alone', bytesOf(x12.slice(0, 50)), 'ISA'],
    ['truncated', 'an X12 without its end', bytesOf(x12.replace(/IEA.*/, '')), 'IEA is not there'],
    ['truncated', 'half an EDIFACT', bytesOf(edifact.slice(0, edifact.length / 2)), ''],
    [
      'truncated',
      'an EDIFACT without its end',
      bytesOf(edifact.replace(/UNZ.*/, '')),
      'UNZ is not there',
    ],
    ['wrong-count', 'an SE', bytesOf(x12.replace(/SE\*\d+/, 'SE*3')), 'SE: 3 instead of 22'],
    ['wrong-count', 'a GE', bytesOf(x12.replace('GE*1', 'GE*2')), 'GE: 2 instead of 1'],
    ['wrong-count', 'an IEA', bytesOf(x12.replace('IEA*1', 'IEA*x')), 'IEA: x instead of 1'],
    ['wrong-count', 'a UNT', bytesOf(edifact.replace(/UNT\+\d+/, 'UNT+3')), 'UNT: 3 instead of 24'],
    ['wrong-count', 'a UNZ', bytesOf(edifact.replace('UNZ+1', 'UNZ+2')), 'UNZ: 2 instead of 1'],
    [
      'wrong-control-number',
      'an SE',
      bytesOf(x12.replace(/(SE\*\d+\*)\d+/, '$11')),
      'SE: 1 instead of 323456789',
    ],
    [
      'wrong-control-number',
      'an IEA',
      bytesOf(x12.replace(/(IEA\*1\*)\d+/, '$11')),
      'IEA: 1 instead of 123456789',
    ],
    [
      'wrong-control-number',
      'a UNT',
      bytesOf(edifact.replace(/(UNT\+\d+\+)\d+/, '$11')),
      'UNT: 1 instead of 323456789',
    ],
    [
      'wrong-control-number',
      'a UNZ',
      bytesOf(edifact.replace(/(UNZ\+1\+)\d+/, '$11')),
      'UNZ: 1 instead of 123456789',
    ],
    [
      'unsupported',
      'a credit note',
      bytesOf('<CreditNote xmlns="urn:oasis:names:specification:ubl:schema:xsd:CreditNote-2"/>'),
      '<CreditNote>',
    ],
    [
      'unsupported',
      'version 004010',
      bytesOf(x12.replace('005010', '004010')),
      'GS: version 004010',
    ],
    ['unsupported', 'an 860', bytesOf(x12.replace('ST*850', 'ST*860')), 'ST: 860'],
    [
      'unsupported',
      'two transactions',
      bytesOf(x12.replace(/(ST\*.*?)(GE)/, '$1$1$2')),
      'ST): a second one',
    ],
    ['unsupported', 'D.01B', bytesOf(edifact.replace('96A', '01B')), 'UNH: ORDERS:D:01B'],
    ['unsupported', 'syntax 4', bytesOf(edifact.replace('UNOC:3', 'UNOC:4')), 'UNB: syntax 4'],
    ['unsupported', 'an ORDCHG', bytesOf(edifact.replace('ORDERS', 'ORDCHG')), 'UNH: ORDCHG:D:96A'],
    [
      'unsupported',
      'a group',
      bytesOf(edifact.replace('UNH', "UNG+ORDERS'UNH")),
      'segment 2 (UNG)',
    ],
    [
      'missing',
      'an order without number',
      bytesOf(ubl.replace('<cbc:ID>SYN01ABCDEABCDEFGHIJ</cbc:ID>', '')),
      'order.number',
    ],
    [
      'missing',
      'an order without lines',
      bytesOf(ubl.replace(/<cac:OrderLine>.*<\/cac:OrderLine>/, '')),
      'order.lines',
    ],
    [
      'missing',
      'a line without quantity',
      bytesOf(x12.replace('PO1*2*1.5', 'PO1*2*')),
      'order.lines.0.quantity',
    ],
    [
      'missing',
      'an order without seller',
      bytesOf(edifact.replace('NAD+SU', 'NAD+XX')),
      'order.seller',
    ],
    ['missing', 'an X12 without GS', bytesOf(x12.replace(/GS\*.*?~/, '')), 'GS'],
    [
      'invalid',
      'a quantity of many',
      bytesOf(ubl.replace('>1.5<', '>many<')),
      'order.lines.0.quantity',
    ],
    [
      'invalid',
      'a day that is none',
      bytesOf(x12.replace('**20260701', '**20260732')),
      'order.issueDate',
    ],
    [
      'invalid',
      'a bell',
      bytesOf(edifact.replace('Nordwind', 'Nord\u0007wind')),
      'order.buyer.name',
    ],
    ['invalid', 'a UNA of letters', bytesOf(edifact.replace("UNA:+.? '", "UNA:+.A '")), 'UNA'],
    ['invalid', 'an ISA of one delimiter', bytesOf(x12.replace(/\*/g, '~')), 'ISA: its delimiters'],
    [
      'invalid',
      'a group of invoices around an order',
      bytesOf(x12.replace('GS*PO', 'GS*IN')),
      'GS: IN around 850',
    ],
  ])('%s: %s', (reason, _, bytes, where) => {
    const refused = refusal(bytes);
    expect(refused).toEqual({ reason, where: expect.stringContaining(where) as string });
    expect(refused.where.length).toBeLessThanOrEqual(200);
  });

  it.each([
    ['too-large', { ...limits, bytes: 100 }],
    ['too-deep', { ...limits, depth: 4 }],
    ['too-many-parts', { ...limits, parts: 10 }],
  ] as const)('%s: a document beyond its limit', (reason, within) => {
    expect(refusal(bytesOf(ubl), within).reason).toBe(reason);
    const ofSegments = reason === 'too-deep' ? [] : [x12, edifact];
    for (const text of ofSegments) expect(refusal(bytesOf(text), within).reason).toBe(reason);
  });

  it('too-large: fifty megabytes and one byte, unread', () => {
    expect(decode(new Uint8Array(50 * 1024 * 1024 + 1))).toMatchObject({ reason: 'too-large' });
  });
});

describe('what is no mistake', () => {
  it.each(['ubl', 'x12', 'edifact'] as const)(
    'a byte order mark or white space before %s',
    (syntax) => {
      const text = { ubl, x12, edifact }[syntax];
      const start = syntax === 'ubl' ? text.replace(/<\?.*?\?>/, '') : text;
      for (const bytes of [
        bytesOf(`\ufeff${text}`),
        bytesOf(` \r\n${start}`),
        bytesOf(`${text}\r\n`),
      ]) {
        expect(detect(bytes)).toBe(syntax);
        expect(decode(bytes)).toMatchObject({ kind: 'document', syntax });
      }
    },
  );
});
