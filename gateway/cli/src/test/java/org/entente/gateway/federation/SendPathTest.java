package org.entente.gateway.federation;

import static org.entente.gateway.federation.RunningFederation.DE;
import static org.entente.gateway.federation.RunningFederation.FR;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import com.google.protobuf.util.JsonFormat;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.entente.gateway.cli.CommandFixture;
import org.entente.proto.v1.Draft;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Records of which a gateway refuses some, by `send --alerts`. */
class SendPathTest {
  @RegisterExtension final RunningFederation federation = new RunningFederation(FR, DE);

  private static String line(Draft draft) throws IOException {
    return "{\"publisher\": \"fr.customs\", \"draft\": "
        + JsonFormat.printer().omittingInsignificantWhitespace().print(draft)
        + "}";
  }

  private Draft draft(String headline) {
    return federation.draft(headline, Duration.ofDays(1), DE);
  }

  @Test
  void record_thatIsRefusedForItself_holdsBackNoneBehindIt() throws IOException {
    Draft passedOn =
        draft("passes on what is not here").toBuilder()
            .addDerivedFrom(ByteString.copyFrom(new byte[16]))
            .build();
    Path file =
        Files.write(
            federation.folder().resolve("alerts.jsonl"),
            List.of(line(passedOn), line(draft("behind"))));
    CommandFixture command = new CommandFixture();
    List<String> words = new ArrayList<>(List.of("send", "--alerts", file.toString()));
    words.addAll(CommandFixture.client(federation, FR));
    assertEquals(1, command.run(words), command::err);
    assertTrue(command.err().contains("alerts.jsonl:1: NOT_FOUND: derived_from[0]"), command::err);
    assertTrue(command.err().contains("1 published, 0 held, 0 refused, 1 bad"), command::err);
    assertEquals(List.of("behind"), RunningFederation.headlines(federation.receive(DE, 1)));
  }
}
