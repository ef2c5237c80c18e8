/**
 * The text of a release on GitLab. Nothing but `description` is sent.
 *
 * @see https://docs.gitlab.com/api/releases/#update-a-release
 */
import { z } from 'zod';
import type { RemotePage } from '../../ports.ts';
import { askJson, type JsonAnswer, type JsonRequest } from '../http/ask-json.ts';
import type { Http } from '../http/http.ts';
import { pageRequest, shapedAnswer } from '../http/page-request.ts';

export interface GitlabOptions {
  /** `https://gitlab.com/api/v4` */
  readonly apiUrl: string;
  /** The number of the project. */
  readonly project: string;
  /** Where it is, for messages: `gitlab.com/acme/app`. */
  readonly name: string;
  /** A job's own token is sent under another name than a person's. */
  readonly token: { readonly header: 'job-token' | 'private-token'; readonly value: string };
  readonly http: Http;
  readonly backoffMs?: number;
}

const release = z.object({ description: z.string().nullish() });

/** @see https://docs.gitlab.com/administration/instance_limits/ */
const maxBytes = 1_000_000;

/** @param tag the git tag of the release */
export function gitlabReleasePage(options: GitlabOptions, tag: string): RemotePage {
  const { apiUrl, project, http, token, backoffMs } = options;
  const name = `the release ${tag} of ${options.name}`;
  const url = `${apiUrl}/projects/${encodeURIComponent(project)}/releases/${encodeURIComponent(tag)}`;
  const asker = { name, secrets: [token.value], maxBytes: 16 * 1_048_576, backoffMs };
  const asked = (signal: AbortSignal | undefined): Omit<JsonRequest<never>, 'read'> => ({
    ...pageRequest(asker, url, signal),
    headers: { [token.header]: token.value },
  });
  return {
    name,
    maxBytes,
    read: (signal) =>
      askJson(http, { ...asked(signal), read: (answer) => (answer.status === 404 ? null : textOf(answer)) }),
    async write(description, signal) {
      await askJson(http, { ...asked(signal), method: 'PUT', body: { description }, read: textOf });
    },
  };
}

function textOf(answer: JsonAnswer): string {
  return shapedAnswer(answer, release).description ?? '';
}
