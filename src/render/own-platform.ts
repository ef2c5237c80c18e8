/** Whether a stage is built from an image on the platform of the cell, and not on the builder's or one that is written. */
import { DockerfileParser, From } from 'dockerfile-ast';
import { nameLength } from '../domain/build-arguments.ts';

/** A name with arguments in it counts as the image: better look for one platform too many. */
export function onOwnPlatform(dockerfile: string, image: string): boolean {
  const name = image.slice(0, nameLength(image));
  const froms = DockerfileParser.parse(dockerfile)
    .getInstructions()
    .filter((instruction) => instruction instanceof From)
    .filter((from) => {
      const written = from.getImage() ?? '';
      return written.includes('$') || written.slice(0, nameLength(written)) === name;
    });
  const isOwn = (from: From): boolean => {
    const platform = from.getPlatformFlag()?.getValue() ?? null;
    return platform === null || platform.includes('TARGET');
  };
  return froms.length === 0 || froms.some(isOwn);
}
