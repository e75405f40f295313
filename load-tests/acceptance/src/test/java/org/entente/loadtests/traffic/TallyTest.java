package org.entente.loadtests.traffic;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.entente.proto.v1.Accepted;
import org.entente.proto.v1.Delivery;
import org.entente.proto.v1.Draft;
import org.entente.proto.v1.Label;
import org.entente.proto.v1.Outcome;
import org.entente.proto.v1.Permit;
import org.entente.proto.v1.Refusal;
import org.entente.proto.v1.Refused;
import org.entente.proto.v1.Status;
import org.junit.jupiter.api.Test;

final class TallyTest {
  private final Tally tally = new Tally();

  @Test
  void permittedMessage_neverDelivered_isLost() throws InterruptedException {
    tally.answered(publication("a"), accepted(1, "de.customs", "us.cbp"));
    tally.received("de.customs", delivery(1, 7), false);

    assertEquals(1, tally.count("us.cbp").lost());
    assertEquals(0, tally.count("de.customs").lost());
    assertEquals(1, tally.count("fr.customs").published());
    assertFalse(tally.awaitComplete(1, 0));
  }

  @Test
  void delivery_beforeTheAnswer_isNotLost() throws InterruptedException {
    tally.received("de.customs", delivery(1, 7), false);
    tally.answered(publication("a"), accepted(1, "de.customs"));

    assertEquals(0, tally.count("de.customs").lost());
    assertEquals(0, tally.count("de.customs").misrouted());
    assertTrue(tally.awaitComplete(1, 0));
  }

  /** A restart between two waits may take longer than the quiet that either of them allows. */
  @Test
  void wait_afterALongQuiet_allowsAsLongAQuietAgain() throws InterruptedException {
    AtomicLong nanos = new AtomicLong();
    Tally later = new Tally(nanos::get);
    later.answered(publication("a"), accepted(1, "de.customs"));
    nanos.addAndGet(TimeUnit.HOURS.toNanos(1));
    Thread waiting = Thread.currentThread();
    Thread delivering =
        new Thread(
            () -> {
              while (waiting.getState() != Thread.State.TIMED_WAITING) {
                Thread.onSpinWait();
              }
              later.received("de.customs", delivery(1, 7), false);
            });
    delivering.setDaemon(true);
    delivering.start();
    assertTrue(later.awaitComplete(1, 60));
  }

  @Test
  void delivery_again_isDroppedAndCounted() {
    tally.answered(publication("a"), accepted(1, "de.customs"));

    assertFalse(tally.received("de.customs", delivery(1, 7), false));
    assertTrue(tally.received("de.customs", delivery(1, 7), false));
    assertEquals(1, tally.count("de.customs").delivered());
    assertEquals(1, tally.count("de.customs").redelivered());
    assertEquals(0, tally.count("de.customs").duplicates());
  }

  @Test
  void restart_forgetsCounts_andDropsWhatComesAgainOfBefore() throws InterruptedException {
    tally.answered(publication("a"), accepted(1, "de.customs"));
    tally.received("de.customs", delivery(1, 7), false);
    tally.restart();
    tally.received("de.customs", delivery(1, 7), false);
    tally.answered(publication("b"), accepted(2, "de.customs"));
    tally.received("de.customs", delivery(2, 8), false);

    AgencyCount count = tally.count("de.customs");
    assertEquals(new AgencyCount(0, 1, Map.of(), 0, 0, 0, 0), count);
    assertEquals(1, tally.count("fr.customs").published());
    assertEquals(1, tally.timings().size());
    assertTrue(tally.awaitComplete(1, 0));
  }

  @Test
  void delivery_againAtAnotherPosition_isADuplicate() {
    tally.answered(publication("a"), accepted(1, "de.customs"));
    tally.received("de.customs", delivery(1, 7), false);
    tally.received("de.customs", delivery(1, 8), false);

    assertEquals(1, tally.count("de.customs").duplicates());
  }

  @Test
  void delivery_ofWhatWasRestricted_mayComeAnewOnce() {
    tally.answered(publication("a"), accepted(1, "de.customs"));
    tally.received("de.customs", delivery(1, 7), false);
    tally.mayComeAnew(id(1));
    tally.received("de.customs", delivery(1, 8), false);
    tally.received("de.customs", delivery(1, 8), false);
    assertEquals(0, tally.count("de.customs").duplicates());

    tally.received("de.customs", delivery(1, 9), false);
    assertEquals(1, tally.count("de.customs").duplicates());
  }

  @Test
  void delivery_whereItWasNotPermitted_isMisrouted() {
    tally.answered(publication("a"), accepted(1, "de.customs"));
    tally.received("us.cbp", delivery(1, 7), false);

    assertEquals(1, tally.count("us.cbp").misrouted());
  }

  @Test
  void delivery_ofActualTrafficToAnExercise_isMisrouted() {
    tally.answered(publication("a"), accepted(1, "de.customs"));
    tally.received("de.customs", delivery(1, 7), true);

    assertEquals(1, tally.count("de.customs").misrouted());
  }

  @Test
  void delivery_ofTrainingToAnExercise_isNotMisrouted_butToActualTraffic() {
    tally.answered(publication("a"), accepted(1, "de.customs"));
    for (Status status : List.of(Status.STATUS_EXERCISE, Status.STATUS_TEST)) {
      Delivery delivery = delivery(1, 7);
      Label label = delivery.getLabel().toBuilder().setStatus(status).build();
      tally.received("de.customs", delivery.toBuilder().setLabel(label).build(), true);
      assertEquals(0, tally.count("de.customs").misrouted(), status.name());
    }
    Label test = delivery(1, 7).getLabel().toBuilder().setStatus(Status.STATUS_TEST).build();
    tally.received("de.customs", delivery(1, 7).toBuilder().setLabel(test).build(), false);
    assertEquals(1, tally.count("de.customs").misrouted());
  }

  @Test
  void refusals_byRule_areCountedOnceAPublication() {
    Outcome refused =
        Outcome.newBuilder()
            .setRefused(
                Refused.newBuilder()
                    .addRefusals(Refusal.newBuilder().setAgency("us.cbp").setRule("r/one"))
                    .addRefusals(Refusal.newBuilder().setAgency("sg.police").setCode("NO_RULE")))
            .build();
    tally.answered(publication("a"), refused);
    tally.answered(publication("a"), refused);

    assertEquals(Map.of("r/one", 1, "NO_RULE", 1), tally.count("fr.customs").refused());
    assertEquals(2, tally.count("fr.customs").refusedPairs());
    assertEquals(0, tally.count("fr.customs").published());
  }

  private static Publication publication(String key) {
    return Publication.of(key, "fr.customs", "test", Draft.getDefaultInstance());
  }

  private static Outcome accepted(int id, String... agencies) {
    Accepted.Builder accepted = Accepted.newBuilder();
    for (String agency : agencies) {
      accepted.addPermits(Permit.newBuilder().setAgency(agency));
    }
    return Outcome.newBuilder().setMessageId(id(id)).setAccepted(accepted).build();
  }

  private static Delivery delivery(int id, long position) {
    return Delivery.newBuilder()
        .setPosition(position)
        .setLabel(Label.newBuilder().setMessageId(id(id)).setOrigin("fr.customs"))
        .build();
  }

  private static ByteString id(int id) {
    return ByteString.copyFrom(new byte[] {(byte) id});
  }
}
