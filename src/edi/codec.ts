/** Bytes to a business document and back, in every syntax. Reading answers data, however bad the bytes are. */
import { type Document, documentSchema } from './document.ts';
import { type Draft, documentOf } from './draft.ts';
import { readEdifact } from './edifact/read.ts';
import { writeEdifact } from './edifact/write.ts';
import { detect, edifactText, toLatin1, toUtf8, utf8 } from './encoding.ts';
import {
  caught,
  type Decoded,
  type DecodeLimits,
  decodeLimits,
  type Syntax,
  Unreadable,
} from './result.ts';
import { readUbl } from './ubl/read.ts';
import { writeUbl } from './ubl/write.ts';
import { readX12 } from './x12/read.ts';
import { writeX12 } from './x12/write.ts';

interface Codec {
  readonly read: (bytes: Uint8Array, limits: DecodeLimits) => Draft;
  readonly write: (document: Document) => Uint8Array;
}

const codecs: Readonly<Record<Syntax, Codec>> = {
  ubl: {
    read: (bytes, limits) => readUbl(utf8(bytes), limits),
    write: (document) => toUtf8(writeUbl(document)),
  },
  x12: {
    read: (bytes, { parts }) => readX12(utf8(bytes), parts),
    write: (document) => toUtf8(writeX12(document)),
  },
  edifact: {
    read: (bytes, { parts }) => readEdifact(edifactText(bytes), parts),
    write: (document) => toLatin1(writeEdifact(document)),
  },
};

/**
 * The one document that bytes hold, by the syntax they begin like. Never throws for what the bytes are; what is read is
 * complete, in its own shape and sealed by a whole envelope. Whether it is right is for `match` and `findingsOfPeppol`.
 */
export function decode(bytes: Uint8Array, limits: DecodeLimits = decodeLimits): Decoded {
  return caught(() => {
    if (bytes.length > limits.bytes) throw new Unreadable('too-large', `${bytes.length} bytes`);
    const syntax = detect(bytes);
    if (syntax === undefined) throw new Unreadable('unknown-syntax', 'the first bytes');
    return { kind: 'document', syntax, document: documentOf(codecs[syntax].read(bytes, limits)) };
  });
}

/**
 * UTF-8, for EDIFACT ISO 8859-1. Throws RangeError for what the syntax has no room for, and ZodError for what is no
 * document: what we send is our own.
 */
export function encode(document: Document, syntax: Syntax): Uint8Array {
  return codecs[syntax].write(documentSchema.parse(document));
}
