package org.entente.gateway.node.console;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;

/** The style sheet and the scripts, which anyone may read. */
final class ConsoleAssets {
  private static final String PATH = "/console/static/";
  private static final String SCRIPT = "text/javascript; charset=utf-8";

  /** An asset. */
  record Asset(String type, String text) {}

  private final Map<String, Asset> assets =
      Map.of(
          PATH + "console.css", asset("console.css", "text/css; charset=utf-8"),
          PATH + "live.js", asset("live.js", SCRIPT),
          PATH + "enter.js", asset("enter.js", SCRIPT));

  Optional<Asset> find(String path) {
    return Optional.ofNullable(assets.get(path));
  }

  private static Asset asset(String name, String type) {
    try (InputStream in = ConsoleAssets.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException(name + " is not in the archive");
      }
      return new Asset(type, new String(in.readAllBytes(), StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
