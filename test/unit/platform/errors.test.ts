import { describe, expect, test } from 'vitest';
import { codeOfNetworkFailure, networkFailure } from '../../../platform/common/network-failure.ts';
import { fileFailure } from '../../../platform/node/errors.ts';
import { NetworkError, type NetworkErrorCode } from '../../../src/error.ts';

const failing = (code: string, message = `connect ${code}`): Error =>
  Object.assign(new Error(message), { code });

describe('network errors of Node', () => {
  test.each<[string, NetworkErrorCode]>([
    ['ECONNREFUSED', 'connection-refused'],
    ['ECONNRESET', 'remote-host-closed'],
    ['ECONNABORTED', 'remote-host-closed'],
    ['EPIPE', 'remote-host-closed'],
    ['ERR_STREAM_PREMATURE_CLOSE', 'remote-host-closed'],
    ['UND_ERR_SOCKET', 'remote-host-closed'],
    ['ENOTFOUND', 'host-not-found'],
    ['ENODATA', 'host-not-found'],
    ['EAI_AGAIN', 'temporary-network-failure'],
    ['ENETUNREACH', 'temporary-network-failure'],
    ['EHOSTUNREACH', 'temporary-network-failure'],
    ...['EMFILE', 'ENFILE', 'ENOBUFS', 'ENOMEM', 'EADDRNOTAVAIL', 'EADDRINUSE', 'EAGAIN', 'EAI_MEMORY'].map(
      (code): [string, NetworkErrorCode] => [code, 'temporary-network-failure'],
    ),
    ['ETIMEDOUT', 'timeout'],
    ['UND_ERR_CONNECT_TIMEOUT', 'timeout'],
    ['HPE_INVALID_CONSTANT', 'protocol-failure'],
    ['HPE_HEADER_OVERFLOW', 'protocol-failure'],
    ['EPROTO', 'ssl-handshake-failed'],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'ssl-handshake-failed'],
    ['SELF_SIGNED_CERT_IN_CHAIN', 'ssl-handshake-failed'],
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'ssl-handshake-failed'],
    ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'ssl-handshake-failed'],
    ['CERT_HAS_EXPIRED', 'ssl-handshake-failed'],
    ['CERT_REVOKED', 'ssl-handshake-failed'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'ssl-handshake-failed'],
    ['ERR_SSL_WRONG_VERSION_NUMBER', 'ssl-handshake-failed'],
    ['ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION', 'ssl-handshake-failed'],
    ['ERR_OSSL_PEM_NO_START_LINE', 'ssl-handshake-failed'],
  ])('%s is %s', (code, expected) => {
    expect(codeOfNetworkFailure(code)).toBe(expected);
    const error = networkFailure(failing(code), 'http://user:secret@host.test/#fragment');
    expect([error.code, error.url]).toEqual([expected, 'http://host.test/']);
    expect(error.message).toContain(code);
  });

  test.each(['EUNHEARDOF', '', 'constructor', '__proto__'])('the code %j is unknown', (code) => {
    expect(codeOfNetworkFailure(code)).toBeNull();
    expect(networkFailure(failing(code), 'http://host.test/').code).toBe('unknown-network');
  });

  test.each<[string, unknown, NetworkErrorCode, string]>([
    [
      'a cause',
      new TypeError('fetch failed', { cause: failing('ECONNREFUSED') }),
      'connection-refused',
      'the connection was refused: connect ECONNREFUSED',
    ],
    [
      'one of several addresses',
      Object.assign(new AggregateError([failing('ECONNREFUSED', 'connect ECONNREFUSED ::1:1')], ''), {
        code: 'ECONNREFUSED',
      }),
      'connection-refused',
      'the connection was refused: connect ECONNREFUSED ::1:1',
    ],
    [
      'a code above its cause',
      Object.assign(new Error('reason', { cause: new Error('deeper') }), { code: 'ENOTFOUND' }),
      'host-not-found',
      'the host was not found: reason (ENOTFOUND)',
    ],
    [
      'a text of lines',
      Object.assign(new Error('alert number 116\n'), { code: 'ERR_SSL_ALERT' }),
      'ssl-handshake-failed',
      'the TLS handshake failed: alert number 116 (ERR_SSL_ALERT)',
    ],
    [
      'words of OpenSSL',
      failing(
        'ERR_SSL_WRONG_VERSION_NUMBER',
        '80BC:error:0A00010B:SSL routines:ssl3_get_record:wrong version number:../ssl3_record.c:350:\n',
      ),
      'ssl-handshake-failed',
      'the TLS handshake failed: wrong version number (ERR_SSL_WRONG_VERSION_NUMBER)',
    ],
    ['no code anywhere', new Error('mystery'), 'unknown-network', 'the network failed: mystery'],
    ['no error at all', 'mystery', 'unknown-network', 'the network failed: mystery'],
    ['nothing', undefined, 'unknown-network', 'the network failed: undefined'],
  ])('the reason is found: %s', (_name, thrown, code, message) => {
    const error = networkFailure(thrown, 'http://host.test/');
    expect([error.code, error.message, error.cause]).toEqual([code, message, thrown]);
  });

  test('causes in a circle come to an end', () => {
    const error = new Error('round');
    error.cause = error;
    expect(networkFailure(error, 'http://host.test/').code).toBe('unknown-network');
  });

  test('an error of ours passes', () => {
    const error = new NetworkError('timeout', 'late');
    expect(networkFailure(error, 'http://host.test/')).toBe(error);
    expect(fileFailure(error, 'file:///x')).toBe(error);
  });
});

test.each<[string, NetworkErrorCode]>([
  ['ENOENT', 'content-not-found'],
  ['ENOTDIR', 'content-not-found'],
  ['ENAMETOOLONG', 'content-not-found'],
  ['EACCES', 'content-access-denied'],
  ['EPERM', 'content-access-denied'],
  ['EROFS', 'content-access-denied'],
  ['EISDIR', 'content-operation-not-permitted'],
  ['ENOSPC', 'unknown-content'],
  ['ECONNREFUSED', 'unknown-content'],
])('the file system’s %s is %s', (code, expected) => {
  expect(fileFailure(failing(code), 'file:///x').code).toBe(expected);
});
