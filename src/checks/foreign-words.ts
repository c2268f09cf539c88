/**
 * Words of other clients (fetch, axios, got, ky, undici, request, superagent) for what is done in another way here: each
 * with what to do instead. A word that is an option here must not be in it.
 */
const WORDS: Readonly<Record<string, string>> = {
  'agent httpAgent httpsAgent dispatcher pool keepAlive pipelining':
    'connections belong to the `transport` of the manager',
  'auth username password user': '`credentials` of the manager, or the field Authorization in `headers`',
  'baseURL prefixUrl prefix': '`baseUrl`',
  'body data form multipart formData':
    'the body is the argument after the request: post(url, body); of JSON it is `json`',
  'params query qs paramsSerializer': '`searchParams` of the request',
  'timeout connectTimeout headersTimeout bodyTimeout requestTimeout responseTimeout':
    '`timeouts: { total }` ends any request after that time, `transferTimeout` one on which nothing moves',
  'retries maxRetries retryCount retryLimit retryDelay retryOptions': '`retry: { attempts: 3 }`',
  'rejectUnauthorized strictSSL insecure':
    'certificates are always verified; trust an authority of your own by `tls.ca`',
  'ca cert key pfx passphrase servername minVersion maxVersion ciphers': 'it belongs to `tls`',
  'maxRedirects maxRedirections follow': '`maximumRedirectsAllowed`',
  'redirect followRedirect followRedirects followAllRedirects beforeRedirect': '`redirectPolicy`',
  withCredentials: '`useCredentials`',
  mode: 'a word of `manager.fetch(url, { mode })`',
  'validateStatus throwOnError throwHttpError': '`throwHttpErrors`',
  'jar cookies': '`cookieJar` of the manager',
  'http2 allowH2 httpVersion': '`http2Allowed`',
  maxSockets: '`connectionsPerHost` of the manager',
  'onUploadProgress onDownloadProgress': "listen to 'uploadProgress' or 'downloadProgress' of the reply",
  'responseType encoding parseJson resolveBodyOnly': 'text(), json(), bytes() or blob() of the reply',
  'maxContentLength maxResponseSize maxResponseBodySize maxBodyLength': '`maximumBodySize`',
  'hooks transformRequest transformResponse onRequest onResponse onRequestError onResponseError':
    '`interceptors` of the request or its manager',
  'decompress compress': 'set `Accept-Encoding` yourself, and the body comes as it was sent',
  'socketPath unix': 'the URL says it: unix+http://%2Frun%2Fapp.sock/path',
  'proxyUrl httpProxy': '`proxy`',
  'verb operation': '`sendCustomRequest(request, verb)`, or `request(verb, request)`',
  adapter: '`transport` of the manager',
  'lookup dnsLookup dnsCache':
    '`lookup` is an option of `SocketTransport`, of which the manager takes one as its `transport`',
  'cancelToken abortSignal': '`signal`',
  'priorityHint importance': '`priority`',
};

/** All of them, for the test that none is an option of ours. */
export function foreignWords(): string[] {
  return Object.keys(WORDS).flatMap((words) => words.split(' '));
}

/** What to do in place of an option of another client, or undefined. */
export function foreignWord(name: string): string | undefined {
  for (const [words, hint] of Object.entries(WORDS)) if (words.split(' ').includes(name)) return hint;
  return undefined;
}
