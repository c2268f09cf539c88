import type { AbstractNetworkCache } from './cache/storage/abstract-network-cache.ts';
import type { ManagerOnlyOptions, ManagerOptions, ManagerSettings } from './call/parts.ts';
import type { SchemeHandler } from './call/scheme-handler.ts';
import { isObject } from './checks/checker.ts';
import { refuseSurplus } from './checks/surplus.ts';
import type { AbstractCookieJar } from './cookies/abstract-cookie-jar.ts';
import { type HeadersInput, HttpHeaders, withDefaults } from './message/headers.ts';
import { applicationProxy } from './options/application-proxy.ts';
import { baseOf } from './options/base-url.ts';
import type { RequestOptions, SharedOptions } from './options/options.ts';
import type { ProxyInput } from './options/proxy.ts';
import type { Platform } from './platform.ts';
import {
  DEFAULT_SETTINGS,
  MANAGER_OPTION_NAMES,
  requestDefaults,
  resolveManagerOptions,
} from './resolve-options.ts';
import { INSPECT, type Inspect, inspection } from './util/inspection.ts';
import { shownFields, withoutUserinfo } from './util/redaction.ts';
import { Verbs } from './verbs.ts';

/** What setting one option does to another. */
const RESETS: Readonly<Record<string, ManagerOptions>> = {
  proxy: { proxyFactory: null },
  proxyFactory: { proxy: 'default' },
};

/** With what they do to others that are not set beside them. */
function withResets(options: ManagerOptions): ManagerOptions {
  if (!isObject(options)) return options;
  const set = Object.keys(RESETS).filter(
    (name) => Object.hasOwn(options, name) && options[name as never] !== undefined,
  );
  return set.length === 1 ? { ...options, ...RESETS[set[0]!] } : options;
}

/** Among the options of a manager that extends another: that other. A symbol goes along when options are copied. */
const EXTENDED: unique symbol = Symbol('extended');

/** @internal The manager that one with these options extends, or null. */
export function extendedBy(options: ManagerOptions): Settings | null {
  return Object.hasOwn(Object(options), EXTENDED) ? (options[EXTENDED as never] as Settings) : null;
}

/** Mapped over the options themselves, so that editors show their comments. */
type Writable<Options> = { -readonly [Name in keyof Options]: Options[Name] };
type Accessors = Writable<
  SharedOptions & Omit<ManagerOnlyOptions, 'headers' | 'schemes' | 'cookieJar' | 'cache' | 'credentials'>
>;

/**
 * Every option of the constructor is also an accessor, which acts on requests made after it was set: Qt's setters. They
 * are documented at {@link SharedOptions} and {@link ManagerOnlyOptions}.
 */
export interface Settings extends Accessors {
  /** The cookie jar, or null for none. @default an empty CookieJar where the platform shows cookies */
  cookieJar: AbstractCookieJar | null;
  /** The HTTP cache, or null for none. @default null */
  cache: AbstractNetworkCache | null;
  /** See {@link ManagerOnlyOptions.credentials}. @default null */
  get credentials(): ManagerSettings['credentials'];
  set credentials(source: ManagerOptions['credentials']);
  /** Fields of every request that does not set them itself; assigning replaces all of them. @default none */
  get headers(): ManagerSettings['headers'];
  set headers(fields: HeadersInput);
  /** What answers requests of further schemes, by their names; assigning replaces all of them. @default none */
  get schemes(): ManagerSettings['schemes'];
  set schemes(handlers: Readonly<Record<string, SchemeHandler>> | ReadonlyMap<string, SchemeHandler>);
}

/** The configuration of a manager: one frozen value, replaced as a whole, shared by all requests that were made under it. */
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: see above
export abstract class Settings extends Verbs {
  #current: ManagerSettings;
  #requestOptions: RequestOptions;
  readonly #defaults: ManagerSettings;
  readonly #platform: Platform;
  readonly #extended: Settings | null;

  /** @internal Only managers have settings. */
  constructor(options: ManagerOptions, defaults: ManagerSettings, platform: Platform) {
    super();
    this.#platform = platform;
    this.#defaults = defaults;
    this.#extended = extendedBy(options);
    this.#current = this.#extended?.settings ?? defaults;
    this.#requestOptions = requestDefaults(this.#current);
    this.#set(options);
  }

