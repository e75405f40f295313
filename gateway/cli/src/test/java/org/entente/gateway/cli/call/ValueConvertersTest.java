package org.entente.gateway.cli.call;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** What people type for an id: of a message, an upload, a case. */
final class ValueConvertersTest {
  /** A command with an id. */
  @CommandLine.Command
  static final class Any {
    @CommandLine.Option(names = "--upload")
    private ByteString upload = ByteString.EMPTY;
  }

  private static ByteString parsed(String text) {
    Any any = new Any();
    ValueConverters.register(new CommandLine(any)).parseArgs("--upload", text);
    return any.upload;
  }

  @Test
  void id_is16Bytes() {
    assertEquals(16, parsed("01a2325ad3bf76d4863100346647b184").size());
  }

  @ParameterizedTest
  @ValueSource(strings = {"zz", "01a2325ad3bf76d4863100346647b1", "\u001b[31m"})
  void id_thatIsNone_isShown_withWhatIsValid_whateverItIsOf(String text) {
    CommandLine.ParameterException refused =
        assertThrows(CommandLine.ParameterException.class, () -> parsed(text));
    String said = String.valueOf(refused.getMessage());
    assertTrue(said.contains("--upload") && said.contains("32 hex digits"), said);
    assertTrue(!said.contains("message") && said.indexOf('\u001b') < 0, said);
  }
}
