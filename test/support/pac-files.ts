/*
 * PAC files of the shapes that are found in the field: of companies, universities, lists against censors, and the tests of
 * browsers. Written anew; the hosts are nobody's.
 */

const find = (body: string): string => `function FindProxyForURL(url, host) {\n${body}\n}`;

/** Name → text of files that say the same at any time. */
export const TIMELESS_FILES: Readonly<Record<string, string>> = {
  'private networks go directly': find(`
    if (isPlainHostName(host) || shExpMatch(host, "*.local") ||
        isInNet(dnsResolve(host), "10.0.0.0", "255.0.0.0") ||
        isInNet(dnsResolve(host), "172.16.0.0", "255.240.0.0") ||
        isInNet(dnsResolve(host), "192.168.0.0", "255.255.0.0") ||
        isInNet(dnsResolve(host), "127.0.0.0", "255.255.255.0"))
      return "DIRECT";
    return "PROXY one.corp.test:3128;PROXY two.corp.test:3128;PROXY three.corp.test:8080;";`),
  'a university': find(`
    if ((isPlainHostName(host) || dnsDomainIs(host, ".uni.test")) &&
        !localHostOrDomainIs(host, "www.uni.test") && !localHostOrDomainIs(host, "library.uni.test"))
      return "DIRECT";
    else
      return "PROXY wwwproxy.uni.test:8080; DIRECT";`),
  'alternatives, as a shell has them not': find(`
    if (dnsDomainIs(host, "intranet.corp.test") || shExpMatch(host, "(*.corp.test|corp.test)")) return "DIRECT";
    if (url.substring(0, 4) == "ftp:" || shExpMatch(url, "http://www.example.test/folder/*")) return "DIRECT";
    if (shExpMatch(host, "srv[0-9].example.test")) return "PROXY servers.corp.test:80";
    if (isInNet(myIpAddress(), "10.9.0.0", "255.255.0.0")) return "PROXY 10.9.0.1:8080";
    return "PROXY 4.5.6.7:8080; PROXY 7.8.9.10:8080";`),
  'by protocol': find(`
    if (url.substring(0, 5) == "http:") return "PROXY http-proxy.corp.test:8080";
    else if (url.substring(0, 4) == "ftp:") return "PROXY ftp-proxy.corp.test:8080";
    else if (url.substring(0, 6) == "https:" || url.substring(0, 6) == "snews:")
      return "PROXY security-proxy.corp.test:8080";
    return "DIRECT";`),
  'a share for each of three': `
    function hash(text) { var sum = 0; for (var i = 0; i < text.length; i++) sum += text.charCodeAt(i); return sum % 3; }
    var list = ["PROXY a.corp.test:80; PROXY b.corp.test:80", "PROXY b.corp.test:80; PROXY c.corp.test:80",
                "PROXY c.corp.test:80; PROXY a.corp.test:80"];
    ${find('return list[hash(host)] + "; DIRECT";')}`,
  'a long list of domains': `
    var domains = { "blocked.test": 1, "example.test": 1, "co.test": 1 };
    var proxy = "SOCKS5 127.0.0.1:1080; SOCKS 127.0.0.1:1080; DIRECT";
    var has = Object.hasOwnProperty;
    ${find(`
      var suffix, at = host.lastIndexOf(".");
      for (;;) {
        if (at <= 0) return has.call(domains, host) ? proxy : "DIRECT";
        suffix = host.substring(at + 1);
        if (has.call(domains, suffix)) return proxy;
        at = host.lastIndexOf(".", at - 1);
      }`)}`,
  'numbers of levels, and addresses by their look': find(`
    var isAddress = /^\\d+\\.\\d+\\.\\d+\\.\\d+$/;
    if (isAddress.test(host)) {
      if (isInNet(host, "10.0.0.0", "255.0.0.0") || isInNet(host, "169.254.0.0", "255.255.0.0")) return "DIRECT";
      return "PROXY addresses.corp.test:80";
    }
    switch (dnsDomainLevels(host)) {
      case 0: return "DIRECT";
      case 1: return "PROXY short.corp.test:80";
      default: return "PROXY long.corp.test:80; DIRECT";
    }`),
  'what has an address': find(`
    if (!isResolvable(host)) return "PROXY resolving.corp.test:3128";
    var address = dnsResolve(host);
    if (address == "127.0.0.1" || shExpMatch(address, "10.*")) return "DIRECT";
    return "PROXY " + address + ":80";`),
  'every function': find(`
    if (shExpMatch(host, "*.example.test")) return "SOCKS4 example.test:1001";
    if (isPlainHostName(host)) return "SOCKS4 example.test:1002";
    if (localHostOrDomainIs(host, "www.corp.test")) return "SOCKS4 example.test:1003";
    if (!isResolvable(host)) return "SOCKS4 example.test:1004";
    if (dnsDomainLevels(host) == 4) return "SOCKS4 example.test:1005";
    if (myIpAddress() == "1.2.3.4") return "SOCKS4 example.test:1006";
    if (isInNet(host, "12.0.0.0", "255.255.248.0")) return "SOCKS4 example.test:1007";
    if (dnsDomainIs(host, "uni.test")) return "SOCKS4 example.test:1008";
    return "DIRECT";`),
  'with an old hand': `
    // JScript: var ie = /*@cc_on!@*/false;
    var DIRECT = 'DIRECT', PROXY = 'PROXY old.corp.test:8080';
    FindProxyForURL = function (url, host) {
      url = url.toLowerCase(); host = host.toLowerCase();
      try { if (host.match(/(^|\\.)corp\\.test$/i)) return DIRECT; } catch (e) { return DIRECT; }
      var list = 'example.test,uni.test'.split(',');
      for (var i in list) if (host.slice(-list[i].length) === list[i]) return PROXY + '; ' + DIRECT;
      return url.indexOf(':8443') > 0 ? 'HTTPS tls.corp.test:443' : null == undefined ? PROXY : DIRECT;
    };`,
  'with functions of its own': `
    function isIn(host, list) { for (var i = 0; i < list.length; i++) if (dnsDomainIs(host, list[i])) return true; return false; }
    function isInside(address) { return isInNet(address, "10.0.0.0", "255.0.0.0") || isInNet(address, "192.168.0.0", "255.255.0.0"); }
    ${find(`
      if (isIn(host, [".corp.test", ".uni.test", "localhost"])) return "DIRECT";
      var address = dnsResolve(host);
      if (address && isInside(address)) return "DIRECT";
      return isInside(myIpAddress()) ? "PROXY inner.corp.test:3128" : "PROXY outer.corp.test:3128; DIRECT";`)}`,
};

