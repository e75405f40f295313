package org.entente.gateway.cli.call;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** What every list prints. */
class ListingTest {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  /** Lists its arguments. */
  @Command(name = "list")
  private static final class Words extends PrintingCommand {
    private static final Columns<String> COLUMNS =
        Columns.<String>of("word", "words")
            .with("word", word -> word)
            .with("length", word -> Integer.toString(word.length()))
            .with("note", word -> word.length() > 3 ? "long" : "");

    @Mixin private OutputOptions output = new OutputOptions();
    @Parameters private List<String> words = List.of();

    @Override
    protected void run() {
      Listing<String> list =
          output.listing(this, COLUMNS, word -> "{\"word\":\"" + word + "\"}", "at 127.0.0.1:1");
      words.forEach(list::add);
      list.end(words.size() > 2 ? "more than two" : "");
    }
  }

  private int run(String... args) {
    return new CommandLine(new Words())
        .setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(err, true))
        .execute(args);
  }

  @Test
  void people_readAHeadlineAndATable() {
    assertEquals(0, run("one", "three", "ten"));
    assertEquals("3 words at 127.0.0.1:1; more than two\n", err.toString());
    assertEquals(
        List.of("word   length  note", "one    3", "three  5       long", "ten    3"),
        out.toString().lines().toList());
  }

  @Test
  void oneItem_isCountedInTheSingular_andEmptyColumnsAreLeftOut() {
    assertEquals(0, run("one"));
    assertEquals("1 word at 127.0.0.1:1\n", err.toString());
    assertEquals(List.of("word  length", "one   3"), out.toString().lines().toList());
  }

  @Test
  void emptyList_saysSo_andPrintsNothing() {
    assertEquals(0, run());
    assertEquals("no words at 127.0.0.1:1\n", err.toString());
    assertEquals("", out.toString());
  }

  @Test
  void programs_readOneObjectOnEachLine_andNothingElse() {
    assertEquals(0, run("--json", "one", "two"));
    assertEquals("", err.toString());
    assertEquals(
        List.of("{\"word\":\"one\"}", "{\"word\":\"two\"}"), out.toString().lines().toList());
  }
}
