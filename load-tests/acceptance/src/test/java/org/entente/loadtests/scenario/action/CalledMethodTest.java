package org.entente.loadtests.scenario.action;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.entente.loadtests.federation.ConfigurationHome;
import org.junit.jupiter.api.Test;

final class CalledMethodTest {
  private static final Pattern SERVICE = Pattern.compile("(?m)^service (\\w+) \\{");

  @Test
  void everyServiceOfClients_isKnown_butTheOneThatOnlyStreams() throws IOException {
    TreeSet<String> services = new TreeSet<>();
    Path protos = ConfigurationHome.find().folder().resolve("proto/src/main/proto/entente/v1");
    try (Stream<Path> files = Files.list(protos)) {
      for (Path file : files.toList()) {
        Matcher matcher = SERVICE.matcher(Files.readString(file));
        while (matcher.find()) {
          services.add(matcher.group(1));
        }
      }
    }
    assertTrue(services.remove("Subscriber"), services::toString);
    List<String> known = CalledMethod.names().stream().map(it -> it.split("/", 2)[0]).toList();
    assertEquals(services, new TreeSet<>(known));
  }

  @Test
  void method_isRepeated_onlyIfItReads() {
    assertTrue(CalledMethod.named("Search/Open").orElseThrow().reads());
    assertTrue(CalledMethod.named("Requests/FollowReminders").orElseThrow().streams());
    for (String name : CalledMethod.names()) {
      String verb = name.substring(name.indexOf('/') + 1);
      boolean reads = CalledMethod.named(name).orElseThrow().reads();
      assertFalse(
          reads && verb.matches("(Add|Ask|Create|Decide|Forget|Grant|Hold|Publish|Recall).*"),
          name);
    }
  }
}