/** Name → text of files that look at a clock. */
export const TIMED_FILES: Readonly<Record<string, string>> = {
  'office hours': find(`
    if (weekdayRange("MON", "FRI") && timeRange(8, 30, 17, 30)) return "PROXY busy.corp.test:80";
    if (weekdayRange("SAT", "SUN")) return "DIRECT";
    return "PROXY quiet.corp.test:80; DIRECT";`),
  'office hours of Greenwich': find(`
    return weekdayRange("MON", "FRI", "GMT") && timeRange(9, 17, "GMT") ? "PROXY day.corp.test:80" : "DIRECT";`),
  'one day, one hour, some seconds': find(`
    if (weekdayRange("WED")) return "PROXY backup.corp.test:80";
    if (timeRange(12)) return "PROXY noon.corp.test:80";
    if (timeRange(0, 0, 0, 0, 0, 30)) return "PROXY midnight.corp.test:80";
    return "DIRECT";`),
  Fridays: find(`
    url = url.toLowerCase(); host = host.toLowerCase();
    alert("asked for " + host);
    if (weekdayRange("FRI")) return "DIRECT"; else return "PROXY localhost:8080";`),
};

/** What is asked of each of them. */
export const FIELD_URLS: readonly string[] = [
  'http://www/',
  'http://localhost/',
  'http://printer.local/',
  'http://corp.test/',
  'http://www.corp.test/',
  'http://intranet.corp.test/path?query',
  'http://evilcorp.test/',
  'http://www.corp.test.evil.test/',
  'http://uni.test/',
  'http://www.uni.test/',
  'http://library.uni.test/',
  'http://a.b.c.uni.test/',
  'http://www.example.test/folder/file',
  'http://www.example.test/other',
  'http://srv1.example.test/',
  'http://srvx.example.test/',
  'https://www.example.test/',
  'https://api.example.test:8443/',
  'https://blocked.test/',
  'http://sub.blocked.test/',
  'http://shop.co.test/',
  'http://inside.other.test/',
  'http://outside.other.test/',
  'http://nowhere.other.test/',
  'http://10.1.2.3/',
  'http://11.1.2.3/',
  'http://192.168.1.1:8080/',
  'http://169.254.169.254/',
  'http://12.0.7.255/',
];

/** The names that have an address. */
export const FIELD_NAMES: Readonly<Record<string, string>> = {
  localhost: '127.0.0.1',
  'www.corp.test': '10.0.0.5',
  'corp.test': '10.0.0.4',
  'uni.test': '172.20.0.1',
  'www.uni.test': '198.51.100.7',
  'a.b.c.uni.test': '12.0.3.4',
  'inside.other.test': '192.168.7.7',
  'outside.other.test': '203.0.113.9',
  'www.example.test': '203.0.113.10',
  'sub.blocked.test': '203.0.113.11',
};
