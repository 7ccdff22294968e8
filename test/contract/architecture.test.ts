/** The house as it is written down: every room and every library has its place in the words too. */
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { describe, expect, it } from 'vitest';
import { REPOSITORY } from '../support/unit/cli.ts';

const rooms = readdirSync(`${REPOSITORY}src`).toSorted();
const { forbidden } = createRequire(import.meta.url)(`${REPOSITORY}.dependency-cruiser.cjs`) as {
  readonly forbidden: readonly {
    readonly name: string;
    readonly from: { readonly pathNot?: unknown };
    readonly to: { readonly path?: unknown };
  }[];
};
const manifest = JSON.parse(readFileSync(`${REPOSITORY}package.json`, 'utf8')) as {
  readonly dependencies: Readonly<Record<string, string>>;
};
const architecture = (): string => readFileSync(`${REPOSITORY}ARCHITECTURE.md`, 'utf8');

describe('every room', () => {
  it('is a folder, and nothing else lies in src/', () => {
    expect(rooms.filter((name) => !/^[a-z]+$/.test(name))).toEqual([]);
  });

  it('has its row in .dependency-cruiser.cjs, and every row has its room', () => {
    const listed = forbidden.find(({ name }) => name === 'room-is-listed');
    expect((listed?.from.pathNot as readonly string[]).toSorted()).toEqual(
      rooms.map((room) => `^src/${room}/`),
    );
  });

  it('but the top one may not import from its own floor or from above', () => {
    const floors = forbidden.filter(({ name }) => name.startsWith('floor-of-'));
    const bounded = floors.map(({ name }) => name.replace('floor-of-', '')).toSorted();
    expect(bounded).toEqual(rooms.filter((room) => room !== 'cli'));
  });

  it.each(rooms)('%s is named in ARCHITECTURE.md', (room) => {
    expect(architecture()).toMatch(new RegExp(`\`(?:src/)?${room}/?\``));
  });
});

describe('every library', () => {
  it.each(Object.keys(manifest.dependencies))('%s is named in ARCHITECTURE.md', (library) => {
    expect(architecture()).toContain(`\`${library}\``);
  });

  it.each(Object.entries(manifest.dependencies))(
    '%s is pinned to one version (%s)',
    (_, version) => {
      expect(version).toMatch(/^\d+\.\d+\.\d+$/);
    },
  );
});

describe('every file of src/ and scenarios/', () => {
  const files = ['src', 'scenarios'].flatMap((folder) =>
    readdirSync(`${REPOSITORY}${folder}`, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts') && !name.endsWith('.d.ts'))
      .map((name) => `${folder}/${name}`),
  );

  it.each(files)('%s says at its head what it is for', (file) => {
    const [first = '', second = ''] = readFileSync(`${REPOSITORY}${file}`, 'utf8').split('\n');
    const head = first.startsWith('#!') ? second : first;
    expect(head).toMatch(/^\/\*\*/);
  });
});
