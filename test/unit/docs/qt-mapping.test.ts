import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const PAGE = join(import.meta.dirname, '../../../docs/qt-mapping.md');

/** https://doc.qt.io/qt-6.11/qnetworkaccessmanager-members.html and so on, less what QObject and QIODevice bring. */
const MEMBERS: Readonly<Record<string, string>> = {
  QNetworkAccessManager: `QNetworkAccessManager ~QNetworkAccessManager Operation
    addStrictTransportSecurityHosts autoDeleteReplies cache clearAccessCache clearConnectionCache connectToHost
    connectToHostEncrypted cookieJar deleteResource enableStrictTransportSecurityStore get head
    isStrictTransportSecurityEnabled isStrictTransportSecurityStoreEnabled post proxy proxyFactory put redirectPolicy
    sendCustomRequest setAutoDeleteReplies setCache setCookieJar setProxy setProxyFactory setRedirectPolicy
    setStrictTransportSecurityEnabled setTransferTimeout strictTransportSecurityHosts supportedSchemes transferTimeout
    transferTimeoutAsDuration authenticationRequired encrypted finished preSharedKeyAuthenticationRequired
    proxyAuthenticationRequired sslErrors createRequest supportedSchemesImplementation`,
  QNetworkRequest: `QNetworkRequest ~QNetworkRequest Attribute CacheLoadControl KnownHeaders LoadControl Priority
    RedirectPolicy TransferTimeoutConstant attribute decompressedSafetyCheckThreshold hasRawHeader header headers
    http1Configuration http2Configuration maximumRedirectsAllowed originatingObject peerVerifyName priority rawHeader
    rawHeaderList setAttribute setDecompressedSafetyCheckThreshold setHeader setHeaders setHttp1Configuration
    setHttp2Configuration setMaximumRedirectsAllowed setOriginatingObject setPeerVerifyName setPriority setRawHeader
    setSslConfiguration setTransferTimeout setUrl sslConfiguration swap tcpKeepAliveIdleTimeBeforeProbes
    tcpKeepAliveIntervalBetweenProbes tcpKeepAliveProbeCount transferTimeout transferTimeoutAsDuration url
    CacheLoadControlAttribute CacheSaveControlAttribute DoNotBufferUploadDataAttribute HttpPipeliningAllowedAttribute
    CustomVerbAttribute CookieLoadControlAttribute CookieSaveControlAttribute AuthenticationReuseAttribute
    MaximumDownloadBufferSizeAttribute DownloadBufferAttribute SynchronousRequestAttribute BackgroundRequestAttribute
    EmitAllUploadProgressSignalsAttribute Http2AllowedAttribute RedirectPolicyAttribute Http2DirectAttribute
    ResourceTypeAttribute AutoDeleteReplyOnFinishAttribute ConnectionCacheExpiryTimeoutSecondsAttribute
    Http2CleartextAllowedAttribute UseCredentialsAttribute FullLocalServerNameAttribute User UserMax`,
  QSslConfiguration: `QSslConfiguration ~QSslConfiguration addCaCertificate addCaCertificates allowedNextProtocols
    backendConfiguration caCertificates ciphers diffieHellmanParameters dtlsCookieVerificationEnabled ellipticCurves
    ephemeralServerKey handshakeMustInterruptOnError isNull localCertificate localCertificateChain
    missingCertificateIsFatal nextNegotiatedProtocol nextProtocolNegotiationStatus ocspStaplingEnabled peerCertificate
    peerCertificateChain peerVerifyDepth peerVerifyMode preSharedKeyIdentityHint privateKey protocol sessionCipher
    sessionProtocol sessionTicket sessionTicketLifeTimeHint setAllowedNextProtocols setBackendConfiguration
    setBackendConfigurationOption setCaCertificates setCiphers setDiffieHellmanParameters
    setDtlsCookieVerificationEnabled setEllipticCurves setHandshakeMustInterruptOnError setLocalCertificate
    setLocalCertificateChain setMissingCertificateIsFatal setOcspStaplingEnabled setPeerVerifyDepth setPeerVerifyMode
    setPreSharedKeyIdentityHint setPrivateKey setProtocol setSessionTicket setSslOption swap testSslOption
    defaultConfiguration setDefaultConfiguration supportedCiphers supportedEllipticCurves systemCaCertificates`,
  QNetworkReply: `QNetworkReply ~QNetworkReply NetworkError RawHeaderPair abort attribute close error hasRawHeader header
    headers ignoreSslErrors isFinished isRunning isSequential manager operation rawHeader rawHeaderList rawHeaderPairs
    readBufferSize request setReadBufferSize setSslConfiguration sslConfiguration url downloadProgress encrypted
    errorOccurred finished metaDataChanged preSharedKeyAuthenticationRequired redirectAllowed redirected requestSent
    socketStartedConnecting sslErrors uploadProgress ignoreSslErrorsImplementation sslConfigurationImplementation setSslConfigurationImplementation setAttribute setError setFinished
    setHeader setHeaders setOperation setRawHeader setRequest setUrl setWellKnownHeader writeData
    HttpStatusCodeAttribute HttpReasonPhraseAttribute RedirectionTargetAttribute ConnectionEncryptedAttribute
    SourceIsFromCacheAttribute HttpPipeliningWasUsedAttribute Http2WasUsedAttribute OriginalContentLengthAttribute`,
};

const sections = readFileSync(PAGE, 'utf8').split(/^## /m);

test.each(Object.entries(MEMBERS))(
  'docs/qt-mapping.md has a row for every member of %s',
  (qtClass, members) => {
    const section = sections.find((text) => text.startsWith(`${qtClass}\n`))!;
    const named = new Set(firstColumn(section).flatMap((cell) => cell.match(/~?\w+/g) ?? []));
    expect(members.split(/\s+/).filter((member) => !named.has(member))).toEqual([]);
  },
);

test.each(Object.keys(MEMBERS))('every row of %s has a status', (qtClass) => {
  const section = sections.find((text) => text.startsWith(`${qtClass}\n`))!;
  for (const row of rows(section)) expect(row[2], row[0]).toMatch(/^(works|planned|not for us)$/);
});

function firstColumn(section: string): string[] {
  return rows(section).map(([cell]) => cell!);
}

function rows(section: string): string[][] {
  const lines = section.split('\n').filter((line) => line.startsWith('|'));
  return lines.slice(2).map((line) =>
    line
      .split(/(?<!\\)\|/)
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}
