import { OutsideError } from '../domain/errors.ts';
import { formatRepository } from '../domain/reference.ts';
import type { Registry } from '../ports.ts';

/**
 * All tags of a repository that is there.
 *
 * @throws {OutsideError} REGISTRY_REFUSED where it does not exist or its tags may not be read
 */
export async function listTags(registry: Registry, signal: AbortSignal): Promise<readonly string[]> {
  const tags = await registry.tags(signal);
  if (tags !== null) return tags;
  const { repository } = registry;
  const name = formatRepository(repository);
  const fix = `check the name, or run docker login ${repository.registry} if it is private`;
  throw new OutsideError('REGISTRY_REFUSED', `${name} does not exist, or may not be read; ${fix}`, {
    repository: name,
  });
}
