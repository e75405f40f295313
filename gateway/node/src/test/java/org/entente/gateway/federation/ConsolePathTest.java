package org.entente.gateway.federation;

import static org.entente.gateway.federation.RunningFederation.DE;
import static org.entente.gateway.federation.RunningFederation.FR;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import org.entente.proto.v1.ConsoleGrpc;
import org.entente.proto.v1.OpenConsoleRequest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The console of a gateway that runs. */
class ConsolePathTest {
  private static final String HEADLINE = "Wine that is no wine";

  @RegisterExtension final RunningFederation federation = new RunningFederation(DE);

  private final HttpClient browser = HttpClient.newHttpClient();

  private HttpResponse<String> get(String address, String cookie) throws Exception {
    return browser.send(
        HttpRequest.newBuilder(URI.create(address)).header("Cookie", cookie).build(),
        BodyHandlers.ofString());
  }

  private String open(String agency) {
    return ConsoleGrpc.newBlockingStub(federation.channel(agency))
        .openConsole(OpenConsoleRequest.getDefaultInstance())
        .getAddress();
  }

  private void turnOn(String agency) throws IOException {
    Files.writeString(federation.config(agency), "console: {}\n", StandardOpenOption.APPEND);
  }

  @Test
  void console_showsTheStateOfItsGateway_andNoContent() throws Exception {
    turnOn(FR);
    federation.start(FR);
    federation.send(FR, HEADLINE, Duration.ofHours(1), DE);
    URI address = URI.create(open(FR));
    String base = "http://" + address.getAuthority() + "/console/";
    assertEquals(federation.gateway(FR).adminAddress().getPort(), address.getPort());

    HttpResponse<String> entered =
        browser.send(
            HttpRequest.newBuilder(address.resolve("/console/enter"))
                .header("Origin", "http://" + address.getAuthority())
                .POST(BodyPublishers.ofString("token=" + address.getFragment()))
                .build(),
            BodyHandlers.ofString());
    assertEquals(303, entered.statusCode());
    String cookie = entered.headers().firstValue("set-cookie").orElse("").replaceFirst(";.*", "");

    federation.await(
        "the link is up", () -> page(base + "peers", cookie).contains("data-state=\"good\">up<"));
    String peers = page(base + "peers", cookie);
    assertTrue(peers.contains(DE), peers);
    String overview = page(base, cookie);
    assertTrue(overview.contains("gateway.audit"), overview);
    assertTrue(overview.contains("See:</strong> <code>docs/security/audit.md#witnesses"), overview);
    assertFalse(overview.contains("unknown"), overview);
    for (String name : new String[] {"", "peers", "refusals"}) {
      assertFalse(page(base + name, cookie).contains("wine"), name);
    }
    assertEquals(404, get(base + "nothing", cookie).statusCode());
  }

  private String page(String address, String cookie) {
    try {
      HttpResponse<String> page = get(address, cookie);
      assertEquals(200, page.statusCode());
      return page.body();
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void console_thatIsNotConfigured_isNotThere() throws Exception {
    StatusRuntimeException refused = assertThrows(StatusRuntimeException.class, () -> open(DE));
    assertTrue(String.valueOf(refused.getMessage()).contains("the console is off"));
    String base = "http://127.0.0.1:" + federation.gateway(DE).adminAddress().getPort();
    assertEquals(404, get(base + "/console/", "").statusCode());
    assertEquals(404, get(base + "/console/enter", "").statusCode());
  }
}
