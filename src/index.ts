/** Everything that is the same in every adapter set. Each root of `platform/` adds its `NetworkAccessManager`. */

export type { AuthenticationOptions } from './auth/authentication.ts';
export { Authentication } from './auth/authentication.ts';
export type {
  SecurityContext,
  SecurityContextFactory,
  SecurityContextRequest,
} from './auth/security-context.ts';
export { AbstractNetworkCache } from './cache/storage/abstract-network-cache.ts';
export type { MemoryCacheOptions } from './cache/storage/memory-cache.ts';
export { MemoryCache } from './cache/storage/memory-cache.ts';
export type { ResponseMetadata, StoredPart, StoredResponse } from './cache/storage/metadata.ts';
export type { BodyReader, EntryWriter, MaybePromise, NetworkCache } from './cache/storage/network-cache.ts';
export type {
  Authenticating,
  AuthenticatingServer,
  AuthenticationAnswer,
  AuthenticationChallenge,
  AuthenticationPart,
  AuthenticationRounds,
  AuthenticationScheme,
  AuthenticationSettings,
  Authenticator,
  Credentials,
  CredentialsByOrigin,
  CredentialsSource,
  OutgoingRequest,
  PasswordCredentials,
  TokenCredentials,
} from './call/authentication.ts';
export type { CallSink } from './call/call.ts';
export { Call } from './call/call.ts';
export type { Capability, TransportCapabilities } from './call/capabilities.ts';
export type { KeptConnection, KeptSlot } from './call/connection-lease.ts';
export { ConnectionLease } from './call/connection-lease.ts';
export type { ManagerOnlyOptions, ManagerOptions, ManagerSettings, TransportParts } from './call/parts.ts';
export type { PreSharedKeyAuthenticator } from './call/pre-shared-key.ts';
export type { Answered, Ask, Question, Questions, QuestionType } from './call/question.ts';
export type { FlatFields, Hop, HopHead, ReplyEvent, ResponseHead } from './call/reply-event.ts';
export type { HttpRequest } from './call/request.ts';
export type { HttpResponse } from './call/response.ts';
export type { ProxyServer, Route, RoutePlan, Routes } from './call/route.ts';
export type { SchemeHandler } from './call/scheme-handler.ts';
export type { EnabledStore, SecurityPart, StrictTransportSecurityPolicy } from './call/security-part.ts';
export type { Next, Rewrite, Stage, StageSource } from './call/stage.ts';
export type { Timings } from './call/timings.ts';
export type { IgnorableSslError } from './call/tls-answers.ts';
export type { ConnectTarget, Transport } from './call/transport.ts';
export type { AbstractCookieJar, CookieContext } from './cookies/abstract-cookie-jar.ts';
export type { Cookie, CookieInit, SameSite } from './cookies/cookie.ts';
export type { CookiePolicy } from './cookies/cookie-request.ts';
export type { ElectronCookie, ElectronCookieDetails } from './cookies/electron.ts';
export { fromElectronCookie, toElectronCookie } from './cookies/electron.ts';
export type { CookieJarOptions } from './cookies/jar.ts';
export { CookieJar } from './cookies/jar.ts';
export type { CookieLimits } from './cookies/limits.ts';
export { formatNetscapeCookies, parseNetscapeCookies } from './cookies/netscape.ts';
export { parseSetCookie } from './cookies/parse.ts';
export type { CookieStorageOptions } from './cookies/persistence.ts';
export type { PublicSuffixList } from './cookies/public-suffix.ts';
export type { CookieForm } from './cookies/serialize.ts';
export { serializeCookie } from './cookies/serialize.ts';
export type { CookieChange } from './cookies/stored-cookies.ts';
export type { ToughCookieJson } from './cookies/tough-cookie.ts';
export { fromToughCookieJson, toToughCookieJson } from './cookies/tough-cookie.ts';
export type { NetworkErrorCode, NetworkErrorDetails, NetworkErrorJson, TimeoutFacts } from './error.ts';
export { ERROR_BODY_LIMIT, ERROR_CODES, NetworkError } from './error.ts';
export type { ServerSentEvent } from './event-stream/event-stream-parser.ts';
export type { EventOptions } from './event-stream/server-sent-events.ts';
export { PRELOADED_TOP_LEVEL_DOMAINS } from './hsts/preloaded.ts';
export { StrictTransportSecurity } from './hsts/strict-transport-security.ts';
export type { BearerTokenOptions } from './intercept/bearer-token.ts';
export { bearerToken } from './intercept/bearer-token.ts';
export type { LoggerOptions } from './intercept/logger.ts';
export { logger } from './intercept/logger.ts';
export type { ManagerSignals } from './manager-signals.ts';
export type { Answer } from './message/answer.ts';
export type { BodyChunks, BodySink, RequestBody, RequestBodySource, ResponseBody } from './message/body.ts';
export { requestBody } from './message/body.ts';
export type { BodyInput } from './message/body-input.ts';
export type {
  ConnectionCipher,
  ConnectionSecurity,
  EphemeralKey,
  PeerCertificate,
} from './message/connection-security.ts';
export { UNTOLD_SECURITY } from './message/connection-security.ts';
export type { HeadersInput } from './message/headers.ts';
export { HttpHeaders } from './message/headers.ts';
export type { HttpPart, MultiPartType } from './message/http-multi-part.ts';
export { HttpMultiPart } from './message/http-multi-part.ts';
export type { NetworkClient } from './network-client.ts';
export type { AddressFilter, AddressUse } from './options/address-filter.ts';
export { publicAddressesOnly } from './options/address-filter.ts';
export type { CertificatePins, PinnedKeys } from './options/certificate-pins.ts';
export type {
  InterceptedRequest,
  InterceptedResponse,
  Interceptor,
  InterceptorContext,
} from './options/interceptor.ts';
export type {
  CacheLoadControl,
  LoadControl,
  NetworkRequest,
  Priority,
  RedirectPolicy,
  RequestInput,
  RequestOnlyOptions,
  RequestOptions,
  SharedOptions,
} from './options/options.ts';
export { DEFAULT_TRANSFER_TIMEOUT } from './options/options.ts';
export type {
  NetworkProxy,
  ProxyCapability,
  ProxyExplanation,
  ProxyFactory,
  ProxyInput,
  ProxyQuery,
  ProxyType,
  ShownProxy,
} from './options/proxy.ts';
export type { RetryOptions } from './options/retry-options.ts';
export type { TimeoutName, Timeouts } from './options/timeouts.ts';
export type { ByHost, Pem, TlsOptions } from './options/tls-options.ts';
export type { StandardSchema } from './reply/consume.ts';
export type { LineOptions } from './reply/lines.ts';
export type { Operation } from './reply/operation.ts';
export { NetworkReply } from './reply/reply.ts';
export type { ReplySignals } from './reply/reply-signals.ts';
export type { FaultListener, KeyValueStore, StoredValue } from './storage/key-value-store.ts';
export type { Clock } from './util/clock.ts';
export type { CertificateDetails, SslError, SslErrorCode } from './util/ssl-error.ts';
export type { Origin, ParsedUrl } from './util/url.ts';
