import { mkdirSync, writeFileSync } from 'node:fs';
import { availableParallelism, totalmem } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { groupFolders, ownMachine } from '../../../src/lib/cgroup.ts';
import { temporaryFolder } from '../../support/unit/folder.ts';

const MIB = 1_024 * 1_024;
const whole = { cores: availableParallelism(), memoryBytes: totalmem() };

/** A mount with these files, and a process in these groups. */
function place(groups: string, files: Readonly<Record<string, string>>) {
  const folder = temporaryFolder();
  for (const [name, text] of Object.entries({ ...files, groups })) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), `${text}\n`);
  }
  return { mount: folder, groups: join(folder, 'groups') };
}

it('of version 2 the tightest limit on the way up holds', () => {
  const at = place('0::/pod/one', {
    'pod/one/cpu.max': 'max 100000',
    'pod/one/memory.max': `${512 * MIB}`,
    'pod/cpu.max': '50000 100000',
    'pod/memory.max': `${256 * MIB}`,
    'memory.max': 'max',
  });
  expect(ownMachine(at)).toEqual({ cores: 0.5, memoryBytes: 256 * MIB });
});

it('of version 1 as well', () => {
  const at = place('9:memory:/one\n5:cpu,cpuacct:/one\n1:name=systemd:/\n0::/', {
    'cpu,cpuacct/one/cpu.cfs_quota_us': '75000',
    'cpu,cpuacct/one/cpu.cfs_period_us': '50000',
    'cpu,cpuacct/cpu.cfs_quota_us': '-1',
    'cpu,cpuacct/cpu.cfs_period_us': '100000',
    'memory/one/memory.limit_in_bytes': '9223372036854771712',
    'memory/memory.limit_in_bytes': `${300 * MIB}`,
  });
  const { cores, memoryBytes } = ownMachine(at);
  expect(cores).toBe(Math.min(1.5, whole.cores));
  expect(memoryBytes).toBe(300 * MIB);
});

it('in a container the root of the mount is our own group, whatever the kernel calls it', () => {
  const at = place('0::/kubepods/pod7/c9', {
    'cpu.max': '20000 100000',
    'memory.max': `${64 * MIB}`,
  });
  expect(ownMachine(at)).toEqual({ cores: 0.2, memoryBytes: 64 * MIB });
});

it('what is not limited, not there or makes no sense leaves the whole machine', () => {
  expect(ownMachine(place('0::/', {}))).toEqual(whole);
  expect(ownMachine({ mount: '/nonexistent', groups: '/nonexistent' })).toEqual(whole);
  const odd = { 'cpu.max': '? 0', 'memory.max': 'none' };
  expect(ownMachine(place('0::/', odd))).toEqual(whole);
  expect(ownMachine(place('0::/', { 'cpu.max': '800000 100000' })).cores).toBe(
    Math.min(8, whole.cores),
  );
});

it('looks only where a controller is', () => {
  const { mount, groups } = place('4:memory:/a/b\n2:cpuacct,cpu:/', {});
  expect(groupFolders('memory', { mount, groups })).toEqual(
    ['/a/b', '/a', ''].map((path) => `${mount}/memory${path}`),
  );
  expect(groupFolders('cpu', { mount, groups })).toEqual([`${mount}/cpuacct,cpu`, `${mount}/cpu`]);
});
