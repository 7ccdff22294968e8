/** Texts that are a contract: compared with a file, written anew with UPDATE_GOLDEN=1 and then read by a person. */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';

const CONTRACT = new URL('../../contract/', import.meta.url);

export const contractPath = (path: string): string => fileURLToPath(new URL(path, CONTRACT));

export function expectGolden(path: string, text: string): void {
  const file = contractPath(path);
  if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(file, text);
  expect(text).toBe(readFileSync(file, 'utf8'));
}
