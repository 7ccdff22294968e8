declare module 'xmlrpc' {
  interface Client {
    methodCall(
      method: string,
      params: readonly unknown[],
      callback: (error: Error | null | undefined, value: unknown) => void,
    ): void;
  }
  const xmlrpc: { createClient(options: { readonly url: string }): Client };
  export default xmlrpc;
}
