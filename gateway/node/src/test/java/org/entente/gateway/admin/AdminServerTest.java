package org.entente.gateway.admin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import org.entente.gateway.meter.Meters;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Code;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

class AdminServerTest {
  private static final int PATIENCE_MILLIS = 20_000;

  private final Meters meters = new Meters();
  private final List<String> obstacles = new CopyOnWriteArrayList<>();
  private final List<String> warnings = new CopyOnWriteArrayList<>();
  private final AtomicInteger asked = new AtomicInteger();
  private final AtomicReference<@Nullable String> cluster = new AtomicReference<>();
  private volatile boolean leads = true;

  private final Readiness ready =
      new Readiness() {
        @Override
        public List<String> obstacles() {
          asked.incrementAndGet();
          return List.copyOf(obstacles);
        }

        @Override
        public boolean leads() {
          return leads;
        }

        @Override
        public List<String> warnings() {
          return List.copyOf(warnings);
        }

        @Override
        public Optional<String> cluster() {
          return Optional.ofNullable(cluster.get());
        }
      };

  @AutoClose
  private final AdminServer server =
      AdminServer.start(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), meters, ready);

  private final HttpClient client = HttpClient.newHttpClient();

  AdminServerTest() throws IOException {}

  private HttpResponse<String> get(String path) throws IOException, InterruptedException {
    return send(HttpRequest.newBuilder(uri(path)).build());
  }

  private URI uri(String path) {
    return URI.create("http://127.0.0.1:" + server.address().getPort() + path);
  }

  private HttpResponse<String> send(HttpRequest request) throws IOException, InterruptedException {
    return client.send(request, HttpResponse.BodyHandlers.ofString());
  }

  @Test
  void readyz_withWarnings_isReadyAndSaysThem() throws Exception {
    warnings.add("too few witnesses");
    HttpResponse<String> response = get("/readyz");
    assertEquals(200, response.statusCode());
    assertEquals("ready\nwarning: too few witnesses\n", response.body());
  }

  @Test
  void metrics_areInPrometheusText_withWhatWasCounted() throws Exception {
    meters.opened();
    meters.received(new AgencyName("fr.customs"), 3, false);
    meters.refused(Meters.Side.EGRESS, Code.NO_AGREEMENT);
    HttpResponse<String> response = get("/metrics");
    assertEquals(200, response.statusCode());
    assertTrue(response.headers().firstValue("content-type").orElse("").startsWith("text/plain"));
    assertTrue(response.body().contains("entente_opened_total 1.0"), response.body());
    assertTrue(
        response
            .body()
            .contains("entente_received_total{origin=\"fr.customs\",exercise=\"false\",} 3.0"));
    assertTrue(
        response
            .body()
            .contains("entente_refused_total{side=\"egress\",code=\"NO_AGREEMENT\",} 1.0"));
  }

  @Test
  void readiness_withAnObstacle_says503AndNamesIt() throws Exception {
    assertEquals(200, get("/readyz").statusCode());
    obstacles.add("ledger: the disk is full");
    HttpResponse<String> response = get("/readyz");
    assertEquals(503, response.statusCode());
    assertEquals("ledger: the disk is full\n", response.body());
    assertEquals(200, get("/healthz").statusCode());
  }

  /**
   * The fourteenth look: by /readyz, a proxy ended all sessions of a machine whose disk was full.
   */
  @Test
  void leads_saysNothingOfObstacles() throws Exception {
    obstacles.add("disk: full");
    assertEquals(200, get("/leads").statusCode());
    leads = false;
    assertEquals(503, get("/leads").statusCode());
  }

  /** The fourteenth look: a proxy that was refused here ended all sessions of the gateway. */
  @Test
  void connectionsOfOneAddress_leaveAPlaceForAnother() throws Exception {
    List<Socket> idle = new ArrayList<>();
    try {
      for (int i = 0; i < 64; i++) {
        Socket one = new Socket();
        one.bind(new InetSocketAddress("127.0.0.2", 0));
        one.connect(server.address());
        idle.add(one);
      }
      assertEquals(200, get("/leads").statusCode());
      assertEquals(-1, idle.get(0).getInputStream().read(), "the oldest is closed");
    } finally {
      for (Socket one : idle) {
        one.close();
      }
    }
  }

  /** The fifteenth look: among equals it was always the same address that lost its connection. */
  @Test
  void connectionsOfManyAddresses_loseTheOldest() throws Exception {
    List<Socket> idle = new ArrayList<>();
    try {
      for (int i = 0; i < 65; i++) {
        Socket one = new Socket();
        InetAddress own = InetAddress.getByAddress(new byte[] {127, 0, 1, (byte) (100 - i)});
        one.bind(new InetSocketAddress(own, 0));
        one.connect(server.address());
        idle.add(one);
      }
      assertEquals(-1, idle.get(0).getInputStream().read());
      assertEquals(200, get("/leads").statusCode());
      assertEquals(-1, idle.get(1).getInputStream().read());
    } finally {
      for (Socket one : idle) {
        one.close();
      }
    }
  }

  @Test
  void cluster_isJson_andNotFoundOnTheOnlyMachine() throws Exception {
    HttpResponse<String> only = get("/cluster");
    assertEquals(404, only.statusCode());
    assertTrue(only.body().contains("runs on one machine"), only.body());
    cluster.set("{\"node\": \"fr-1\"}\n");
    HttpResponse<String> one = get("/cluster");
    assertEquals(200, one.statusCode());
    assertEquals("{\"node\": \"fr-1\"}\n", one.body());
    assertTrue(one.headers().firstValue("content-type").orElse("").startsWith("application/json"));
  }

  @Test
  void otherPathsAndMethods_areRefused() throws Exception {
    assertEquals(404, get("/../etc/passwd").statusCode());
    for (String path : new String[] {"/metrics", "/readyz", "/healthz", "/leads", "/cluster"}) {
      for (String method : new String[] {"POST", "PUT", "DELETE", "PATCH", "OPTIONS"}) {
        HttpRequest changing =
            HttpRequest.newBuilder(uri(path))
                .method(method, HttpRequest.BodyPublishers.ofString("x"))
                .build();
        assertEquals(405, send(changing).statusCode(), method + " " + path);
      }
    }
  }

  @Test
  void requestThatIsNotHttp_closesOnlyItsConnection() throws Exception {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.address().getPort())) {
      socket
          .getOutputStream()
          .write("\u0000\u0001nonsense\r\n\r\n".getBytes(StandardCharsets.UTF_8));
      String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertTrue(answer.isEmpty() || answer.startsWith("HTTP/1.1 400"), answer);
    }
    assertEquals(200, get("/healthz").statusCode());
  }

  /** Someone who can reach the port holds all the connections that it has, and says nothing. */
  @Test
  void connections_overTheirNumber_areClosedAtOnce_andOthersAreServedWhenOneIsGivenUp()
      throws Exception {
    List<Socket> idle = new ArrayList<>();
    try {
      for (int i = 0; i < 64; i++) {
        idle.add(connect());
      }
      // The server has seen them all: it is one thread, and this came last.
      try (Socket over = connect()) {
        assertEquals(-1, over.getInputStream().read(), "closed without an answer");
      }
      idle.remove(0).close();
      assertEquals(200, eventually("/healthz").statusCode());
    } finally {
      for (Socket one : idle) {
        one.close();
      }
    }
    assertEquals(200, eventually("/metrics").statusCode());
  }

  /** The sixth look: many requests in one segment, for a page that does not go out at once. */
  @Test
  void requests_afterTheFirstOfAConnection_areNotAnswered() throws Exception {
    obstacles.add("x".repeat(16 << 20));
    String answer = exchange("GET /readyz HTTP/1.1\r\nHost: localhost\r\n\r\n".repeat(20));
    assertTrue(answer.startsWith("HTTP/1.1 503"));
    assertEquals(1, answer.split("HTTP/1.1 503", -1).length - 1);
    assertEquals(1, asked.get());
  }

  /** Otherwise a search goes on for a browser that was closed. */
  @Test
  void pageWhoseCallerLeft_isToldSo() throws Exception {
    CompletableFuture<AdminPages.Request> made = new CompletableFuture<>();
    CountDownLatch end = new CountDownLatch(1);
    AdminPages pages =
        request -> {
          made.complete(request);
          awaitQuietly(end);
          return new AdminPages.Answer.Page(200, Map.of(), "");
        };
    InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    try (AdminServer hosting = AdminServer.start(any, meters, ready, pages, Optional::empty)) {
      Socket caller = new Socket(any.getAddress(), hosting.address().getPort());
      caller
          .getOutputStream()
          .write("GET /console/ HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      BooleanSupplier isGone = made.get(PATIENCE_MILLIS, TimeUnit.MILLISECONDS).isGone();
      assertFalse(isGone.getAsBoolean());
      caller.close();
      long patience = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(PATIENCE_MILLIS);
      while (!isGone.getAsBoolean()) {
        assertTrue(System.nanoTime() - patience < 0, "it hears of it");
        Thread.onSpinWait();
      }
    } finally {
      end.countDown();
    }
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** The sixth look: a web page gives its own name the address of this port. */
  @Test
  void requests_thatNameAnotherHost_areRefused() throws Exception {
    for (String host :
        List.of(
            "evil.example", "evil.example:9441", "127.0.0.1.evil.example", "::1", "[x]:1", "")) {
      String answer = exchange("GET /metrics HTTP/1.1\r\nHost: " + host + "\r\n\r\n");
      assertTrue(answer.startsWith("HTTP/1.1 421"), host + " " + answer);
    }
    String both = exchange("GET /healthz HTTP/1.1\r\nHost: localhost\r\nHost: evil\r\n\r\n");
    assertTrue(both.startsWith("HTTP/1.1 4"), both);
    for (String host :
        List.of("10.1.2.3", "10.1.2.3:9441", "[::1]", "[2001:db8::1]:9441", "LocalHost:80")) {
      String answer = exchange("GET /healthz HTTP/1.1\r\nHost: " + host + "\r\n\r\n");
      assertTrue(answer.startsWith("HTTP/1.1 200"), host + " " + answer);
    }
    assertTrue(exchange("GET /healthz HTTP/1.0\r\n\r\n").startsWith("HTTP/1.1 200"), "a probe");
  }

  private String exchange(String requests) throws IOException {
    try (Socket socket = connect()) {
      socket.getOutputStream().write(requests.getBytes(StandardCharsets.US_ASCII));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private Socket connect() throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.address().getPort());
    socket.setSoTimeout(PATIENCE_MILLIS);
    return socket;
  }

  /** Asked again while the server has not seen yet that a connection is gone. */
  private HttpResponse<String> eventually(String path) throws Exception {
    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(PATIENCE_MILLIS);
    while (true) {
      try {
        return get(path);
      } catch (IOException e) {
        if (System.nanoTime() > end) {
          throw e;
        }
      }
    }
  }
}
