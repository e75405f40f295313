package org.entente.gateway.node.console;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.entente.gateway.admin.AdminServer;
import org.entente.gateway.admin.AdminTls;
import org.entente.gateway.rpc.Edge;
import org.entente.gateway.testkit.TestFederation;
import org.entente.gateway.testkit.TlsHolder;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** The console on the admin port, over sockets: TLS and plain on one port. */
class ConsolePortTest {
  private final ConsoleKit kit = new ConsoleKit(ConsoleKit.defaults());
  private final TlsHolder gateway =
      TlsHolder.issue(
          kit.federation.authority("fr.customs"),
          "spiffe://" + TestFederation.NAME + "/agency/fr.customs/gateway/gateway-1",
          kit.federation.start(),
          kit.federation.start().plus(TestFederation.LIFETIME));
  private final AdminTls tls = new AdminTls(Edge.identity(gateway), kit.clients);

  @AutoClose
  private final AdminServer server =
      AdminServer.start(
          new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
          kit.meters,
          kit.readiness,
          kit.console,
          () -> Optional.of(tls));

  private final String host = "127.0.0.1:" + server.address().getPort();

  ConsolePortTest() throws IOException {
    kit.console.listensAt(server.address());
  }

  private String plain(String path) throws IOException {
    return RawHttp.exchange(RawHttp.plain(server.address()), "GET", path, Map.of("Host", host), "");
  }

  private String encrypted(@Nullable TlsHolder holder, String path, Map<String, String> more)
      throws Exception {
    Map<String, String> headers = new HashMap<>(more);
    headers.put("Host", host);
    return RawHttp.exchange(RawHttp.tls(server.address(), holder), "GET", path, headers, "");
  }

  @Test
  void monitoring_isServedAsBefore_onTheSamePort() throws Exception {
    assertTrue(plain("/metrics").startsWith("HTTP/1.1 200"));
    assertTrue(plain("/healthz").endsWith("alive\n"));
    assertTrue(encrypted(null, "/readyz", Map.of()).endsWith("ready\n"));
    assertTrue(plain("/console").startsWith("HTTP/1.1 404"));
    assertTrue(plain("/console/").startsWith("HTTP/1.1 401"));
  }

  @Test
  void operatorsCertificate_opensTheConsole_andOtherCertificatesDoNot() throws Exception {
    String opened = encrypted(kit.holder(ConsoleKit.OPERATOR), "/console/peers", Map.of());
    assertTrue(opened.startsWith("HTTP/1.1 200"), opened);
    assertTrue(
        encrypted(kit.holder(ConsoleKit.DESK), "/console/peers", Map.of())
            .startsWith("HTTP/1.1 401"));
    assertTrue(encrypted(null, "/console/peers", Map.of()).startsWith("HTTP/1.1 401"));
    assertThrows(
        IOException.class,
        () -> encrypted(kit.holder("nobody"), "/console/peers", Map.of()),
        "the handshake fails");
  }

  @Test
  void sessionOverTls_hasACookieForTlsAlone() throws Exception {
    String entered =
        RawHttp.exchange(
            RawHttp.tls(server.address(), null),
            "POST",
            "/console/enter",
            Map.of("Host", host, "Origin", "https://" + host),
            "token=" + kit.token(ConsoleKit.OPERATOR));
    assertTrue(entered.startsWith("HTTP/1.1 303"), entered);
    assertTrue(entered.contains("; HttpOnly; SameSite=Strict; Secure\r\n"), entered);
    String page = encrypted(null, "/console/peers", Map.of("Cookie", RawHttp.cookie(entered)));
    assertTrue(page.startsWith("HTTP/1.1 200"), page);
  }

  @Test
  void events_comeOnAnOpenConnection() throws Exception {
    try (Socket socket = RawHttp.tls(server.address(), kit.holder(ConsoleKit.OPERATOR))) {
      RawHttp.send(socket, "GET", "/console/live?page=/console/", Map.of("Host", host), "");
      BufferedReader in =
          new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
      StringBuilder head = new StringBuilder();
      String line = in.readLine();
      while (line != null && !line.startsWith("data: ")) {
        head.append(line).append('\n');
        line = in.readLine();
      }
      assertTrue(head.toString().contains("text/event-stream"), head.toString());
      assertTrue(
          head.toString().toLowerCase(Locale.ROOT).contains("content-security-policy"),
          head.toString());
      assertTrue(head.toString().endsWith("event: figures\n"), head.toString());
      assertTrue(String.valueOf(line).contains("[\"verdict\",\"good\",\"Yes.\"]"), line);
    }
  }

  /** It asks for the connection to stay, as it does by default. */
  @Test
  void requestThatIsTooLarge_isRefused_andItsConnectionCloses() throws Exception {
    String answer =
        RawHttp.exchange(
            RawHttp.plain(server.address()),
            "POST",
            "/console/enter",
            Map.of("Host", host, "Origin", "http://" + host),
            "token=" + "0".repeat(9_000));
    assertTrue(answer.startsWith("HTTP/1.1 413"), answer);
    assertFalse(answer.contains("Set-Cookie"));
  }
}
