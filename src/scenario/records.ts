/** Records read from Odoo, typed by the fields a scenario asks for and checked against what really came. */
import { Failed } from '../domain/failure.ts';

/** What a field must hold. Odoo says `false` for "nothing"; here nothing is undefined or an empty list. */
export type FieldKind = 'text' | 'number' | 'boolean' | 'many2one' | 'ids';
export type Fields = Readonly<Record<string, FieldKind>>;

interface ValueOf {
  text: string | undefined;
  number: number;
  boolean: boolean;
  many2one: { readonly id: number; readonly name: string } | undefined;
  ids: readonly number[];
}

/** One record: its id and one typed value for every field asked for. */
export type RecordOf<F extends Fields> = { readonly [K in keyof F]: ValueOf[F[K]] } & {
  readonly id: number;
};

const decoders: { readonly [K in FieldKind]: (raw: unknown) => ValueOf[K] | Malformed } = {
  text: (raw) => (raw === false ? undefined : typeof raw === 'string' ? raw : malformed),
  number: (raw) => (typeof raw === 'number' ? raw : malformed),
  boolean: (raw) => (typeof raw === 'boolean' ? raw : malformed),
  many2one: (raw) => {
    if (raw === false) return undefined;
    if (!Array.isArray(raw)) return malformed;
    const [id, name] = raw as unknown[];
    return typeof id === 'number' ? { id, name: typeof name === 'string' ? name : '' } : malformed;
  },
  ids: (raw) => (Array.isArray(raw) && raw.every((id) => typeof id === 'number') ? raw : malformed),
};

const malformed = Symbol('malformed');
type Malformed = typeof malformed;

/** Throws Failed `odoo.malformed-answer` (target, application) when the answer is not a list of such records. */
export function decodeRecords<F extends Fields>(
  model: string,
  fields: F,
  answer: unknown,
): readonly RecordOf<F>[] {
  if (!Array.isArray(answer)) throw unexpected(model, 'not a list of records');
  return answer.map((raw: unknown) => decodeRecord(model, fields, raw));
}

function decodeRecord<F extends Fields>(model: string, fields: F, raw: unknown): RecordOf<F> {
  if (typeof raw !== 'object' || raw === null) throw unexpected(model, 'a record is not a struct');
  const all: Fields = { ...fields, id: 'number' };
  const record: Record<string, unknown> = {};
  for (const [name, kind] of Object.entries(all)) {
    const given = Object.hasOwn(raw, name) ? (raw as Record<string, unknown>)[name] : undefined;
    const value = decoders[kind](given);
    if (value === malformed) throw unexpected(model, `field ${name} is not of kind ${kind}`);
    record[name] = value;
  }
  return record as RecordOf<F>;
}

function unexpected(model: string, what: string): Failed {
  return new Failed({
    code: 'odoo.malformed-answer',
    blame: 'target',
    layer: 'application',
    message: `the answer for ${model} is malformed: ${what}`,
  });
}
