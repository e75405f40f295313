package org.entente.loadtests.bench;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.NodeList;

/**
 * The build leaves the baselines out, because they need other versions of shared libraries, and the
 * benchmark goes on without what it cannot build.
 */
final class BaselinesTest {
  private static final Path BASELINES = Path.of("..", "baselines");

  @Test
  void baselines_findTheMeasuringThatTheyShare() throws Exception {
    NodeList roots =
        DocumentBuilderFactory.newInstance()
            .newDocumentBuilder()
            .parse(BASELINES.resolve("pom.xml").toFile())
            .getElementsByTagName("compileSourceRoot");
    Set<String> found = new TreeSet<>();
    for (int i = 0; i < roots.getLength(); i++) {
      String root = roots.item(i).getTextContent();
      Path sources = BASELINES.resolve(root.replace("${project.basedir}/", ""));
      assertTrue(Files.isDirectory(sources), root);
      try (Stream<Path> files = Files.list(sources.resolve("org/entente/loadtests"))) {
        files.forEach(file -> found.add(file.getFileName().toString()));
      }
    }
    assertTrue(found.containsAll(Set.of("baselines", "measure")), found.toString());
  }
}
