package org.entente.loadtests.federation;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class ExpositionTest {
  private static final String PAGE =
      """
      # HELP requests open ones
      # TYPE requests gauge
      requests{side="owed",agency="nl.police",} 2.0
      requests{side="owed",agency="nl.customs",} 3.0
      requests{side="asked",agency="nl.police",} 5.0
      # HELP leaves in the log
      # TYPE leaves gauge
      leaves 7.0
      # HELP none nothing yet
      # TYPE none gauge
      """;

  private HttpServer server;
  private String admin = "";

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    byte[] page = ("\n" + PAGE).getBytes(StandardCharsets.UTF_8);
    server.createContext(
        "/metrics",
        exchange -> {
          exchange.sendResponseHeaders(200, page.length);
          exchange.getResponseBody().write(page);
          exchange.close();
        });
    server.start();
    admin = "127.0.0.1:" + server.getAddress().getPort();
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  private OptionalLong sum(String name, String... labels) throws InterruptedException {
    return Exposition.labelled(admin, name, List.of(labels));
  }

  @Test
  void labelled_addsUpWhatHasAllOfThem() throws InterruptedException {
    assertEquals(OptionalLong.of(2), sum("requests", "side=\"owed\"", "agency=\"nl.police\""));
    assertEquals(OptionalLong.of(5), sum("requests", "side=\"owed\""));
    assertEquals(OptionalLong.of(7), sum("requests", "agency=\"nl.police\""));
    assertEquals(OptionalLong.of(10), sum("requests"));
    assertEquals(OptionalLong.of(7), sum("leaves"));
    assertEquals(OptionalLong.of(0), sum("leaves", "side=\"owed\""));
  }

  @Test
  void labelled_tellsNothingThereFromNoSuchMetric() throws InterruptedException {
    assertEquals(OptionalLong.of(0), sum("requests", "agency=\"nl.pol\""));
    assertEquals(OptionalLong.of(0), sum("none", "side=\"owed\""));
    assertEquals(OptionalLong.empty(), sum("request"));
  }

  @Test
  void labelled_ofAGatewayThatDoesNotAnswer_isAbsent() throws InterruptedException {
    server.stop(0);
    assertEquals(OptionalLong.empty(), sum("requests"));
  }
}
