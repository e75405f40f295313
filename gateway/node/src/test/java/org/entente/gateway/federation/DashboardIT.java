package org.entente.gateway.federation;

import static org.entente.gateway.federation.RunningFederation.DE;
import static org.entente.gateway.federation.RunningFederation.FR;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.entente.gateway.testkit.LoopbackPort;
import org.entente.gateway.testkit.TestRequirement;
import org.entente.proto.v1.Classification;
import org.entente.proto.v1.Draft;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** The dashboard over a Prometheus that scrapes gateways with mail between them. */
@Tag("extended")
@Tag("dashboard")
class DashboardIT {
  private static final Path CONFIG = Path.of("..", "..", "config").toAbsolutePath().normalize();
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int FEWEST = 20;

  @RegisterExtension final RunningFederation federation = new RunningFederation();
  @TempDir private Path folder;

  private final HttpClient http = HttpClient.newHttpClient();
  private int port;
  private @Nullable Process prometheus;

  @BeforeEach
  void start() throws IOException {
    boolean installed =
        Arrays.stream(System.getenv("PATH").split(":", -1))
            .anyMatch(path -> Files.isExecutable(Path.of(path, "prometheus")));
    TestRequirement.present(installed, "prometheus");
    Files.writeString(
        federation.config(FR), "\nbackup:\n  folder: copies\n", StandardOpenOption.APPEND);
    federation.start(FR, DE);
    port = LoopbackPort.next();
    Path settings = folder.resolve("prometheus.yaml");
    Files.writeString(
        settings,
        """
        global: { scrape_interval: 1s, evaluation_interval: 1s }
        rule_files: [%s]
        scrape_configs:
          - job_name: entente
            static_configs: [{ targets: [%s, %s] }]
        """
            .formatted(CONFIG.resolve("prometheus/alerts.yaml"), target(FR), target(DE)));
    prometheus =
        new ProcessBuilder(
                "prometheus",
                "--config.file=" + settings,
                "--storage.tsdb.path=" + folder.resolve("series"),
                "--web.listen-address=127.0.0.1:" + port)
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("prometheus.log").toFile())
            .start();
  }

  @AfterEach
  void end() throws InterruptedException {
    if (prometheus != null) {
      prometheus.destroyForcibly().waitFor();
    }
  }

  private String target(String agency) {
    return "127.0.0.1:" + federation.gateway(agency).adminAddress().getPort();
  }

  @Test
  void query_ofEachPanel_returnsDataOfRunningGateways() throws IOException {
    await("count(up{job=\"entente\"} == 1) == 2");
    federation.send(FR, "one", Duration.ofDays(1), DE);
    federation.receive(DE, 1);
    Draft.Builder secret = federation.draft("two", Duration.ofDays(1), DE).toBuilder();
    secret.getLabelBuilder().setClassification(Classification.CLASSIFICATION_SECRET);
    assertTrue(federation.publish(FR, secret.build()).hasRefused());

    List<String> queries = queries();

    queries.forEach(this::await);
    assertTrue(queries.size() >= FEWEST, queries::toString);
  }

  private static List<String> queries() throws IOException {
    JsonNode dashboard = JSON.readTree(CONFIG.resolve("grafana/entente.json").toFile());
    return stream(dashboard.path("panels"))
        .flatMap(panel -> stream(panel.path("targets")))
        .map(target -> target.path("expr").asText().replace("$instance", ".+"))
        .toList();
  }

  private static Stream<JsonNode> stream(JsonNode array) {
    return StreamSupport.stream(array.spliterator(), false);
  }

  private void await(String query) {
    federation.await(query, () -> hasData(query));
  }

  /** Whether a query finds a number; the quantile of nothing is none. */
  private boolean hasData(String query) {
    String url =
        "http://127.0.0.1:%d/api/v1/query?query=%s"
            .formatted(port, URLEncoder.encode(query, StandardCharsets.UTF_8));
    try {
      HttpResponse<String> answer =
          http.send(
              HttpRequest.newBuilder(URI.create(url)).build(),
              HttpResponse.BodyHandlers.ofString());
      if (answer.statusCode() == HttpURLConnection.HTTP_UNAVAILABLE) {
        // Its port is open, but it is still starting.
        return false;
      }
      return stream(JSON.readTree(answer.body()).path("data").path("result"))
          .map(one -> one.path("value").path(1).asText())
          .anyMatch(value -> !value.equals("NaN"));
    } catch (ConnectException e) {
      // It has not opened its port yet.
      return false;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
