package org.entente.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** A page that sends its reader elsewhere sends there, and every page is reached from the first. */
class LinkedPagesTest {
  private static final Path REPOSITORY = Path.of("..").toAbsolutePath().normalize();
  private static final Pattern FENCED = Pattern.compile("(?ms)^ *```.*?^ *```");
  private static final Pattern CODE = Pattern.compile("`[^`\n]*`");
  private static final Pattern LINK = Pattern.compile("]\\(([^)\\s#]*)(?:#([^)\\s]+))?\\)");
  private static final Pattern HEADING = Pattern.compile("(?m)^#+ (.*)$");
  private static final int FEWEST = 300;

  @Test
  void link_ofAPage_leadsToAFileAndAHeadingThatAreThere() throws IOException {
    List<String> broken = new ArrayList<>();
    int followed = 0;
    for (Path page : pages()) {
      Matcher links = LINK.matcher(prose(page));
      while (links.find()) {
        if (links.group(1).contains("://")) {
          continue;
        }
        followed++;
        Path target =
            links.group(1).isEmpty() ? page : page.resolveSibling(links.group(1)).normalize();
        String heading = links.group(2);
        if (!Files.exists(target) || (heading != null && !headings(target).contains(heading))) {
          broken.add(REPOSITORY.relativize(page) + ": " + links.group());
        }
      }
    }
    assertEquals(List.of(), broken);
    assertTrue(followed > FEWEST, followed + " links followed: the pages are not where they were");
  }

  @Test
  void page_ofTheDocs_isReachedFromTheFirst() throws IOException {
    List<String> linked = new ArrayList<>();
    Matcher links = LINK.matcher(prose(REPOSITORY.resolve("README.md")));
    while (links.find()) {
      linked.add(links.group(1));
    }
    try (Stream<Path> docs = Files.list(REPOSITORY.resolve("docs"))) {
      List<String> lost =
          docs.filter(page -> page.toString().endsWith(".md"))
              .map(page -> REPOSITORY.relativize(page).toString())
              .filter(page -> !linked.contains(page))
              .toList();
      assertEquals(List.of(), lost, "pages to which README.md does not lead");
    }
  }

  private static List<Path> pages() throws IOException {
    List<Path> pages = new ArrayList<>();
    for (String first : List.of("README.md", "CONTRIBUTING.md", "proto/README.md")) {
      pages.add(REPOSITORY.resolve(first));
    }
    for (String folder : List.of("docs", "config")) {
      try (Stream<Path> files = Files.walk(REPOSITORY.resolve(folder))) {
        files.filter(file -> file.toString().endsWith(".md")).sorted().forEach(pages::add);
      }
    }
    return pages;
  }

  /** Without what is shown as code, where brackets and parentheses mean something else. */
  private static String prose(Path page) throws IOException {
    return CODE.matcher(FENCED.matcher(Files.readString(page)).replaceAll("")).replaceAll("");
  }

  /** By which links name them: lower case, words joined by hyphens, no punctuation. */
  private static List<String> headings(Path page) throws IOException {
    String text = FENCED.matcher(Files.readString(page)).replaceAll("");
    return HEADING
        .matcher(text)
        .results()
        .map(heading -> heading.group(1).replaceAll("\\[([^]]*)]\\([^)]*\\)", "$1"))
        .map(heading -> heading.strip().toLowerCase(Locale.ROOT))
        .map(heading -> heading.replaceAll("[^\\p{L}\\p{N}_\\- ]", "").replace(' ', '-'))
        .toList();
  }
}
