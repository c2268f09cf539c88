/**
 * What Node reads from an options object, it reads from `Object.prototype`, too: one assignment there, by whatever merges
 * foreign JSON somewhere in the process, would send every request to a socket of the attacker's choice (`path`), or through
 * a proxy of his (`socket`, `createConnection`), or switch off the judging of certificates. So every object that goes to
 * Node has a value of its own for each name that Node knows, `undefined` where we have none; and no prototype, for the names
 * that come with later versions. The prototype alone does not do where Node copies the options into a plain object; a value
 * does harm where it spreads them over defaults of its own, which protect it as well (`rm`, `checkServerIdentity`).
 *
 * A test compares the names with Node's own sources.
 */

const READS_WEIGHT = Number.parseInt(process.versions.node, 10) < 22;

/** Whatever becomes a stream. */
const STREAM = `allowHalfOpen autoDestroy captureRejections construct decodeStrings defaultEncoding destroy emitClose
  encoding final highWaterMark objectMode read readable readableAll readableHighWaterMark readableObjectMode signal
  writable writableAll writableHighWaterMark writableObjectMode write writev`;

const SOCKET = `${STREAM} _handle autoSelectFamily autoSelectFamilyAttemptTimeout blockList family fd handle hints host
  keepAlive keepAliveInitialDelay localAddress localPort lookup manualStart noDelay onread path pauseOnConnect
  pauseOnCreate port timeout typeOfService`;

const SECURE_CONTEXT = `allowPartialTrustChain ca cert certificateCompression ciphers clientCertEngine crl dhparam
  ecdhCurve honorCipherOrder key maxVersion minVersion passphrase pfx privateKeyEngine privateKeyIdentifier secureOptions
  secureProtocol sessionIdContext sessionTimeout sigalgs ticketKeys`;

const TLS = `${SOCKET} ${SECURE_CONTEXT} ALPNCallback ALPNProtocols SNICallback credentials enableTrace
  handshakeTimeout isServer pipe pskCallback pskIdentityHint requestCert requestOCSP
  secureContext server servername session singleUse socket`;

const REQUEST = `${TLS} _agentKey _defaultAgent auth createConnection defaultPort hostname httpValidation
  insecureHTTPParser joinDuplicateHeaders maxHeaderSize method protocol proxyEnv rejectNonStandardBodyWrites
  setDefaultHeaders setHost socketPath uniqueHeaders`;

const HTTP2 = `${TLS} connectionWindowSize createConnection http1Options maxDeflateDynamicTableSize maxHeaderListPairs
  maxOriginSetSize maxOutstandingPings maxReservedRemoteStreams maxSendHeaderBlockLength maxSessionInvalidFrames
  maxSessionMemory maxSessionRejectedStreams paddingStrategy peerMaxConcurrentStreams protocol remoteCustomSettings
  selectPadding settings strictSingleValueFields unknownProtocolTimeout`;

const HTTP2_SETTINGS = `customSettings enableConnectProtocol enablePush headerTableSize initialWindowSize
  maxConcurrentStreams maxFrameSize maxHeaderListSize maxHeaderSize`;

/** The rest Node makes by itself for the stream. From 22 on it warns of a `weight` that is there. */
const HTTP2_REQUEST = `endStream exclusive parent signal silent waitForTrailers${READS_WEIGHT ? ' weight' : ''}`;

const ZLIB = `${STREAM} chunkSize dictionary finishFlush flush fullFlush info level maxOutputLength memLevel params
  pledgedSrcSize rejectGarbageAfterEnd strategy transform windowBits`;

const LOOKUP = 'all family hints order verbatim';

/** The names that Node reads, by what it is asked for. */
const NAMES = {
  socket: SOCKET,
  tls: TLS,
  secureContext: SECURE_CONTEXT,
  request: REQUEST,
  http2: HTTP2,
  http2Settings: HTTP2_SETTINGS,
  http2Request: HTTP2_REQUEST,
  zlib: ZLIB,
  /** Options of files are read as they are given, or over defaults. */
  file: '',
  lookup: LOOKUP,
} as const;

export type NodeApi = keyof typeof NAMES;

/** Every name that is set to a value of its own, for the test. */
export function namesOf(api: NodeApi): readonly string[] {
  return NAMES[api].split(/\s+/).filter((name) => name !== '');
}

const unset = new Map<NodeApi, object>();

/** The options for Node that say this and nothing else, whatever `Object.prototype` has. */
export function nodeOptions<Options extends object>(api: NodeApi, options: Options): Options {
  let nothing = unset.get(api);
  if (nothing === undefined) {
    nothing = Object.fromEntries(namesOf(api).map((name) => [name, undefined]));
    unset.set(api, nothing);
  }
  return Object.assign(Object.create(null), nothing, options);
}
