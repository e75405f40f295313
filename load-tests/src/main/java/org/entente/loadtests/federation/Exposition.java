package org.entente.loadtests.federation;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;

/** One counter of a gateway's {@code /metrics}. */
public final class Exposition {
  private static final Duration TIMEOUT = Duration.ofSeconds(5);

  private Exposition() {}

  /** Sum over its labels; absent if the gateway does not answer or does not have it. */
  public static OptionalLong counter(String admin, String name) throws InterruptedException {
    Optional<String> page = page(admin);
    return page.isPresent() ? sum(page.get(), name) : OptionalLong.empty();
  }

  /**
   * Sum over what has this label with this value, as the exposition writes them; 0 if nothing has,
   * absent if the gateway does not answer.
   */
  public static OptionalLong labelled(String admin, String name, String label)
      throws InterruptedException {
    Optional<String> page = page(admin);
    if (page.isEmpty()) {
      return OptionalLong.empty();
    }
    double sum = 0;
    for (String line : page.get().lines().toList()) {
      if (line.startsWith(name + "{") && line.contains(label + ",")) {
        sum += value(line);
      }
    }
    return OptionalLong.of(Math.round(sum));
  }

  private static Optional<String> page(String admin) throws InterruptedException {
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
    double sum = 0;
    boolean found = false;
    for (String line : text.lines().toList()) {
      if (line.startsWith(name + " ") || line.startsWith(name + "{")) {
        sum += value(line);
        found = true;
      }
    }
    return found ? OptionalLong.of(Math.round(sum)) : OptionalLong.empty();
  }
}
