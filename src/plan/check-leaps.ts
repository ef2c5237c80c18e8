import type { ImageConfig } from '../config/types.ts';
import type { Problem } from '../domain/errors.ts';
import type { KnownReleases } from '../releases/known-releases.ts';
import { leapWarning, unsettledLeaps } from '../releases/leaps.ts';
import { listed } from '../releases/settle.ts';
import type { TagMap } from './tag-map.ts';

/**
 * What `publish` refuses: a leap in the order that nobody looked at and that would own convenience tags.
 *
 * @param file how messages name the config
 */
export function checkLeaps(known: KnownReleases, tags: TagMap, image: ImageConfig, file: string): Problem[] {
  return unsettledLeaps(known, image).flatMap((leap): Problem[] => {
    const owned = tags.convenience.filter((tag) => tag.owner !== null && leap.releases.includes(tag.owner.release));
    if (owned.length === 0) return [];
    const { message, fix } = leapWarning(leap);
    const texts = owned.map((tag) => tag.tag);
    return [
      {
        code: 'LEAP_UNSETTLED',
        where: `${file} exclude or accept`,
        message: `${leap.releases[0]?.version.text} would own ${listed(texts)}: ${message}`,
        ...(fix === undefined ? {} : { fix }),
      },
    ];
  });
}
