/** XML-RPC bodies as an Odoo server would send them, and values as it would read ours. */
import Deserializer from 'xmlrpc/lib/deserializer.js';

export const response = (value: string): string =>
  `<?xml version='1.0'?><methodResponse><params><param><value>${value}</value></param></params></methodResponse>`;

export const faultBody = (code: string, text: string): string =>
  `<?xml version='1.0'?><methodResponse><fault><value><struct>` +
  `<member><name>faultCode</name><value>${code}</value></member>` +
  `<member><name>faultString</name><value><string>${text}</string></value></member>` +
  `</struct></value></fault></methodResponse>`;

export const faultOf = (code: number, text: string): string =>
  faultBody(`<int>${code}</int>`, text);

interface CallDeserializer {
  deserializeMethodCall(
    source: unknown,
    callback: (error: unknown, method: string, params: readonly unknown[]) => void,
  ): void;
}

/** Reads a request with the package's own server side. */
export function decodeCall(body: string): {
  readonly method: string;
  readonly params: readonly unknown[];
} {
  const found: { method: string; params: readonly unknown[] }[] = [];
  const source = {
    setEncoding: () => undefined,
    on: () => undefined,
    pipe: (parser: { write(text: string): void; end(): void }) => {
      parser.write(body);
      parser.end();
    },
  };
  const deserializer = new Deserializer() as unknown as CallDeserializer;
  deserializer.deserializeMethodCall(source, (error, method, params) => {
    if (error instanceof Error) throw error;
    found.push({ method, params });
  });
  return found[0]!;
}
