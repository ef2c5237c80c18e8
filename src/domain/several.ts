/** One or more. */
export type Several<T> = readonly [T, ...T[]];

export function mapSeveral<T, U>([first, ...others]: Several<T>, of: (value: T) => U): Several<U> {
  return [of(first), ...others.map(of)];
}

/** All of some lists, none of which is empty. */
export function flatSeveral<T>([first, ...others]: Several<Several<T>>): Several<T> {
  const [one, ...more] = first;
  return [one, ...more, ...others.flat()];
}

/** One after the other: what shares a host shares its connections. */
export async function eachInTurn<T, U>(
  [first, ...others]: Several<T>,
  of: (value: T) => Promise<U>,
): Promise<Several<U>> {
  const done: [U, ...U[]] = [await of(first)];
  for (const value of others) done.push(await of(value));
  return done;
}
