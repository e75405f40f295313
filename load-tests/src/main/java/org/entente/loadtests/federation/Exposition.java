package org.entente.loadtests.federation;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.OptionalLong;

/** One counter of a gateway's {@code /metrics}. */
public final class Exposition {
  private static final Duration TIMEOUT = Duration.ofSeconds(5);

  private Exposition() {}

  /** Sum over its labels; absent if the gateway does not answer or does not have it. */
  public static OptionalLong counter(String admin, String name) throws InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://" + admin + "/metrics")).timeout(TIMEOUT).build();
    try {
      HttpResponse<String> response =
          HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
      return response.statusCode() == 200 ? sum(response.body(), name) : OptionalLong.empty();
    } catch (IOException e) {
      return OptionalLong.empty();
    }
  }

  public static OptionalLong sum(String text, String name) {
    double sum = 0;
    boolean found = false;
    for (String line : text.lines().toList()) {
      if (line.startsWith(name + " ") || line.startsWith(name + "{")) {
        sum += Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1));
        found = true;
      }
    }
    return found ? OptionalLong.of(Math.round(sum)) : OptionalLong.empty();
  }
}
