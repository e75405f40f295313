package org.entente.gateway.kafka;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.entente.gateway.cli.RootCommand;
import org.entente.gateway.kafka.MessageRecords.Withheld;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** What docs/integrate/kafka.md says of options, settings and headers. */
class KafkaPageTest {
  private static final Pattern BLOCK = Pattern.compile("(?s)```(properties|text)\n(.*?)```");
  private static final Pattern COMMAND =
      Pattern.compile("(?m)^entente kafka (\\w+)((?:.*\\\\\n)*.*)$");
  private static final Pattern OPTION = Pattern.compile("--[a-z-]+");

  private static String page() throws IOException {
    return Files.readString(Path.of("..", "..", "docs", "integrate", "kafka.md"));
  }

  private static List<String> blocks(String kind) throws IOException {
    List<String> found = new ArrayList<>();
    Matcher blocks = BLOCK.matcher(page());
    while (blocks.find()) {
      if (blocks.group(1).equals(kind)) {
        found.add(blocks.group(2));
      }
    }
    return found;
  }

  @Test
  void settings_ofThePage_areValid() throws IOException {
    List<String> blocks = blocks("properties");
    assertEquals(1, blocks.size());
    assertEquals(
        "zstd",
        KafkaSettings.of("the page", blocks.get(0)).ofProducer("p").get("compression.type"));
  }

  private static CommandLine subcommand(CommandLine of, String name) {
    return Objects.requireNonNull(of.getSubcommands().get(name), name);
  }

  @Test
  void options_ofThePage_areThere() throws IOException {
    CommandLine kafka = subcommand(RootCommand.commandLine("kafka"), "kafka");
    int commands = 0;
    for (String block : blocks("text")) {
      Matcher command = COMMAND.matcher(block);
      while (command.find()) {
        commands++;
        Set<String> known =
            subcommand(kafka, command.group(1)).getCommandSpec().optionsMap().keySet();
        OPTION
            .matcher(command.group(2))
            .results()
            .forEach(option -> assertTrue(known.contains(option.group()), option::group));
      }
    }
    assertEquals(2, commands);
  }

  @Test
  void reason_forWhichAMessageIsWithheld_isOnThePage() throws IOException {
    for (Withheld why : Withheld.values()) {
      assertTrue(page().contains("`" + why + "`"), why::toString);
    }
  }
}
