package org.entente.loadtests.testkit;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.entente.loadtests.federation.NodePlan;

/** What a gateway shows on its admin port. */
public final class Metrics {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Duration TIMEOUT = Duration.ofSeconds(5);
  private static final String TYPE = "# TYPE ";
  private static final Pattern LABEL = Pattern.compile("([a-z_]+)=\"");

  private final HttpClient http = HttpClient.newHttpClient();
  private final String agency;
  private final String admin;

  private Metrics(String agency, String admin) {
    this.agency = agency;
    this.admin = admin;
  }

  /** Of a gateway that runs. */
  public static Metrics of(NodePlan plan) {
    return at(plan.agency(), plan.admin());
  }

  /** The same by the address of its admin port. */
  public static Metrics at(String agency, String admin) {
    return new Metrics(agency, admin);
  }

  /** Waits until a sample, named as the exposition has it with its labels, has a value. */
  public void await(String sample, double value) throws IOException, InterruptedException {
    awaitPage(
        "/metrics",
        sample + " " + value,
        page -> page.lines().anyMatch((sample + " " + value)::equals));
  }

  /** Waits until a sample whose line begins like this is above a value. */
  public void awaitAbove(String begin, double value) throws IOException, InterruptedException {
    awaitPage(
        "/metrics",
        begin + " above " + value,
        page ->
            page.lines()
                .filter(line -> line.startsWith(begin))
                .anyMatch(line -> Double.parseDouble(line.replaceAll("^.* ", "")) > value));
  }

  /** Waits until the readiness page contains a text. */
  public void awaitReadiness(String text) throws IOException, InterruptedException {
    awaitPage("/readyz", text, page -> page.contains(text));
  }

  private void awaitPage(String path, String what, Predicate<String> wanted)
      throws IOException, InterruptedException {
    long end = System.nanoTime() + PATIENCE.toNanos();
    String page = page(path);
    while (!wanted.test(page) && System.nanoTime() < end) {
      Patience.pause();
      page = page(path);
    }
    String last = page;
    assertTrue(wanted.test(page), () -> agency + " does not show " + what + ":\n" + last);
  }

  /** The value of a sample. */
  public double value(String sample) throws IOException, InterruptedException {
    return page("/metrics")
        .lines()
        .filter(line -> line.startsWith(sample + " "))
        .mapToDouble(line -> Double.parseDouble(line.substring(sample.length() + 1)))
        .findFirst()
        .orElseThrow(() -> new AssertionError(agency + " has no " + sample));
  }

  /** Names of the labels that a metric's samples have; none if it has no sample. */
  public Set<String> labels(String metric) throws IOException, InterruptedException {
    Set<String> labels = new TreeSet<>();
    page("/metrics")
        .lines()
        .filter(line -> line.startsWith(metric + "{"))
        .forEach(line -> LABEL.matcher(line).results().forEach(it -> labels.add(it.group(1))));
    return labels;
  }

  /** Names of all metrics, as an alert rule writes them. */
  public Set<String> names() throws IOException, InterruptedException {
    Set<String> names = new TreeSet<>();
    for (String line : page("/metrics").lines().toList()) {
      if (line.startsWith(TYPE)) {
        String[] words = line.substring(TYPE.length()).split(" ", -1);
        names.add(
            words[1].equals("counter") && !words[0].endsWith("_total")
                ? words[0] + "_total"
                : words[0]);
      }
    }
    return names;
  }

  private String page(String path) throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://" + admin + path)).timeout(TIMEOUT).build();
    return http.send(request, HttpResponse.BodyHandlers.ofString()).body();
  }
}
