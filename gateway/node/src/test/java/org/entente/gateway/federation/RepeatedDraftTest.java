package org.entente.gateway.federation;

import static org.entente.gateway.federation.RunningFederation.DE;
import static org.entente.gateway.federation.RunningFederation.FR;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import org.entente.proto.v1.Draft;
import org.entente.proto.v1.Outcome;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Threat 87: what a client that lost an answer sends again, over a real gateway. */
class RepeatedDraftTest {
  @RegisterExtension final RunningFederation federation = new RunningFederation(FR);

  /** The same draft with entries of its map in the order given, which is that of its bytes. */
  private static Draft with(Draft draft, String... entries) {
    Draft.Builder changed = draft.toBuilder();
    for (String entry : entries) {
      changed.getBodyBuilder().getAlertBuilder().putExtra(entry, "value of " + entry);
    }
    return changed.build();
  }

  @Test
  void repeat_withMapEntriesInAnotherOrder_getsTheFirstOutcome_alsoAfterARestart() {
    Draft draft = federation.draft("repeated", Duration.ofDays(3), DE);
    Draft first = with(draft, "b", "a", "\u00e9");
    Draft again = with(draft, "\u00e9", "a", "b");
    assertEquals(first, again);
    assertNotEquals(first.toByteString(), again.toByteString());

    Outcome outcome = federation.publish(FR, first);
    assertTrue(outcome.hasAccepted(), outcome.toString());
    assertEquals(outcome, federation.publish(FR, again));
    federation.stop(FR);
    federation.start(FR);
    assertEquals(outcome, federation.publish(FR, again));
  }

  @Test
  void otherContentOfAMap_underTheSameKey_isRefused() {
    Draft draft = federation.draft("repeated", Duration.ofDays(3), DE);
    assertTrue(federation.publish(FR, with(draft, "a", "b")).hasAccepted());
    StatusRuntimeException refused =
        assertThrows(
            StatusRuntimeException.class, () -> federation.publish(FR, with(draft, "a", "c")));
    assertEquals(Status.Code.ALREADY_EXISTS, refused.getStatus().getCode());
  }
}
