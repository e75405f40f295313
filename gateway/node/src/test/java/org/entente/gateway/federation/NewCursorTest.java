package org.entente.gateway.federation;

import static org.entente.gateway.federation.RunningFederation.DE;
import static org.entente.gateway.federation.RunningFederation.FR;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.util.List;
import org.entente.gateway.model.MessageId;
import org.entente.proto.v1.Delivery;
import org.entente.proto.v1.EvidenceKind;
import org.entente.proto.v1.OpenCursor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Where a new cursor starts. */
class NewCursorTest {
  private static final Duration LONG = Duration.ofDays(3);

  @RegisterExtension final RunningFederation federation = new RunningFederation(FR, DE);

  private void send(String headline) {
    MessageId id =
        federation.send(FR, headline, LONG, draft -> draft.getToBuilder().addAgencies(DE));
    federation.awaitEvidence(FR, id, EvidenceKind.EVIDENCE_KIND_DELIVERY, DE);
  }

  private List<String> receive(String cursor, boolean skipStored, int count) {
    OpenCursor open = OpenCursor.newBuilder().setCursor(cursor).setSkipStored(skipStored).build();
    return federation.receive(federation.channel(DE), DE, count, open).stream()
        .map(NewCursorTest::headline)
        .toList();
  }

  private static String headline(Delivery delivery) {
    return delivery.getBody().getAlert().getTexts(0).getHeadline();
  }

  /** Without an acknowledgement, and whichever way it is opened afterwards. */
  @Test
  void newCursor_thatSkipsWhatIsStored_startsThereForGood_alsoAfterARestart() {
    send("stored");
    assertEquals(List.of(), receive("new", true, 0));
    send("later");
    federation.stop(DE);
    federation.start(DE);

    assertEquals(List.of("later"), receive("new", true, 1));
    send("last");
    assertEquals(List.of("last"), receive("new", false, 1));
    assertEquals(List.of("stored", "later", "last"), receive("other", false, 3));
  }

  @Test
  void cursorThatHasAPosition_skipsNothing() {
    send("first");
    assertEquals(List.of("first"), receive("known", false, 1));
    send("second");
    assertEquals(List.of("second"), receive("known", true, 1));
  }
}
