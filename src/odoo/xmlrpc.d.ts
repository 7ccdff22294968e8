declare module 'xmlrpc/lib/serializer.js' {
  const serializer: {
    serializeMethodCall(method: string, params: readonly unknown[]): string;
  };
  export default serializer;
}

declare module 'xmlrpc/lib/deserializer.js' {
  export interface Source {
    setEncoding(encoding: string): void;
    on(event: 'error', listener: (error: Error) => void): void;
    pipe(parser: { write(text: string): boolean; end(): void }): void;
  }
  export default class Deserializer {
    deserializeMethodResponse(
      source: Source,
      callback: (
        error: (Error & { faultCode?: unknown; faultString?: unknown }) | null | undefined,
        value?: unknown,
      ) => void,
    ): void;
  }
}
