package org.entente.gateway.repository;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** A page that sends its reader elsewhere sends there, and every page is reached from the first. */
class LinkedPagesTest {
  static final Path REPOSITORY = Path.of("..", "..").toAbsolutePath().normalize();
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
    Set<Path> reached = new HashSet<>();
    Deque<Path> open = new ArrayDeque<>(List.of(REPOSITORY.resolve("README.md")));
    while (!open.isEmpty()) {
      Path page = open.remove();
      if (page.toString().endsWith(".md") && Files.exists(page) && reached.add(page)) {
        Matcher links = LINK.matcher(prose(page));
        while (links.find()) {
          open.add(page.resolveSibling(links.group(1)).normalize());
        }
      }
    }
    List<Path> lost = new ArrayList<>(pages());
    lost.removeAll(reached);
    assertEquals(List.of(), lost, "pages to which no link leads from README.md");
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
  static List<String> headings(Path page) throws IOException {
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
