package org.entente.gateway.node.console;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;

/** The style sheets and the scripts, which anyone may read. Libraries come from npm, as WebJars. */
final class ConsoleAssets {
  private static final String PATH = "/console/static/";
  private static final String SCRIPT = "text/javascript; charset=utf-8";
  private static final String STYLE = "text/css; charset=utf-8";
  private static final String WEBJARS = "org.webjars.npm/";

  /** An asset. */
  record Asset(String type, String text) {}

  private final Map<String, Asset> assets =
      Map.of(
          PATH + "console.css", asset("console.css", STYLE),
          PATH + "live.js", asset("live.js", SCRIPT),
          PATH + "enter.js", asset("enter.js", SCRIPT),
          PATH + "map.js", asset("map.js", SCRIPT),
          PATH + "rates.js", asset("rates.js", SCRIPT),
          PATH + "cytoscape.js", library("cytoscape", "cytoscape.esm.min.mjs", SCRIPT),
          PATH + "uplot.js", library("uplot", "uPlot.esm.js", SCRIPT),
          PATH + "uplot.css", library("uplot", "uPlot.min.css", STYLE));

  Optional<Asset> find(String path) {
    return Optional.ofNullable(assets.get(path));
  }

  /** A file of a library, whose folder has its version. */
  private static Asset library(String name, String file, String type) {
    Properties pom = new Properties();
    try (InputStream in = open("/META-INF/maven/" + WEBJARS + name + "/pom.properties")) {
      pom.load(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    String version = pom.getProperty("version");
    return asset("/META-INF/resources/webjars/%s/%s/dist/%s".formatted(name, version, file), type);
  }

  private static Asset asset(String name, String type) {
    try (InputStream in = open(name)) {
      return new Asset(type, new String(in.readAllBytes(), StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static InputStream open(String name) {
    InputStream in = ConsoleAssets.class.getResourceAsStream(name);
    if (in == null) {
      throw new IllegalStateException(name + " is not in the archive");
    }
    return in;
  }
}
