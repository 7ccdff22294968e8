// One row per room: the floor it stands on and the libraries that live in it and nowhere else.
// A room imports only from floors below its own; ARCHITECTURE.md names every room.
const rooms = [
  { floor: 0, room: 'lib', libraries: ['write-file-atomic'] },
  { floor: 1, room: 'domain', libraries: ['cron-parser', 'temporal-polyfill'] },
  { floor: 2, room: 'analysis', libraries: ['simple-statistics'] },
  { floor: 2, room: 'edi', libraries: ['big.js', 'fast-xml-builder', 'saxes'] },
  { floor: 3, room: 'scenario', libraries: [] },
  { floor: 4, room: 'engine', libraries: [] },
  { floor: 4, room: 'alerting', libraries: [] },
  { floor: 5, room: 'config', libraries: ['date-holidays', 'yaml'] },
  { floor: 5, room: 'odoo', libraries: ['xmlrpc'] },
  { floor: 5, room: 'browser', libraries: ['playwright'] },
  { floor: 5, room: 'store', libraries: ['ioredis'] },
  // It gets its connections from outside, so that ioredis stays in the store.
  { floor: 5, room: 'queue', libraries: ['bullmq'] },
  { floor: 5, room: 'channel', libraries: ['ssh2-sftp-client'] },
  { floor: 5, room: 'evidence', libraries: ['pg'] },
  { floor: 5, room: 'surface', libraries: ['junit-report-builder', 'pino', 'prom-client'] },
  { floor: 6, room: 'roles', libraries: ['node-cron'] },
  { floor: 6, room: 'tasks', libraries: [] },
  { floor: 7, room: 'wire', libraries: [] },
  { floor: 8, room: 'cli', libraries: ['commander', 'picocolors', 'cli-table3'] },
];

const folders = (selected) => selected.map(({ room }) => `^src/${room}/`);

const floors = rooms.map(({ floor, room }) => ({
  name: `floor-of-${room}`,
  comment: `src/${room} stands on floor ${floor} and imports only from the floors below.`,
  severity: 'error',
  from: { path: `^src/${room}/` },
  to: { path: folders(rooms.filter((other) => other.room !== room && other.floor >= floor)) },
}));

const libraries = rooms
  .filter((row) => row.libraries.length > 0)
  .map(({ room, libraries }) => ({
    name: `library-of-${room}`,
    comment: `${libraries.join(', ')} may be imported by src/${room} only.`,
    severity: 'error',
    from: { path: '^(src|scenarios)/', pathNot: `^src/${room}/` },
    // The SDK names types of Playwright, the queue of ioredis; types are not the library.
    to: {
      path: libraries.map((library) => `node_modules/${library}/`),
      dependencyTypesNot: ['type-only'],
    },
  }));

module.exports = {
  forbidden: [
    ...floors.filter(({ to }) => to.path.length > 0),
    ...libraries,
    {
      name: 'room-is-listed',
      comment: 'Every folder of src/ has its row in this file.',
      severity: 'error',
      from: { path: '^src/', pathNot: folders(rooms) },
      to: {},
    },
    {
      name: 'scenario-sdk-only',
      comment: 'A built-in scenario is exactly what a customer would write.',
      severity: 'error',
      from: { path: '^scenarios/' },
      to: { path: '^(src|deploy|test)/', pathNot: '^src/scenario/index\\.ts$' },
    },
    {
      name: 'source-stands-alone',
      severity: 'error',
      from: { path: '^(src|scenarios)/' },
      to: { path: '^(test|deploy)/' },
    },
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'no-orphans',
      severity: 'error',
      from: { orphan: true, path: '^src/', pathNot: '\\.d\\.ts$' },
      to: {},
    },
    {
      name: 'no-dev-dependency',
      severity: 'error',
      from: { path: '^(src|scenarios)/' },
      to: { dependencyTypes: ['npm-dev'], pathNot: 'node_modules/@types/' },
    },
    { name: 'resolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['source', 'import', 'types', 'node', 'default'],
    },
  },
};
