package org.entente.gateway.command;

import static org.entente.gateway.federation.RunningFederation.DE;
import static org.entente.gateway.federation.RunningFederation.FR;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.entente.gateway.cli.CommandFixture;
import org.entente.gateway.federation.RunningFederation;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** {@code entente link list}, at a gateway whose peer has never run. */
class LinkListCommandTest {
  private static final Pattern HEADINGS = Pattern.compile("waiting +undelivered +in flight");

  /** A lane without a queue: no envelope waits, and bytes are undelivered. */
  private static final Pattern ROW =
      Pattern.compile("(?m)^de\\.customs +down +(\\S+) +not connected +0 +(\\d+) bytes? ");

  private static final Pattern METRIC =
      Pattern.compile(
          "(?m)^entente_link_undelivered_bytes"
              + "\\{peer=\"de\\.customs\",lane=\"ROUTINE\",?} (\\S+)$");

  @RegisterExtension final RunningFederation federation = new RunningFederation(FR);
  private final CommandFixture command = new CommandFixture();

  @Test
  void mailForAnAgencyThatWasNeverLinked_isShownAsUndelivered_andCountedByTheMetric() {
    federation.send(FR, "early", Duration.ofDays(5), DE);

    List<String> words = new ArrayList<>(List.of("link", "list"));
    words.addAll(CommandFixture.client(federation, FR));
    assertEquals(0, command.run(words), command::err);
    String out = command.out();
    assertTrue(HEADINGS.matcher(out).find(), out);
    List<MatchResult> rows = ROW.matcher(out).results().toList();
    List<String> owing =
        rows.stream().filter(row -> !row.group(2).equals("0")).map(row -> row.group(1)).toList();
    assertEquals(List.of("ROUTINE"), owing, out);
    long bytes = rows.stream().mapToLong(row -> Long.parseLong(row.group(2))).sum();

    MatchResult metric =
        METRIC.matcher(federation.scrape(FR, "metrics")).results().findFirst().orElseThrow();
    assertEquals((double) bytes, Double.parseDouble(metric.group(1)));
  }
}
