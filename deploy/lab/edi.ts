// The folders through which a tenant exchanges EDI documents with a partner, who is whoever runs the tests.
import { join } from 'node:path';
import type { LabTenant } from './tenants.ts';

export interface EdiFolders {
  readonly in: string;
  readonly out: string;
}

export const ediFolders = (
  lab: { readonly data: string },
  { id }: Pick<LabTenant, 'id'>,
): EdiFolders => {
  const at = (name: string): string => join(lab.data, 'edi', id, name);
  return { in: at('in'), out: at('out') };
};
