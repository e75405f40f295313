package org.entente.gateway.intake;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Optional;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.NodeName;
import org.entente.gateway.model.Problem;
import org.entente.gateway.testkit.IntakeKit;
import org.junit.jupiter.api.Test;

/** One client's drafts take no other's room. */
class ClientSharesTest {
  private static final NodeName FLOOD = new NodeName("flood");
  private static final NodeName DESK = new NodeName("desk");

  private final ClientShares shares =
      new ClientShares(IntakeKit.limits(100, 1_000, 4, 500).clients());

  private Code code(NodeName client, long bytes) {
    return shares.take(client, bytes).map(Problem::code).orElseThrow();
  }

  @Test
  void client_withManyDrafts_endsAtItsOwnNumber() {
    for (int i = 0; i < 4; i++) {
      assertEquals(Optional.empty(), shares.take(FLOOD, 10));
    }
    assertEquals(Code.OVERLOADED, code(FLOOD, 10));
    assertEquals(Optional.empty(), shares.take(DESK, 10));
    shares.giveBack(FLOOD, 10);
    assertEquals(Optional.empty(), shares.take(FLOOD, 10));
  }

  @Test
  void client_withLargeDrafts_endsAtItsOwnSize() {
    assertEquals(Optional.empty(), shares.take(FLOOD, 400));
    assertEquals(Code.OVERLOADED, code(FLOOD, 101));
    assertEquals(Optional.empty(), shares.take(FLOOD, 100));
    assertEquals(Optional.empty(), shares.take(DESK, 500));
    assertTrue(shares.take(new NodeName("third"), 1).isPresent(), "all of them together");
  }

  @Test
  void singleDraft_largerThanAShare_isTaken() {
    assertEquals(Optional.empty(), shares.take(FLOOD, 900));
    assertEquals(Code.OVERLOADED, code(FLOOD, 1));
    shares.giveBack(FLOOD, 900);
    assertEquals(Optional.empty(), shares.take(DESK, 5_000));
    assertThrows(IllegalStateException.class, () -> shares.giveBack(FLOOD, 1));
  }
}
