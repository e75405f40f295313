package org.entente.gateway.transmit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.entente.gateway.model.MessageId;
import org.junit.jupiter.api.Test;

class EvidenceRequestsTest {
  private static final String DE = "de.customs";
  private static final String SG = "sg.police";
  private static final long NOW = 1_800_000_000_000L;
  private static final long WINDOW = EvidenceRequests.WINDOW.toMillis();

  private final EvidenceRequests requests = new EvidenceRequests();
  private final Random random = new Random(7);

  private List<MessageId> begin(String recipient, int count) {
    List<MessageId> ids = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      MessageId id = MessageId.fresh(NOW, random);
      requests.begin(id, recipient, NOW);
      ids.add(id);
    }
    return ids;
  }

  @Test
  void due_bringsEachAgainAtIntervalsThatDouble_whileItIsAwaited() {
    List<MessageId> ids = begin(DE, 1);
    List<Long> seconds = new ArrayList<>();
    for (long second = 0; second <= EvidenceRequests.WINDOW.toSeconds(); second++) {
      if (!requests.due(NOW + second * 1_000).isEmpty()) {
        seconds.add(second);
      }
    }
    assertEquals(List.of(0L, 30L, 90L, 210L, 450L), seconds);
    requests.end(ids.get(0), DE);
    assertEquals(Map.of(), requests.due(NOW + Duration.ofDays(1).toMillis()));
  }

  @Test
  void due_takesWhatOneRequestHolds_andPausesForEachRecipient() {
    List<MessageId> many = begin(DE, EvidenceRequests.MOST_OF_A_REQUEST + 1);
    List<MessageId> one = begin(SG, 1);
    assertEquals(
        Map.of(DE, many.subList(0, EvidenceRequests.MOST_OF_A_REQUEST), SG, one),
        requests.due(NOW));
    long apart = EvidenceRequests.APART.toMillis();
    assertEquals(Map.of(), requests.due(NOW + apart - 1));
    assertEquals(
        Map.of(DE, many.subList(EvidenceRequests.MOST_OF_A_REQUEST, many.size())),
        requests.due(NOW + apart));
  }

  @Test
  void endOf_isAWindowAfterTheFirstRequest_orAfterNowWhereNoneWasSent() {
    MessageId id = begin(DE, 1).get(0);
    requests.begin(id, DE, NOW + 1_000);
    assertEquals(NOW + 1_000 + WINDOW, requests.endOf(id, DE, NOW + 1_000));
    requests.due(NOW + 1_000);
    requests.due(NOW + 60_000);
    assertEquals(NOW + 1_000 + WINDOW, requests.endOf(id, DE, NOW + 60_000));
    assertEquals(NOW + 1_000 + WINDOW, requests.endOf(id, SG, NOW + 1_000));
  }

  /** So many that their turn comes after a window; the silence of a recipient that nobody asked. */
  @Test
  void endOf_ofManyThatBeginAtOnce_isNotBeforeEachWasAskedAbout() {
    Set<MessageId> waiting = new HashSet<>(begin(DE, 30_000));
    long second = 0;
    for (; !waiting.isEmpty() && second < 7_200; second++) {
      long now = NOW + second * 1_000;
      requests.due(now).getOrDefault(DE, List.of()).forEach(waiting::remove);
      if (second % 60 == 0) {
        assertTrue(waiting.stream().allMatch(id -> requests.endOf(id, DE, now) > now));
      }
    }
    assertEquals(Set.of(), waiting);
    assertTrue(second > EvidenceRequests.WINDOW.toSeconds(), "some waited for longer");
  }

  @Test
  void begin_beyondTheBound_waitsForRoom() {
    List<MessageId> all = begin(DE, EvidenceRequests.MOST);
    MessageId beyond = MessageId.fresh(NOW, random);
    requests.begin(beyond, SG, NOW);
    assertEquals(List.of(DE), List.copyOf(requests.due(NOW).keySet()));
    assertEquals(NOW + 5 + WINDOW, requests.endOf(beyond, SG, NOW + 5), "nothing counts yet");
    requests.end(all.get(0), DE);
    requests.begin(beyond, SG, NOW + 5);
    assertEquals(List.of(beyond), requests.due(NOW + 5).get(SG));
  }
}
