/** Where the cache of builds is kept, cell by cell. @see https://docs.docker.com/build/cache/backends/ */
export type CacheStore =
  | { readonly type: 'registry'; readonly ref: string; readonly mode: CacheMode }
  | { readonly type: 'gha'; readonly mode: CacheMode }
  | { readonly type: 'local'; readonly path: string; readonly mode: CacheMode }
  /** In the image itself: of the last stage alone. */
  | { readonly type: 'inline' };

/** `max` keeps the layers of every stage, `min` those of the image. */
export type CacheMode = 'min' | 'max';
