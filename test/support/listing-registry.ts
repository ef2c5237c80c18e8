/** A registry with the referrers API, in front of one without: everything else is passed on. */
import { createServer, request as ask } from 'node:http';
import { mediaTypes } from '../../src/domain/media-types.ts';
import { listenOnLoopback } from './loopback.ts';

export interface ListingRegistry {
  readonly host: string;
  /** From now on listed as what hangs on the digest. */
  readonly list: (digest: string, referrer: object) => void;
  readonly close: () => Promise<void>;
}

/**
 * @param behind its host
 * @see https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#listing-referrers
 */
export async function startListingRegistry(behind: string): Promise<ListingRegistry> {
  const lists = new Map<string, object[]>();
  const server = createServer((request, response) => {
    const digest = /^\/v2\/.+\/referrers\/(?<digest>[^/?]+)/.exec(request.url ?? '')?.groups?.['digest'];
    if (digest !== undefined) {
      const index = { schemaVersion: 2, mediaType: mediaTypes.ociIndex, manifests: lists.get(digest) ?? [] };
      response.writeHead(200, { 'content-type': mediaTypes.ociIndex }).end(JSON.stringify(index));
      return;
    }
    const { method = 'GET', headers, url = '' } = request;
    const upstream = ask(`http://${behind}${url}`, { method, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    request.pipe(upstream);
  });
  const listening = await listenOnLoopback(server);
  return {
    host: new URL(listening.url).host,
    list: (digest, referrer) => void lists.set(digest, [...(lists.get(digest) ?? []), referrer]),
    close: () => listening.close(),
  };
}
