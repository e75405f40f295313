package org.entente.gateway.cluster;

import static java.util.concurrent.CompletableFuture.completedFuture;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.apache.ratis.server.protocol.TermIndex;
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
  private final Map<String, CompletableFuture<TermIndex>> last = new HashMap<>();

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
          public CompletableFuture<TermIndex> lastEntry(String node) {
            return last.getOrDefault(node, completedFuture(entry(3, 8)));
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

  private static TermIndex entry(long term, long index) {
    return TermIndex.valueOf(term, index);
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
  void secondByName_thatIsFurther_standsAtOnce_andTheFirstAfterItsTurn() {
    last.put("n3", completedFuture(entry(3, 9)));
    check("n3").connectionEnded();
    passNothing();
    assertEquals(List.of("n1"), stoodInsteadOf);

    check("n2").connectionEnded();
    passNothing();
    assertEquals(List.of("n1"), stoodInsteadOf, "n2 would not be elected");
    timers.pass(TURN);
    assertEquals(List.of("n1", "n1"), stoodInsteadOf, "what n3 said may be wrong");
  }

  @Test
  void node_thatDoesNotAnswer_isNotWaitedForAfterItsCallHasFailed() {
    CompletableFuture<TermIndex> answer = new CompletableFuture<>();
    last.put("n2", answer);
    check("n3").connectionEnded();
    passNothing();
    assertEquals(List.of(), stoodInsteadOf);

    answer.completeExceptionally(new IOException("silent"));
    passNothing();
    assertEquals(List.of("n1"), stoodInsteadOf);
  }

  @Test
  void turns_areOfTheFurthestFirst_thenByName_andOfTheSilentLast() {
    assertEquals(List.of("a", "b", "c"), turns(Map.of()));
    assertEquals(List.of("c", "a", "b"), turns(Map.of("c", TermIndex.INITIAL_VALUE)));
    assertEquals(
        List.of("a", "b", "c"),
        turns(Map.of("a", entry(2, 5), "b", entry(2, 5), "c", entry(2, 4))));
    assertEquals(
        List.of("c", "b", "a"),
        turns(Map.of("a", entry(2, 5), "b", entry(2, 6), "c", entry(2, 7))));
    assertEquals(
        List.of("b", "c", "a"),
        turns(Map.of("a", entry(2, 900), "b", entry(3, 1), "c", entry(3, 0))),
        "a later term outweighs any index, as in a vote");
    assertEquals(
        List.of("b", "a", "c"),
        turns(Map.of("a", entry(2, 5), "b", entry(2, 6), "c", entry(-9, -9))),
        "what no log can have");
  }

  private static List<String> turns(Map<String, TermIndex> answers) {
    return EndedLeaderCheck.turns(Set.of("b", "c", "a"), answers);
  }

  @Test
  void lastEntry_ofItsBytes_isTheSame_andNothingElseIsOne() {
    for (TermIndex each : List.of(TermIndex.INITIAL_VALUE, entry(3, 8), entry(Long.MAX_VALUE, 0))) {
      byte[] bytes = LeadCalls.entry(each);
      assertEquals(each, LeadCalls.entry(bytes));
      assertThrows(
          RuntimeException.class, () -> LeadCalls.entry(Arrays.copyOf(bytes, bytes.length - 1)));
      assertThrows(
          RuntimeException.class, () -> LeadCalls.entry(Arrays.copyOf(bytes, bytes.length + 1)));
    }
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