  /**
   * A manager with the options that this one has now, and these over them: `headers` and `schemes` are added, all others
   * replace. It shares the transport with its connections, cookie jar, cache, HSTS hosts, and the queue with its limits, unless
   * it is given others; signals and replies are its own. What it shares is not closed with it. Once this one is closed, it
   * sends nothing more; what is under way over a transport of its own goes on until that is closed by its own `close()`.
   *
   * It is made by the constructor of this one's class, which has to pass on the options that it is given.
   * @throws TypeError as the constructor does
   */
  extend(options: ManagerOptions = {}, ...surplus: never[]): this {
    refuseSurplus('extend', surplus, 'are one object');
    const { headers, schemes } = resolveManagerOptions(options, this.#current, this.#platform.optionHint);
    const Class = this.constructor as new (options: object) => this;
    const extension = new Class({
      ...options,
      headers: withDefaults(headers.clone(), this.#current.headers),
      schemes: new Map([...this.#current.schemes, ...schemes]),
      [EXTENDED]: this,
    });
    if (extension.#extended === this) return extension;
    throw new TypeError(`extend(): the constructor of ${Class.name} does not pass its options on`);
  }

  #set(options: ManagerOptions): void {
    const resolved = resolveManagerOptions(withResets(options), this.#current, this.#platform.optionHint);
    const ofRequests = requestDefaults(resolved);
    this.#platform.acceptOptions?.(ofRequests);
    if (resolved.proxyFactory !== null && resolved.proxy !== 'default')
      throw new TypeError("options 'proxy' and 'proxyFactory': set one of them");
    baseOf(resolved, this.#platform.parseUrl);
    if (resolved.strictTransportSecurityEnabled && resolved.strictTransportSecurity === null) {
      throw new TypeError(
        "option 'strictTransportSecurityEnabled': there is nothing that could know the hosts; set strictTransportSecurity to a new StrictTransportSecurity() with it, or before it",
      );
    }
    if (resolved.authentication !== null) resolved.authentication.acceptOptions(resolved);
    else
      for (const name of ['credentials', 'authenticationSchemes'] as const)
        if (resolved[name] !== null)
          throw new TypeError(`option '${name}': set authentication to a new Authentication(), too`);
    this.#current = resolved;
    this.#requestOptions = ofRequests;
  }

  /**
   * The proxy of all managers that have none of their own (`proxy: 'default'`), for hosts other than this machine itself.
   * Qt: `QNetworkProxy::setApplicationProxy`. @default 'none'
   */
  static get applicationProxy(): ProxyInput {
    return applicationProxy.current;
  }

  /** @throws TypeError for what is no proxy */
  static set applicationProxy(proxy: ProxyInput) {
    applicationProxy.current = resolveManagerOptions({ proxy }, DEFAULT_SETTINGS).proxy;
  }

  /** For logs: the options that are not at their defaults, without secrets. */
  toJSON(): Record<string, unknown> {
    return viewOfOptions(this.#current, this.#defaults);
  }

  /** @internal `console.log` in Node and Bun. */
  [INSPECT](depth: number, options: object, inspect?: Inspect): unknown {
    return inspection(this, depth, options, inspect);
  }

  /** The options and parts in force now. */
  protected get settings(): ManagerSettings {
    return this.#current;
  }

  /** The options of a request that sets none, as far as a request may say them: plain data. */
  protected get requestOptions(): RequestOptions {
    return this.#requestOptions;
  }

  static {
    for (const name of MANAGER_OPTION_NAMES) {
      Object.defineProperty(Settings.prototype, name, {
        configurable: true,
        get(this: Settings) {
          return this.#current[name as keyof ManagerSettings];
        },
        set(this: Settings, value: unknown) {
          this.#set({ [name]: value });
        },
      });
    }
  }
}

/** The options that differ from their defaults, as they may be shown: parts by the name of their class, secrets hidden. */
function viewOfOptions(options: ManagerSettings, defaults: ManagerSettings): Record<string, unknown> {
  const names = Object.keys(options) as (keyof ManagerSettings)[];
  const changed = names.filter((name) => options[name] !== defaults[name]);
  return Object.fromEntries(changed.map((name) => [name, viewOf(options[name], options)]));
}

function viewOf(value: unknown, { secretHeaders }: ManagerSettings): unknown {
  if (typeof value === 'string') return withoutUserinfo(value);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  if (value instanceof HttpHeaders) return shownFields(value, secretHeaders);
  if (value instanceof Map) return [...value.keys()];
  // Material of TLS is plain, and conceals itself.
  return 'toJSON' in value && Object.getPrototypeOf(value) === Object.prototype
    ? (value as { toJSON(): unknown }).toJSON()
    : value.constructor.name;
}
