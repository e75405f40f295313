package org.entente.loadtests.chaos;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import org.entente.loadtests.traffic.Publication;
import org.entente.proto.v1.Accepted;
import org.entente.proto.v1.Body;
import org.entente.proto.v1.Delivery;
import org.entente.proto.v1.Label;
import org.entente.proto.v1.Outcome;
import org.entente.proto.v1.Permit;
import org.entente.proto.v1.Problem;
import org.entente.proto.v1.Refusal;
import org.junit.jupiter.api.Test;

/** A run can fail: each fault that the journals can show is told. */
final class ClientJournalTest {
  private static final List<String> AGENCIES = List.of("de.customs", "fr.customs", "us.cbp");

  private final Load load = new Load(new SplittableRandom(1), AGENCIES);
  private final ClientJournal journal = new ClientJournal();

  @Test
  void journals_thatAgree_loseAndDoubleNothing() throws InterruptedException {
    Publication first = published(1, "de.customs", "us.cbp");
    Publication second = published(2, "de.customs");
    received(first, "de.customs", 1, 7);
    received(second, "de.customs", 2, 8);
    received(first, "us.cbp", 1, 3);

    ChaosVerdict verdict = verdict();
    assertTrue(verdict.good(), verdict::toString);
    assertEquals("kills 4, acknowledged 2, delivered 3, lost 0, doubled 0", verdict.line());
    assertTrue(journal.awaitDrained(2, 0));
  }

  @Test
  void acknowledgedMessage_missingFromOneSubscribersJournal_isLost() throws InterruptedException {
    Publication first = published(1, "de.customs", "us.cbp");
    received(first, "de.customs", 1, 7);

    ChaosVerdict verdict = verdict();
    assertFalse(verdict.good());
    assertEquals("kills 4, acknowledged 1, delivered 1, lost 1, doubled 0", verdict.line());
    assertTrue(verdict.comparison().lost().get(0).contains("us.cbp"), verdict::toString);
    assertFalse(journal.awaitDrained(1, 0));
  }

  @Test
  void acknowledgedMessage_withAnothersContent_isLost() {
    published(1, "de.customs");
    received(next(), "de.customs", 1, 7);

    assertEquals(1, journal.compare().lost().size());
    assertFalse(verdict().good());
  }

  @Test
  void key_deliveredUnderTwoIds_isDoubled() {
    Publication first = published(1, "de.customs");
    received(first, "de.customs", 1, 7);
    received(first, "de.customs", 2, 8);

    ChaosVerdict verdict = verdict();
    assertFalse(verdict.good());
    assertEquals("kills 4, acknowledged 1, delivered 2, lost 0, doubled 1", verdict.line());
  }

  @Test
  void message_atTwoPositions_isDoubled() {
    Publication first = published(1, "de.customs");
    received(first, "de.customs", 1, 7);
    received(first, "de.customs", 1, 8);

    assertEquals(1, journal.compare().doubled().size());
    assertFalse(verdict().good());
  }

  @Test
  void key_acknowledgedUnderTwoIds_isDoubled() {
    Publication first = published(1, "de.customs");
    journal.answered(first, accepted(2, "de.customs"));
    received(first, "de.customs", 2, 7);

    assertEquals(1, journal.compare().doubled().size());
    assertEquals(1, journal.compare().lost().size());
    assertFalse(verdict().good());
  }

  @Test
  void delivery_againAtItsPosition_isNeitherDoubledNorAnotherDelivery() {
    Publication first = published(1, "de.customs");
    received(first, "de.customs", 1, 7);
    received(first, "de.customs", 1, 7);

    ChaosVerdict verdict = verdict();
    assertTrue(verdict.good(), verdict::toString);
    assertEquals(1, verdict.comparison().delivered());
  }

  @Test
  void delivery_beforeItsAcknowledgement_isNotLost() throws InterruptedException {
    Publication first = next();
    received(first, "de.customs", 1, 7);
    journal.answered(first, accepted(1, "de.customs"));

    assertTrue(verdict().good());
    assertTrue(journal.awaitDrained(1, 0));
  }

  @Test
  void delivery_thatNobodyAcknowledged_isAStray() {
    Publication first = published(1, "de.customs");
    received(first, "de.customs", 1, 7);
    received(first, "fr.customs", 1, 9);

    assertEquals(1, journal.compare().strays().size());
    assertFalse(verdict().good());
  }

  @Test
  void publication_refusedOrFailed_isAnsweredAndAProblem() throws InterruptedException {
    Accepted inPart =
        Accepted.newBuilder()
            .addPermits(Permit.newBuilder().setAgency("de.customs"))
            .addRefusals(Refusal.newBuilder().setAgency("us.cbp"))
            .build();
    Publication first = next();
    journal.answered(first, outcome(1).setAccepted(inPart).build());
    journal.answered(next(), outcome(2).setInvalid(Problem.newBuilder().setCode("X")).build());
    journal.failed(next(), "a defect");
    received(first, "de.customs", 1, 7);

    assertEquals(3, journal.failures().size());
    assertTrue(journal.awaitAnswers(3, 0));
    assertEquals(1, journal.compare().acknowledged());
    assertFalse(verdict().good());
  }

  @Test
  void run_withoutAnyMessage_isNotGood() {
    assertFalse(verdict().good());
  }

  @Test
  void load_untilEnded_givesKeysOfTheirOwnToOthersThanThePublisher() {
    Set<String> keys = new HashSet<>();
    Set<String> publishers = new TreeSet<>();
    for (int i = 0; i < 200; i++) {
      Publication publication = next();
      List<String> recipients = publication.draft().getTo().getAgenciesList();
      assertTrue(keys.add(publication.key()), publication::toString);
      assertEquals(publication.key(), publication.draft().getIdempotencyKey());
      assertEquals(publication.key(), Load.keyOf(publication.draft().getBody()));
      assertFalse(recipients.isEmpty());
      assertFalse(recipients.contains(publication.publisher()));
      publishers.add(publication.publisher());
    }
    assertEquals(new TreeSet<>(AGENCIES), publishers);
    assertEquals(200, load.end());
    assertEquals(null, load.next());
    assertEquals(200, load.end());
  }

  private ChaosVerdict verdict() {
    return new ChaosVerdict(4, journal.compare(), journal.failures());
  }

  private Publication next() {
    Publication publication = load.next();
    if (publication == null) {
      throw new AssertionError("the load ended");
    }
    return publication;
  }

  private Publication published(int id, String... agencies) {
    Publication publication = next();
    journal.answered(publication, accepted(id, agencies));
    return publication;
  }

  private void received(Publication publication, String agency, int id, long position) {
    Body body = publication.draft().getBody();
    Delivery delivery =
        Delivery.newBuilder()
            .setPosition(position)
            .setLabel(Label.newBuilder().setMessageId(id(id)))
            .setBody(body)
            .build();
    journal.received(agency, delivery, false);
  }

  private static Outcome accepted(int id, String... agencies) {
    Accepted.Builder accepted = Accepted.newBuilder();
    for (String agency : agencies) {
      accepted.addPermits(Permit.newBuilder().setAgency(agency));
    }
    return outcome(id).setAccepted(accepted).build();
  }

  private static Outcome.Builder outcome(int id) {
    return Outcome.newBuilder().setMessageId(id(id));
  }

  private static ByteString id(int id) {
    return ByteString.copyFrom(new byte[] {(byte) id});
  }
}
