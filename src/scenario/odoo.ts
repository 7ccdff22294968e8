/** Values as they cross to Odoo and back, and the reader that every scenario has: it never writes. */
import type { Fields, RecordOf } from './records.ts';

/** Values as XML-RPC can carry them; `false` is Odoo's "nothing". */
export type OdooValue =
  | string
  | number
  | boolean
  | readonly OdooValue[]
  | { readonly [key: string]: OdooValue };
export type OdooValues = Readonly<Record<string, OdooValue>>;
/** Odoo's search domain in prefix notation. */
export type Domain = readonly OdooValue[];

/** Reads as the probe user. Throws Failed; never writes. */
export interface OdooReader {
  read<F extends Fields>(
    model: string,
    ids: readonly number[],
    fields: F,
  ): Promise<readonly RecordOf<F>[]>;
  searchRead<F extends Fields>(
    model: string,
    domain: Domain,
    fields: F,
    options?: { readonly order?: string; readonly limit?: number },
  ): Promise<readonly RecordOf<F>[]>;
  count(model: string, domain: Domain): Promise<number>;
}
