package org.entente.gateway.feature.request;

import static org.entente.gateway.testkit.Agencies.SG;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.entente.gateway.crypto.SecretBytes;
import org.entente.gateway.feature.GatewayParts;
import org.entente.gateway.ledger.Ledger;
import org.entente.gateway.ledger.record.RecordSeal;
import org.entente.gateway.ledger.table.OutboxTable;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.NodeName;
import org.entente.gateway.policy.check.LabelCheck;
import org.entente.gateway.policy.codes.MessageLimits;
import org.entente.gateway.policy.decide.Policy;
import org.entente.gateway.policy.decide.PolicyFixture;
import org.entente.gateway.testkit.IntakeKit;
import org.entente.gateway.testkit.MemoryStorageKeys;
import org.entente.gateway.testkit.MemoryStore;
import org.entente.gateway.testkit.QuietLedger;
import org.entente.gateway.testkit.RecordedLeaves;
import org.entente.gateway.testkit.RequestSamples;
import org.entente.gateway.testkit.SettableClock;
import org.entente.proto.store.v1.AdvertisingRecord;
import org.entente.proto.v1.Category;
import org.entente.proto.v1.Matching;
import org.entente.proto.v1.Responder;
import org.entente.proto.v1.ResponderStatus;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** When an agency is told again which responders it may ask. */
class ResponderAdvertiserTest {
  private static final Instant TOLD = Instant.parse("2026-05-01T10:00:00Z");
  private static final byte[] BEFORE = {1};
  private static final byte[] CHANGED = {2};

  private static boolean isDue(byte[] list, Duration since) {
    AdvertisingRecord told =
        AdvertisingRecord.newBuilder()
            .setListHash(ByteString.copyFrom(BEFORE))
            .setAtMs(TOLD.toEpochMilli())
            .build();
    return ResponderAdvertiser.isDue(
        List.of(Responder.getDefaultInstance()), list, told, false, TOLD.plus(since));
  }

  /** A client that changes its responder all the time costs the other agencies a list a minute. */
  @Test
  void listThatChanges_isToldOnceAMinute() {
    assertFalse(isDue(CHANGED, Duration.ofSeconds(1)));
    assertFalse(isDue(CHANGED, Duration.ofSeconds(59)));
    assertTrue(isDue(CHANGED, Duration.ofMinutes(1)));
  }

  @Test
  void listThatDoesNotChange_isToldOnceADay() {
    assertFalse(isDue(BEFORE, Duration.ofHours(23)));
    assertTrue(isDue(BEFORE, Duration.ofDays(1)));
  }

  @Test
  void clockThatWasSetBack_keepsNoChangeBack() {
    assertTrue(isDue(CHANGED, Duration.ofMinutes(-1)));
  }

  @Test
  void firstList_isToldAtOnce_unlessItIsEmpty() {
    List<Responder> some = List.of(Responder.getDefaultInstance());
    assertTrue(ResponderAdvertiser.isDue(some, CHANGED, null, false, TOLD));
    assertFalse(ResponderAdvertiser.isDue(List.of(), CHANGED, null, false, TOLD));
  }

  /** Attack: a client changes its responder for as long as another agency is away. */
  @Test
  void listsForAnAgencyThatIsAway_areOneADay_untilItHasTheLast(@TempDir Path folder) {
    SettableClock clock = new SettableClock(PolicyFixture.NOW);
    SecureRandom random = new SecureRandom();
    Policy policy =
        PolicyFixture.policy(
            folder,
            Map.of("a.yaml", PolicyFixture.sample("kinds: [ALERT]", "kinds: [ALERT, REQUEST]")));
    MemoryStore store = new MemoryStore(new MemoryStore.Disk());
    try (Ledger ledger = QuietLedger.started(store, clock, new RecordedLeaves());
        IntakeKit kit =
            new IntakeKit(
                ledger,
                new RecordSeal(new MemoryStorageKeys(), random),
                () -> policy,
                clock,
                SecretBytes.random(random, 32),
                2)) {
      GatewayParts.Outgoing outgoing = kit.consent().sending().outgoing();
      ResponderAdvertiser advertiser =
          new ResponderAdvertiser(
              IntakeKit.SELF,
              ledger,
              () -> policy,
              outgoing.sealer(),
              outgoing.dispatch(),
              clock,
              random);
      register(ledger, 1);
      assertEquals(1, advertiser.round());
      for (int minutes = 2; minutes < 10; minutes++) {
        clock.move(Duration.ofMinutes(1));
        register(ledger, minutes);
        assertEquals(0, advertiser.round());
      }
      clock.move(Duration.ofDays(1));
      assertEquals(1, advertiser.round());
      assertEquals(2, waiting(ledger).size());

      register(ledger, 60);
      clock.move(Duration.ofMinutes(1));
      assertEquals(0, advertiser.round());
      for (OutboxTable.NumberedEntry entry : waiting(ledger)) {
        ledger.commit(
            Lane.ROUTINE,
            tx -> {
              ledger.outbox().remove(tx, SG, entry.number());
              return entry;
            });
      }
      assertEquals(1, advertiser.round(), "it has the last one");
    }
  }

  private static List<OutboxTable.NumberedEntry> waiting(Ledger ledger) {
    return ledger.outbox().page(SG, Lane.ROUTINE, null, 9);
  }

  private static void register(Ledger ledger, int minutes) {
    Responder responder =
        Responder.newBuilder()
            .setName("seizures")
            .addCategories(Category.CATEGORY_IPR)
            .setDescription("seizures since 2019")
            .setAnswersWithinMinutes(minutes)
            .setMatching(Matching.MATCHING_EXACT)
            .setDataAgeMinutes(1_440)
            .setSubjectsPerRequest(16)
            .setStatus(ResponderStatus.RESPONDER_STATUS_AVAILABLE)
            .build();
    assertEquals(
        Optional.empty(),
        new ResponderRegistry(IntakeKit.SELF, ledger, new LabelCheck(MessageLimits.defaults()))
            .register(new NodeName("seizures"), responder, RequestSamples.PERSON));
  }
}
