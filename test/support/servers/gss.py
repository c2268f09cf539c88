#!/usr/bin/python3
"""
GSS-API as it is installed (MIT Kerberos, gss-ntlmssp), with channel bindings (RFC 5929, tls-server-end-point): no package of a
web server passes any.

  gss.py serve CERT KEY   a server of HTTPS that lets in whose log-on is bound to its certificate; it prints its port
  gss.py initiate         a client: reads {principal, token, binding} a line, and says {token, done} or {error}
"""
import base64, hashlib, json, ssl, sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
import gssapi
from gssapi.raw import ChannelBindings, RequirementFlag

NTLM = gssapi.OID.from_int_seq('1.3.6.1.4.1.311.2.2.10')
SPNEGO = gssapi.OID.from_int_seq('1.3.6.1.5.5.2')


def bound_to(application_data):
    return None if application_data is None else ChannelBindings(application_data=application_data)


class Handler(BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'
    context = None

    def do_GET(self):
        scheme, _, token = self.headers.get('authorization', '').partition(' ')
        asked = 'NTLM' if self.path.startswith('/ntlm') else 'Negotiate'
        if not token or scheme != asked:
            return self.answer(401, asked, asked)
        try:
            if self.context is None:
                mechs = [NTLM] if asked == 'NTLM' else None
                self.context = gssapi.SecurityContext(
                    usage='accept',
                    creds=gssapi.Credentials(usage='accept', mechs=mechs),
                    channel_bindings=bound_to(self.server.binding),
                )
            said = self.context.step(base64.b64decode(token))
            challenge = f'{asked} {base64.b64encode(said).decode()}' if said else asked
            if not self.context.complete:
                return self.answer(401, challenge, asked)
            flags = self.context.actual_flags
            self.context = None
            # Kerberos lets in who passes no binding, and says so; gss-ntlmssp does not say it. Both refuse a wrong one.
            if asked == 'Negotiate' and RequirementFlag.channel_bound not in flags:
                return self.answer(401, asked, 'not bound')
            self.answer(200, challenge, 'bound')
        except gssapi.exceptions.GSSError as error:
            self.context = None
            self.answer(401, asked, str(error))

    def answer(self, status, challenge, text):
        body = text.encode()
        self.send_response(status)
        self.send_header('WWW-Authenticate', challenge)
        self.send_header('Content-Length', str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def serve(cert, key):
    with open(cert) as file:
        der = ssl.PEM_cert_to_DER_cert(file.read())
    server = ThreadingHTTPServer(('127.0.0.1', 0), Handler)
    # The certificate of the tests is signed with SHA-256.
    server.binding = b'tls-server-end-point:' + hashlib.sha256(der).digest()
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(cert, key)
    server.socket = tls.wrap_socket(server.socket, server_side=True)
    print(server.server_address[1], flush=True)
    server.serve_forever()


def initiate():
    context = None
    for line in sys.stdin:
        said = json.loads(line)
        try:
            if context is None:
                binding = said['binding'] and base64.b64decode(said['binding'])
                context = gssapi.SecurityContext(
                    name=gssapi.Name(said['principal'], gssapi.NameType.hostbased_service),
                    mech=SPNEGO,
                    flags=RequirementFlag.mutual_authentication,
                    channel_bindings=bound_to(binding),
                )
            token = context.step(base64.b64decode(said['token'])) if said['token'] else context.step()
            answer = {'token': token and base64.b64encode(token).decode(), 'done': context.complete}
        except gssapi.exceptions.GSSError as error:
            answer = {'error': str(error)}
        print(json.dumps(answer), flush=True)


if sys.argv[1] == 'serve':
    serve(*sys.argv[2:])
else:
    initiate()
