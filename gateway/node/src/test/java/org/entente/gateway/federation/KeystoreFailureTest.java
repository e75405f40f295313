package org.entente.gateway.federation;

import static org.entente.gateway.federation.RunningFederation.DE;
import static org.entente.gateway.federation.RunningFederation.FR;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A keystore whose disk refuses a write, as one that a local user filled for a moment. */
class KeystoreFailureTest {
  @RegisterExtension final RunningFederation federation = new RunningFederation(FR, DE);

  private HttpResponse<String> ready() {
    URI url =
        URI.create(
            "http://127.0.0.1:" + federation.gateway(FR).adminAddress().getPort() + "/readyz");
    return HttpClient.newHttpClient()
        .sendAsync(HttpRequest.newBuilder(url).build(), HttpResponse.BodyHandlers.ofString())
        .join();
  }

  private Path keystore() throws IOException {
    try (Stream<Path> all = Files.walk(federation.folder().resolve(FR))) {
      return all.filter(path -> path.endsWith("keystore")).findFirst().orElseThrow();
    }
  }

  @Test
  void keystoreThatFailsOnce_isAnObstacle_andWorksAgainWithoutARestart() throws Exception {
    // Where it is there, no new file of that name can be made.
    Path obstacle = Files.createDirectory(keystore().resolve("entries.new"));
    federation.pass(Duration.ofDays(1), Duration.ofHours(6));

    HttpResponse<String> failed = ready();
    assertEquals(503, failed.statusCode());
    assertTrue(failed.body().contains("keystore"), failed.body());

    Files.delete(obstacle);
    federation.await("it works again", () -> ready().statusCode() == 200);

    federation.send(FR, "under the key of the day", Duration.ofDays(1), DE);
    assertEquals(
        List.of("under the key of the day"),
        RunningFederation.headlines(federation.receive(DE, 1)));
  }
}
