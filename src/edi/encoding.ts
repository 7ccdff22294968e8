/** Bytes to text: the encoding that the document declares, strictly, or none. */
import { type Syntax, Unreadable } from './result.ts';

/** Which syntax bytes begin like, after a byte order mark and white space; undefined for none that is known. */
export function detect(bytes: Uint8Array): Syntax | undefined {
  const head = latin1(bytes.subarray(0, 1_024));
  // UTF-16 is detected so that its encoding can be said to be wrong.
  const start = head.replace(/^(?:ï»¿|ÿþ|þÿ\0)/, '').trimStart();
  if (start.startsWith('<')) return 'ubl';
  if (/^ISA[^A-Za-z0-9\s]/.test(start)) return 'x12';
  return /^(?:UNA......\s*UNB|UNB\+)/s.test(start) ? 'edifact' : undefined;
}

/** UTF-8, with or without byte order mark. */
export function utf8(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new Unreadable('wrong-encoding', 'the bytes are not UTF-8');
  }
}

/**
 * The text of an interchange in the encoding that its UNB names: ISO 646 for UNOA and UNOB, ISO 8859-1 for UNOC. Any
 * byte is a character of ISO 8859-1, so it is refused where it can hardly be meant: for control characters, where
 * Windows has letters, and where all of it is proper UTF-8.
 */
export function edifactText(bytes: Uint8Array): string {
  const text = latin1(bytes).replace(/^ï»¿/, '');
  const [, charset = ''] = /^\s*(?:UNA.{6}\s*)?UNB.([A-Z]{4})/s.exec(text.slice(0, 1_024)) ?? [];
  if (!/^UNO[ABC]$/.test(charset)) {
    throw new Unreadable('wrong-encoding', `UNB: "${charset}" is not read`);
  }
  const isWrong = charset === 'UNOC' ? isNoLatin1(text, bytes) : /[\u0080-\u00ff]/.test(text);
  if (isWrong) throw new Unreadable('wrong-encoding', `the bytes are not ${charset}`);
  return text;
}

const isNoLatin1 = (text: string, bytes: Uint8Array): boolean =>
  /[\u0080-\u009f]/.test(text) || (/[\u00a0-\u00ff]/.test(text) && isUtf8(bytes));

// Not the decoder called latin1: to TextDecoder that is windows-1252.
const latin1 = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');

function isUtf8(bytes: Uint8Array): boolean {
  try {
    utf8(bytes);
    return true;
  } catch {
    return false;
  }
}

/** Throws RangeError for characters beyond ISO 8859-1. */
export function toLatin1(text: string): Uint8Array {
  const beyond = /[^\u0000-\u007f\u00a0-\u00ff]/u.exec(text)?.[0];
  if (beyond !== undefined) throw new RangeError(`ISO 8859-1 cannot carry "${beyond}"`);
  return new Uint8Array(Buffer.from(text, 'latin1'));
}

export const toUtf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
