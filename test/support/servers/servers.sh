#!/usr/bin/env bash
# Servers that nobody here wrote, on fixed ports of loopback, for the tests.
#   servers.sh start NAME...   prepares $SERVERS_ROOT (certificate, passwords, files) and starts them; fails when one does not
#   servers.sh stop            ends what start began (by pid)
# Credentials everywhere: user / pass (NTLM: DOM\user / pass; Kerberos: user@EXAMPLE.TEST / pass). Programs and ports: real-servers.ts.
set -u
here=$(cd "$(dirname "$0")" && pwd)
ROOT=$SERVERS_ROOT

prepare() {
  mkdir -p "$ROOT"/{run/put,logs,www/dav,www/private}
  cp -r "$here"/conf/. "$ROOT"/
  sed -i "s#@ROOT@#$ROOT#g" "$ROOT"/*.conf "$ROOT"/*.cfg "$ROOT"/krb5/*.conf
  openssl req -x509 -newkey rsa:2048 -nodes -days 3650 -subj /CN=localhost \
    -addext 'subjectAltName=DNS:localhost,DNS:*.example.org,IP:127.0.0.1' \
    -keyout "$ROOT/key.pem" -out "$ROOT/cert.pem" 2>/dev/null
  cat "$ROOT/cert.pem" "$ROOT/key.pem" >"$ROOT/both.pem"
  echo 'hello from the loopback servers' >"$ROOT/www/index.txt"
  echo 'the secret' >"$ROOT/www/private/s.txt"
  head -c 1000000 /dev/zero | tr '\0' x >"$ROOT/www/big.txt"
  chmod -R a+rwX "$ROOT"
}

# A realm of Kerberos with one user and the service of Apache.
realm() {
  local admin=(kadmin.local -r EXAMPLE.TEST -q)
  export KRB5_KDC_PROFILE=$ROOT/krb5/kdc.conf
  kdb5_util create -s -r EXAMPLE.TEST -P master
  "${admin[@]}" 'addprinc -pw pass user@EXAMPLE.TEST'
  "${admin[@]}" 'addprinc -randkey HTTP/localhost@EXAMPLE.TEST'
  "${admin[@]}" "ktadd -k $ROOT/krb5/http.keytab HTTP/localhost@EXAMPLE.TEST"
  chmod -R a+rwX "$ROOT/krb5"
}

run() {
  case "$1" in
    nginx) exec nginx -c "$ROOT/nginx.conf" ;;
    apache) NTLM_USER_FILE="$ROOT/ntlm_users" exec apache2 -d /usr/lib/apache2 -f "$ROOT/apache.conf" -DFOREGROUND ;;
    haproxy) exec haproxy -db -f "$ROOT/haproxy.cfg" ;;
    h2o) exec h2o -c "$ROOT/h2o.conf" ;;
    krb5kdc) exec krb5kdc -n -P "$ROOT/run/kdc.pid" ;;
    nghttpd) exec nghttpd -a 127.0.0.1 -d "$ROOT/www" 28451 "$ROOT/key.pem" "$ROOT/cert.pem" ;;
  esac
}

port_of() {
  case "$1" in nginx) echo 28080 ;; apache) echo 28081 ;; haproxy) echo 28090 ;; h2o) echo 28091 ;; nghttpd) echo 28451 ;; krb5kdc) echo 28088 ;; esac
}

case "$1" in
  start)
    shift
    prepare
    cd "$ROOT" || exit 1
    export KRB5_CONFIG=$ROOT/krb5/krb5.conf
    case " $* " in *" krb5kdc "*) realm >"$ROOT/logs/realm.out" 2>&1 ;; esac
    for name in "$@"; do
      run "$name" >"$ROOT/logs/$name.out" 2>&1 </dev/null &
      echo $! >"$ROOT/run/$name.jobpid"
    done
    for name in "$@"; do
      for _ in $(seq 600); do
        (exec 3<>"/dev/tcp/127.0.0.1/$(port_of "$name")") 2>/dev/null && continue 2
        kill -0 "$(cat "$ROOT/run/$name.jobpid")" 2>/dev/null || break
        sleep 0.1
      done
      echo "$name does not start:" >&2
      tail -n 20 "$ROOT/logs/$name.out" >&2
      exit 1
    done
    ;;
  stop)
    for file in "$ROOT"/run/*.jobpid; do
      [ -f "$file" ] && kill "$(cat "$file")" 2>/dev/null
    done
    ;;
esac
exit 0
