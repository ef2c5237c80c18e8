/**
 * The text of a release on GitLab. Nothing but `description` is sent.
 *
 * @see https://docs.gitlab.com/api/releases/#update-a-release
 */
import { z } from 'zod';
import { OutsideError } from '../../domain/errors.ts';
import { redact } from '../../domain/secrets.ts';
import type { RemotePage } from '../../ports.ts';
import { askJson, unwantedAnswer, type JsonAnswer, type JsonRequest } from '../http/ask-json.ts';
import type { Http } from '../http/http.ts';

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
  const { apiUrl, project, http, token, backoffMs = 400 } = options;
  const name = `the release ${tag} of ${options.name}`;
  const url = `${apiUrl}/projects/${encodeURIComponent(project)}/releases/${encodeURIComponent(tag)}`;
  const asked = (signal: AbortSignal | undefined): Omit<JsonRequest<string | null>, 'read'> => ({
    url,
    headers: { [token.header]: token.value },
    maxBytes: 16 * 1_048_576,
    timeoutMs: 30_000,
    limits: { tries: 3, deadlineMs: 60_000, backoffMs, maxBackoffMs: 10_000 },
    signal,
    failure: ({ fault }) => {
      const reason = fault === null ? 'stopped' : redact(fault.message).replaceAll(token.value, '***');
      return new OutsideError('SOURCE_FAILED', `${name}: ${reason}`, { source: name, status: fault?.status ?? null });
    },
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
  const read = answer.status === 200 ? release.safeParse(answer.value) : null;
  if (read?.success !== true) throw unwantedAnswer(answer);
  return read.data.description ?? '';
}
