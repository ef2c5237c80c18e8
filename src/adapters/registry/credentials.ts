export interface Password {
  readonly username: string;
  readonly password: string;
}

export type Credentials =
  | ({ readonly kind: 'password' } & Password)
  /** Exchanged for bearer tokens at the token service; a registry that wants basic authorization gets the password. */
  | { readonly kind: 'identity-token'; readonly token: string; readonly password?: Password }
  /** Sent to the registry as it is. */
  | { readonly kind: 'registry-token'; readonly token: string };

/** What was found for one repository. */
export interface Login {
  readonly credentials: Credentials | null;
  /** What to do once they are denied: `docker login HOST`, whose were sent, or where none were found. No secret. */
  readonly advice?: string;
}
