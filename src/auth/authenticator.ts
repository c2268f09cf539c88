import type {
  AuthenticationChallenge,
  AuthenticationScheme,
  Authenticator,
  Credentials,
} from '../call/authentication.ts';

const FIELDS = ['user', 'password', 'token', 'domain', 'workstation'] as const;

/** What can be filled in. */
export interface AskedAuthenticator extends Authenticator {}

/** The authenticator of one question: an object whose fields are in no log, over plain data. */
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: the fields are accessors that are made below
export class AskedAuthenticator {
  readonly #challenge: AuthenticationChallenge;
  readonly #given: Partial<Record<(typeof FIELDS)[number], string>> = {};
  #isCancelled = false;

  constructor(challenge: AuthenticationChallenge) {
    // What one listener does to it no other one sees.
    this.#challenge = { ...challenge, options: Object.freeze({ ...challenge.options }) };
  }

  get scheme(): AuthenticationScheme {
    return this.#challenge.scheme;
  }

  get realm(): string {
    return this.#challenge.realm;
  }

  get origin(): string {
    return this.#challenge.origin;
  }

  get isProxy(): boolean {
    return this.#challenge.isProxy;
  }

  get attempt(): number {
    return this.#challenge.attempt;
  }

  get options(): Readonly<Record<string, string>> {
    return this.#challenge.options;
  }

  cancel(): void {
    this.#isCancelled = true;
  }

  get credentials(): Credentials | null {
    const { token = '', user = '', password = '', domain = '', workstation = '' } = this.#given;
    if (this.#isCancelled || (user === '' && password === '' && token === '')) return null;
    if (token !== '') return { token };
    return {
      user,
      password,
      ...(domain === '' ? {} : { domain }),
      ...(workstation === '' ? {} : { workstation }),
    };
  }

  static {
    for (const name of FIELDS) {
      Object.defineProperty(AskedAuthenticator.prototype, name, {
        get(this: AskedAuthenticator) {
          return this.#given[name] ?? '';
        },
        set(this: AskedAuthenticator, value: unknown) {
          if (typeof value !== 'string') throw new TypeError(`authenticator: ${name} must be a string`);
          this.#given[name] = value;
        },
      });
    }
  }
}
