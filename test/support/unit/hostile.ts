/** Values that fight back when they are looked at; made anew for each use. */

function refuse(): never {
  throw new Error('hands off');
}

export const hostile: readonly (readonly [string, () => unknown])[] = [
  ['an object whose toString throws', () => ({ toString: refuse, toJSON: refuse })],
  ['an object with a getter that throws', () => Object.defineProperty({}, 'x', throwing)],
  [
    'an error whose message throws',
    () => Object.defineProperty(new Error('a'), 'message', throwing),
  ],
  ['an error whose message is null', () => Object.assign(new Error('a'), { message: null })],
  [
    'an error whose message is a symbol',
    () => Object.assign(new Error('a'), { message: Symbol('m') }),
  ],
  ['an error whose name is no text', () => Object.assign(new Error(''), { name: 7 })],
  ['an object whose code throws', () => Object.defineProperty({}, 'code', throwing)],
  ['an object that turns into nothing as JSON', () => ({ toJSON: () => undefined })],
  ['an object that holds itself', cyclic],
  ['an object that holds a BigInt', () => ({ amount: 1n })],
  ['a function', () => () => 'x'],
  ['a revoked proxy', revoked],
  ['a proxy that refuses everything', () => new Proxy({}, refusing)],
  ['a proxy of an error that refuses everything', () => new Proxy(new Error('a'), refusing)],
  ['text that is enormous', () => 'x'.repeat(1_000_000)],
];

const throwing: PropertyDescriptor = { get: refuse, enumerable: true };

const refusing: ProxyHandler<object> = {
  get: refuse,
  has: refuse,
  getPrototypeOf: refuse,
  ownKeys: refuse,
  getOwnPropertyDescriptor: refuse,
};

function cyclic(): unknown {
  const self: Record<string, unknown> = {};
  self['self'] = self;
  return self;
}

function revoked(): unknown {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
}
