/** One or more. */
export type Several<T> = readonly [T, ...T[]];

export function mapSeveral<T, U>([first, ...others]: Several<T>, of: (value: T) => U): Several<U> {
  return [of(first), ...others.map(of)];
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
