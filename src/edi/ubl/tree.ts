/** XML to a tree: strict, by namespace URI, without DOCTYPE and so without entities of its own, and within limits. */
import { SaxesParser } from 'saxes';
import { lineOf } from '../draft.ts';
import { type DecodeLimits, Unreadable } from '../result.ts';

export interface Element {
  readonly name: string;
  /** Namespace URI. */
  readonly uri: string;
  /** By local name; those of a namespace are left out. */
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly Element[];
  /** On one line. Of elements with children it is what stands between these. */
  readonly text: string;
}

interface Open extends Element {
  readonly children: Element[];
  text: string;
}

/** Throws Unreadable. */
export function treeOf(text: string, limits: Omit<DecodeLimits, 'bytes'>): Element {
  const parser = new SaxesParser({ xmlns: true });
  const open: Open[] = [];
  let parts = 0;
  let root: Element | undefined;
  const refuse = (reason: Unreadable['reason'], what: string): never => {
    throw new Unreadable(reason, `line ${parser.line}, column ${parser.column}: ${what}`);
  };
  const countPart = (): void => {
    parts += 1;
    if (parts > limits.parts) refuse('too-many-parts', `more than ${limits.parts}`);
  };
  parser.on('error', ({ message }) => refuse(reasonOf(message), message.replace(/^[\d:]* /, '')));
  parser.on('doctype', () => refuse('doctype', 'a document type is not allowed'));
  parser.on('xmldecl', ({ encoding = 'UTF-8' }) => {
    if (!/^(?:utf-8|us-ascii)$/i.test(encoding))
      refuse('wrong-encoding', `declared as ${encoding}`);
  });
  parser.on('attribute', countPart);
  parser.on('opentag', ({ local, uri, attributes }) => {
    countPart();
    if (open.length >= limits.depth) refuse('too-deep', `more than ${limits.depth} levels`);
    const own = Object.values(attributes).filter((attribute) => attribute.uri === '');
    open.push({
      name: local,
      uri,
      attributes: Object.fromEntries(own.map((attribute) => [attribute.local, attribute.value])),
      children: [],
      text: '',
    });
  });
  const append = (more: string): void => {
    const element = open.at(-1);
    if (element !== undefined) element.text += more;
  };
  parser.on('text', append);
  parser.on('cdata', append);
  parser.on('closetag', () => {
    const element = open.pop();
    if (element === undefined) return;
    element.text = lineOf(element.text);
    const parent = open.at(-1);
    if (parent === undefined) root = element;
    else parent.children.push(element);
  });
  parser.write(text).close();
  return root ?? refuse('not-well-formed', 'no element');
}

// The parser tells an early end in several ways, all of which say that something is not closed.
const reasonOf = (message: string): Unreadable['reason'] =>
  /unclosed|must contain a root|unexpected end/.test(message) ? 'truncated' : 'not-well-formed';
