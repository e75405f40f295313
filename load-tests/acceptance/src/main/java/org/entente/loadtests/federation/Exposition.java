package org.entente.loadtests.federation;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Collection;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/** Reader of a gateway's {@code /metrics}. */
public final class Exposition {
  private static final Duration TIMEOUT = Duration.ofSeconds(5);

  private Exposition() {}

  /**
   * Sum of a counter over its labels; absent if the gateway does not answer or has no such counter.
   */
  public static OptionalLong counter(String admin, String name) throws InterruptedException {
    Optional<String> page = page(admin);
    return page.isPresent() ? sum(page.get(), name) : OptionalLong.empty();
  }

  /**
   * Sum over the series with all of these labels, each as in the exposition, such as {@code
   * side="owed"}; 0 if there are none, absent if the gateway does not answer or has no such metric.
   */
  public static OptionalLong labelled(String admin, String name, Collection<String> labels)
      throws InterruptedException {
    Optional<String> page = page(admin);
    return page.isPresent() && page.get().contains("\n# TYPE " + name + " ")
        ? OptionalLong.of(sum(page.get(), name, labels))
        : OptionalLong.empty();
  }

  /** The same in a page that was read before. */
  public static long sum(String page, String name, Collection<String> labels) {
    double sum = 0;
    for (String line : page.lines().toList()) {
      boolean bare = line.startsWith(name + " ");
      if (bare || line.startsWith(name + "{")) {
        String own = bare ? "" : "," + line.substring(name.length() + 1, line.lastIndexOf('}'));
        String ended = own.endsWith(",") ? own : own + ",";
        sum += labels.stream().allMatch(it -> ended.contains("," + it + ",")) ? value(line) : 0;
      }
    }
    return Math.round(sum);
  }

  /** All metrics of a gateway; absent if it does not answer. */
  public static Optional<String> page(String admin) throws InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://" + admin + "/metrics")).timeout(TIMEOUT).build();
    try {
      HttpResponse<String> response =
          HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
      return response.statusCode() == 200 ? Optional.of(response.body()) : Optional.empty();
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private static double value(String line) {
    return Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1));
  }

  public static OptionalLong sum(String text, String name) {
    OptionalDouble total = total(text, name);
    return total.isPresent()
        ? OptionalLong.of(Math.round(total.getAsDouble()))
        : OptionalLong.empty();
  }

  /** The same of a metric that counts parts of its unit, such as seconds. */
  public static OptionalDouble total(String text, String name) {
    return text.lines()
        .filter(line -> line.startsWith(name + " ") || line.startsWith(name + "{"))
        .mapToDouble(Exposition::value)
        .reduce(Double::sum);
  }
}
