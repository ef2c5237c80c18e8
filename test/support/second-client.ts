import registryClient from 'docker-registry-client';

/** docker-registry-client behind promises: what it says is compared with what our own client says. */
export interface SecondClient {
  readonly manifest: (reference: string) => Promise<{ readonly digest: string; readonly text: string }>;
  readonly tags: () => Promise<{ readonly tags: readonly string[]; readonly link: string | null }>;
  readonly putManifest: (reference: string, text: string) => Promise<string>;
  readonly close: () => void;
}

/** `name` is what the client called it, `status` what the registry said (absent where it never answered). */
export class SecondClientError extends Error {
  readonly status: number | undefined;

  constructor(cause: Error, status: number | undefined) {
    super(cause.message, { cause });
    this.name = cause.name;
    this.status = status;
  }
}

export interface SecondClientOptions {
  readonly username?: string;
  readonly password?: string;
  /** The client has no time limit of its own. */
  readonly deadlineMs?: number;
}

export function openSecondClient(reference: string, options: SecondClientOptions = {}): SecondClient {
  const { deadlineMs = 20_000, ...credentials } = options;
  const client = registryClient.createClientV2({
    name: reference,
    maxSchemaVersion: 2,
    acceptManifestLists: true,
    ...credentials,
  });
  return {
    manifest: (ref) =>
      within(deadlineMs, (resolve, reject) =>
        client.getManifest({ ref }, (error, _manifest, response, text) => {
          if (error !== null && error !== undefined) reject(new SecondClientError(error, response?.statusCode));
          else resolve({ digest: registryClient.digestFromManifestStr(text), text });
        }),
      ),
    tags: () =>
      within(deadlineMs, (resolve, reject) =>
        client.listTags((error, body, response) => {
          if (error !== null && error !== undefined) reject(new SecondClientError(error, response?.statusCode));
          else resolve({ tags: body.tags, link: linkOf(response.headers['link']) });
        }),
      ),
    putManifest: (ref, manifest) =>
      within(deadlineMs, (resolve, reject) =>
        client.putManifest({ ref, manifest }, (error, response, digest) => {
          if (error !== null && error !== undefined) reject(new SecondClientError(error, response?.statusCode));
          else resolve(digest);
        }),
      ),
    close: () => client.close(),
  };
}

function linkOf(header: string | readonly string[] | undefined): string | null {
  return typeof header === 'string' ? header : null;
}

function within<T>(
  deadlineMs: number,
  start: (resolve: (value: T) => void, reject: (error: Error) => void) => void,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`no answer within ${deadlineMs} ms`)), deadlineMs);
    const end =
      <V>(pass: (value: V) => void) =>
      (value: V): void => {
        clearTimeout(timer);
        pass(value);
      };
    start(end(resolve), end(reject));
  });
}
