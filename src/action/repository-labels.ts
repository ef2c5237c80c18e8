import { isJsonObject } from '../domain/json.ts';
import type { Runner } from './runner.ts';

const prefix = 'org.opencontainers.image';

/**
 * What the event tells of the git repository, as labels that docker/metadata-action has too. GHCR joins a package to its
 * repository by `source`. A text of more than one line has no place in a list of lines, and is left out.
 */
export function repositoryLabels({ event, repository, serverUrl }: Runner): Readonly<Record<string, string>> {
  const told = event.payload['repository'];
  const facts = isJsonObject(told) ? told : {};
  const url = repository === '' ? '' : `${serverUrl}/${repository}`;
  const license = facts['license'];
  const texts: Readonly<Record<string, unknown>> = {
    [`${prefix}.title`]: repository.split('/')[1],
    [`${prefix}.description`]: facts['description'],
    [`${prefix}.url`]: url,
    [`${prefix}.source`]: url,
    [`${prefix}.licenses`]: isJsonObject(license) ? license['spdx_id'] : undefined,
  };
  return Object.fromEntries(
    Object.entries(texts).filter(
      (entry): entry is [string, string] =>
        typeof entry[1] === 'string' && entry[1] !== '' && !/[\p{Cc}\u2028\u2029]/u.test(entry[1]),
    ),
  );
}
