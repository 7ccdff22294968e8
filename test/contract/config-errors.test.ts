/** The gallery of forbidden configurations: each file, and beside it every word that is said about it. */
import { existsSync, readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ConfigError, loadConfig } from '../../src/config/load.ts';
import { CATALOGUE } from '../support/unit/config.ts';
import { contractPath, expectGolden } from '../support/unit/golden.ts';

const folder = contractPath('invalid/');
const names = readdirSync(folder)
  .filter((name) => name.endsWith('.yaml'))
  .map((name) => name.replace('.yaml', ''));

const said = new Map<string, ConfigError>();

function saidAbout(name: string): ConfigError {
  const known = said.get(name) ?? refusalOf(name);
  said.set(name, known);
  return known;
}

/** What is said, with file names as seen from the gallery. */
function refusalOf(name: string): ConfigError {
  try {
    loadConfig(`${folder}${name}.yaml`, CATALOGUE, {});
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
  throw new Error(`${name}.yaml is valid`);
}

describe('a forbidden configuration', () => {
  it.each(names)('%s is refused in the words beside it', (name) => {
    const text = saidAbout(name).message.replaceAll(folder, '');
    expectGolden(`invalid/${name}.txt`, `${text}\n`);
  });

  it.each(names)('%s is refused with a place, a fault and a remedy each time', (name) => {
    for (const { file, line, message, remedy } of saidAbout(name).diagnostics) {
      expect(line).toBeGreaterThan(0);
      expect(`${file} ${message} ${remedy}`).not.toMatch(/undefined|\[object|\n/);
      expect(remedy).not.toBe('');
    }
  });

  it.each(names)('%s is refused without printing what might be a secret', (name) => {
    expect(saidAbout(name).message).not.toContain('hunter22');
  });

  it.each(names)('%s is refused in correct words', (name) => {
    for (const { message, remedy } of saidAbout(name).diagnostics) {
      expect(`${message} ${remedy}`).not.toMatch(/\ba (?:object|array|undefined)\b/);
      const choices = (/(?:choose|add it): (.*)$/.exec(remedy)?.[1] ?? '').split(', ');
      expect(choices).toEqual([...new Set(choices)]);
    }
  });

  it('several-at-once names the faults of the included files too', () => {
    const { message } = saidAbout('several-at-once');
    expect(message).toContain('parts/nowhere.yaml');
    expect(message).toContain('parts/typo.yaml');
  });

  it('names what is missing as missing', () => {
    expect(saidAbout('consent-without-end').message).toContain('is missing');
  });

  it('has a file of words, and every file of words has a configuration', () => {
    const texts = readdirSync(folder).filter((name) => name.endsWith('.txt'));
    expect(texts.map((name) => name.replace('.txt', ''))).toEqual(names);
    expect(names.every((name) => existsSync(`${folder}${name}.txt`))).toBe(true);
  });
});

describe('a good configuration', () => {
  it('with an include has the tenants of all its files', () => {
    const { fleet, tenants } = loadConfig(contractPath('good/orderwatch.yaml'), CATALOGUE, {
      NORTH_HOST: 'north.example',
    });
    expect(fleet.name).toBe('acme');
    expect(tenants.map(({ id, url }) => [id, url])).toEqual([
      ['north', 'https://north.example'],
      ['south', 'http://10.0.0.7:8069/odoo'],
    ]);
  });
});
