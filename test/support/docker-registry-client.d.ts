/** The part of docker-registry-client 3.4.0 that the tests use; it ships no types. */
declare module 'docker-registry-client' {
  import type { IncomingHttpHeaders } from 'node:http';

  interface Response {
    readonly statusCode: number;
    readonly headers: IncomingHttpHeaders;
  }

  interface RegistryClientV2 {
    getManifest(
      options: { readonly ref: string },
      callback: (error: Error | null, manifest: unknown, response: Response | undefined, text: string) => void,
    ): void;
    listTags(
      callback: (error: Error | null, body: { readonly tags: readonly string[] }, response: Response) => void,
    ): void;
    putManifest(
      options: { readonly ref: string; readonly manifest: string },
      callback: (error: Error | null, response: Response | undefined, digest: string) => void,
    ): void;
    close(): void;
  }

  const registryClient: {
    createClientV2(options: {
      readonly name: string;
      readonly username?: string;
      readonly password?: string;
      readonly maxSchemaVersion: number;
      readonly acceptManifestLists: boolean;
    }): RegistryClientV2;
    digestFromManifestStr(text: string): string;
  };
  // oxlint-disable-next-line import/no-default-export -- CommonJS: what `module.exports` is
  export default registryClient;
}
