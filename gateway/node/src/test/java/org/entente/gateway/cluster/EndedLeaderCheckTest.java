package org.entente.gateway.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.entente.gateway.testkit.HandTimers;
import org.entente.gateway.testkit.LoopbackPort;
import org.junit.jupiter.api.Test;

/** When a node stands for election before a time-out. */
class EndedLeaderCheckTest {
  private static final Duration TURN = Duration.ofMillis(500);
  private static final Duration BETWEEN_LOOKS = Duration.ofMillis(100);
  private static final List<String> NAMES = List.of("n3", "n1", "n2");

  private final HandTimers timers = new HandTimers();
  private final List<String> stoodInsteadOf = new ArrayList<>();
  private Optional<String> leader = Optional.of("n1");
  private boolean refuses = true;
  private int asked;

  private EndedLeaderCheck check(String self) {
    return new EndedLeaderCheck(
        self,
        new EndedLeaderCheck.Cluster() {
          @Override
          public Optional<String> leader() {
            return leader;
          }

          @Override
          public Collection<String> names() {
            return NAMES;
          }

          @Override
          public void standInsteadOf(String ended) {
            stoodInsteadOf.add(ended);
          }
        },
        name -> {
          assertEquals("n1", name);
          asked++;
          return refuses;
        },
        TURN,
        timers::after);
  }

  private void passNothing() {
    timers.pass(Duration.ZERO);
    timers.pass(Duration.ZERO);
  }

  @Test
  void firstInTurn_whoseLeaderRefuses_standsAtOnce() {
    check("n2").connectionEnded();
    passNothing();

    assertEquals(List.of("n1"), stoodInsteadOf);
  }

  @Test
  void secondInTurn_standsOnce_afterTheTurnOfTheFirst() {
    EndedLeaderCheck check = check("n3");
    check.connectionEnded();
    check.connectionEnded();
    passNothing();
    assertEquals(List.of(), stoodInsteadOf);

    timers.pass(TURN);
    assertEquals(List.of("n1"), stoodInsteadOf);
    assertEquals(1, asked, "two connections of one leader are one reason to look");
    assertEquals(0, timers.waiting());
  }

  @Test
  void secondInTurn_whoHearsOfANextLeader_doesNotStand() {
    check("n3").connectionEnded();
    passNothing();
    leader = Optional.of("n2");
    timers.pass(TURN);

    assertEquals(List.of(), stoodInsteadOf);
  }

  @Test
  void leader_thatDoesNotRefuse_isAskedAFewTimes_andLeftToTheTimeOut() {
    refuses = false;
    EndedLeaderCheck check = check("n2");
    check.connectionEnded();
    passNothing();
    assertEquals(1, asked);
    while (timers.waiting() > 0) {
      timers.pass(BETWEEN_LOOKS);
    }
    assertEquals(20, asked);
    assertEquals(List.of(), stoodInsteadOf);

    refuses = true;
    check.connectionEnded();
    passNothing();
    assertEquals(List.of("n1"), stoodInsteadOf, "the next connection is a reason again");
  }

  @Test
  void leader_whosePortClosesAfterItsConnections_isNoticed() {
    refuses = false;
    check("n2").connectionEnded();
    passNothing();
    refuses = true;
    timers.pass(BETWEEN_LOOKS);
    passNothing();

    assertEquals(List.of("n1"), stoodInsteadOf);
  }

  @Test
  void nodeThatLeads_orIsNoneOfTheCluster_doesNotStand() {
    leader = Optional.empty();
    check("n1").connectionEnded();
    assertEquals(0, timers.waiting());

    leader = Optional.of("n1");
    check("n4").connectionEnded();
    passNothing();
    timers.pass(TURN.multipliedBy(NAMES.size()));
    assertEquals(List.of(), stoodInsteadOf);
  }

  @Test
  void address_refuses_onlyWhereNothingListens() throws IOException {
    Duration patience = Duration.ofSeconds(10);
    try (ServerSocket listens = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      assertFalse(
          EndedLeaderCheck.refuses("127.0.0.1:" + listens.getLocalPort(), patience), "accepts");
    }
    assertTrue(EndedLeaderCheck.refuses("127.0.0.1:" + LoopbackPort.next(), patience), "closed");
  }
}
