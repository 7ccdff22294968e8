/** From what a reader found to a checked document. */
import type { z } from 'zod';
import { decimalOf } from './decimal.ts';
import { type Document, documentSchema } from './document.ts';
import { Unreadable } from './result.ts';

/** What a reader found, with undefined or '' for what it did not find. */
export type Draft = Readonly<Record<string, unknown>>;

/** The document of a draft. Throws Unreadable with the first field that is missing or wrong. */
export function documentOf(draft: Draft): Document {
  const parsed = documentSchema.safeParse(withoutNothing(draft) ?? {});
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const where = [draft['kind'], ...(issue?.path ?? [])].map(String).join('.');
  throw new Unreadable(isMissing(issue) ? 'missing' : 'invalid', where);
}

const isMissing = (issue: z.core.$ZodIssue | undefined): boolean =>
  issue?.code === 'too_small' || (issue?.code === 'invalid_type' && issue.input === undefined);

// Fields that are not there, and objects without any field, are not part of a document.
function withoutNothing(value: unknown): unknown {
  if (value === '' || value === undefined) return undefined;
  if (Array.isArray(value)) return value.map(withoutNothing).filter((item) => item !== undefined);
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value)
    .map(([key, member]) => [key, withoutNothing(member)] as const)
    .filter(([, member]) => member !== undefined);
  return members.length === 0 ? undefined : Object.fromEntries(members);
}

/** Text on one line, as documents carry it. */
export const lineOf = (text: string): string => text.replace(/\s+/g, ' ').trim();

/** In its shortest form; what is no decimal stays as it is, for the schema to refuse. */
export const numberOf = (text: string): string => decimalOf(text.trim()) ?? text;
